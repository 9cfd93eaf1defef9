#include "commands.hpp"

#include <kolace/analysis/dimer.hpp>
#include <kolace/analysis/plot.hpp>
#include <kolace/io/atomic_file.hpp>
#include <kolace/io/detail/text.hpp>
#include <kolace/io/potential_file.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ostream>

namespace kolace::apps {
namespace {

struct DimerArguments {
  std::string potential, spacing = "linear", output = "dimer.csv", plot;
  std::vector<std::string> elements, reference;
  std::vector<double> range{0.5, 8};
  int points = 247;
  LabelKeys keys;
};

int species_of(AcePotential const& potential, std::string const& symbol) {
  int const species = potential.basis->elements().species(symbol);
  if (species < 0)
    throw InputError("--elements: the potential has no element '" + symbol + "'");
  return species;
}

std::string field(bool present, double value) {
  return present && std::isfinite(value) ? detail::shortest(value) : "";
}

void write_csv(std::ostream& out, std::vector<DimerPoint> const& curve,
               std::vector<DimerPoint> const& reference) {
  out << "r,energy,force,energy_ref,force_ref\n";
  for (DimerPoint const& point : curve) {
    DimerPoint at;
    bool const known = interpolate_dimer(reference, point.r, at);
    out << detail::shortest(point.r) << "," << detail::shortest(point.energy) << ","
        << detail::shortest(point.force) << "," << field(known, at.energy) << ","
        << field(known, at.force) << "\n";
  }
}

Plot make_plot(std::string const& title, std::vector<DimerPoint> const& curve,
               std::vector<DimerPoint> const& reference) {
  Plot plot{title, "distance (A)", "energy (eV)", {}, 0, 0};
  PlotSeries line{"potential", {}, false}, dots{"reference", {}, true};
  for (DimerPoint const& p : curve)
    line.points.emplace_back(p.r, p.energy);
  for (DimerPoint const& p : reference)
    dots.points.emplace_back(p.r, p.energy);
  // The well matters: show twice its depth above zero, not the whole wall.
  double lowest = 0;
  for (auto const* points : {&line.points, &dots.points})
    for (auto const& [r, energy] : *points)
      if (points == &dots.points || reference.empty())
        lowest = std::min(lowest, energy);
  if (lowest < 0) {
    plot.y_min = 1.3 * lowest;
    plot.y_max = -2 * lowest;
  }
  plot.series.push_back(line);
  if (!reference.empty())
    plot.series.push_back(dots);
  return plot;
}

void dimer(DimerArguments const& arguments) {
  check_writable(arguments.output);
  if (!arguments.plot.empty())
    check_writable(arguments.plot);
  AcePotential const potential = read_potential(arguments.potential);
  int const a = species_of(potential, arguments.elements[0]);
  int const b = species_of(potential, arguments.elements[1]);
  double const first = arguments.range[0], last = arguments.range[1];
  auto const distances = dimer_distances(first, last, arguments.points, arguments.spacing == "log");
  auto const curve = scan_dimer(potential, a, b, distances);
  std::vector<DimerPoint> reference;
  if (!arguments.reference.empty()) {
    reference =
        reference_dimer(Dataset(arguments.reference, {arguments.keys, false, {}}),
                        arguments.elements[0], arguments.elements[1], potential.basis->cutoff());
    constexpr double rounding = 1e-6;
    std::erase_if(reference, [&](DimerPoint const& p) {
      return p.r < first - rounding || p.r > last + rounding;
    });
    if (reference.empty())
      throw InputError("--reference: no dimer lies within the range of distances");
  }
  write_file(arguments.output, [&](std::ostream& out) { write_csv(out, curve, reference); });
  if (!arguments.plot.empty())
    write_file(arguments.plot, [&](std::ostream& out) {
      write_svg(out, make_plot(arguments.elements[0] + "-" + arguments.elements[1] + " dimer",
                               curve, reference));
    });

  auto const lowest = std::min_element(
      curve.begin(), curve.end(), [](auto const& p, auto const& q) { return p.energy < q.energy; });
  fmt::print("{}-{} dimer, {} distances from {} to {} A: lowest energy {:.4f} eV at {:.4f} A\n",
             arguments.elements[0], arguments.elements[1], curve.size(), first, last,
             lowest->energy, lowest->r);
  if (!reference.empty()) {
    std::vector<double> at;
    for (DimerPoint const& p : reference)
      at.push_back(p.r);
    DimerErrors const errors = compare_dimers(scan_dimer(potential, a, b, at), reference);
    fmt::print("RMSE at {} reference distances: energy {:.6g} eV, force {}\n", reference.size(),
               errors.energy_rmse,
               std::isfinite(errors.force_rmse) ? fmt::format("{:.6g} eV/A", errors.force_rmse)
                                                : "- (no reference forces)");
  }
  fmt::print("wrote {}{}\n", arguments.output,
             arguments.plot.empty() ? "" : " and " + arguments.plot);
}

} // namespace

Run add_dimer(CLI::App& app) {
  auto arguments = std::make_shared<DimerArguments>();
  CLI::App* const command =
      app.add_subcommand("dimer", "Energy and force of two atoms against their distance");
  command->add_option("potential", arguments->potential, "Potential file (.yaml)")->required();
  command->add_option("--elements", arguments->elements, "The two elements")
      ->required()
      ->expected(2);
  command->add_option("--range", arguments->range, "First and last distance, A")
      ->expected(2)
      ->capture_default_str();
  command->add_option("--points", arguments->points, "Number of distances")->capture_default_str();
  command->add_option("--spacing", arguments->spacing, "linear or log")
      ->check(CLI::IsMember({"linear", "log"}))
      ->capture_default_str();
  command->add_option("--reference", arguments->reference,
                      "Extended XYZ files with labelled dimers and free atoms of both elements");
  add_label_options(*command, arguments->keys);
  command->add_option("-o,--output", arguments->output, "CSV file")->capture_default_str();
  command->add_option("--plot", arguments->plot, "Also draw an SVG picture");
  command->footer(
      "Columns: r (A), energy (eV, minus the model's free atoms), force (-dE/dr, eV/A), and the\n"
      "reference's, minus its own free atoms; between reference distances these are interpolated\n"
      "(cubic Hermite), outside them empty.\n"
      "Example: kolace dimer potential.yaml --elements C C --range 0.5 8 --points 247 --spacing "
      "log\n"
      "           --reference dimers.extxyz atom.extxyz -o dimer.csv --plot dimer.svg");
  return [arguments] { dimer(*arguments); };
}

} // namespace kolace::apps
