#include "commands.hpp"
#include "messages.hpp"

#include <kolace/analysis/dimer.hpp>
#include <kolace/analysis/plot.hpp>
#include <kolace/io/atomic_file.hpp>
#include <kolace/io/detail/text.hpp>
#include <kolace/io/potential_file.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <ostream>
#include <set>

namespace kolace::apps {
namespace {

struct DimerArguments {
  std::string spacing = "linear", output = "dimer.csv", plot;
  std::vector<std::string> potentials, names, elements, reference;
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

/// A potential's curve and what it is called.
struct NamedCurve {
  std::string name;
  std::vector<DimerPoint> points;
};

/// Names that tell files apart: their own, with the folder before it where two are the same.
std::vector<std::string> distinct_names(std::vector<std::string> const& files) {
  namespace fs = std::filesystem;
  std::vector<std::string> names;
  for (bool const with_folder : {false, true}) {
    names.clear();
    for (std::string const& file : files) {
      fs::path const path = fs::absolute(file).lexically_normal();
      std::string name = path.filename().string();
      for (char const* ending : {".yaml", ".kolace"})
        if (name.size() > std::strlen(ending) && name.ends_with(ending))
          name.resize(name.size() - std::strlen(ending));
      names.push_back(with_folder ? path.parent_path().filename().string() + "/" + name : name);
    }
    if (std::set<std::string>(names.begin(), names.end()).size() == names.size())
      return names;
  }
  return files;
}

/// One potential: r, energy, force and the reference's; several: energy and force of each by name.
void write_csv(std::ostream& out, std::vector<NamedCurve> const& curves,
               std::vector<DimerPoint> const& reference) {
  out << "r";
  for (NamedCurve const& curve : curves)
    out << (curves.size() == 1 ? ",energy,force"
                               : fmt::format(",energy {0},force {0}", curve.name));
  out << ",energy_ref,force_ref\n";
  for (std::size_t i = 0; i < curves[0].points.size(); ++i) {
    double const r = curves[0].points[i].r;
    DimerPoint at;
    bool const known = interpolate_dimer(reference, r, at);
    out << detail::shortest(r);
    for (NamedCurve const& curve : curves)
      out << "," << detail::shortest(curve.points[i].energy) << ","
          << detail::shortest(curve.points[i].force);
    out << "," << field(known, at.energy) << "," << field(known, at.force) << "\n";
  }
}

Plot make_plot(std::string const& title, std::vector<NamedCurve> const& curves,
               std::vector<DimerPoint> const& reference) {
  Plot plot{title, "distance (A)", "energy (eV)", {}, 0, 0};
  // The well matters: show twice its depth above zero, not the whole wall.
  double lowest = 0;
  for (NamedCurve const& curve : curves) {
    PlotSeries line{curves.size() == 1 ? "potential" : curve.name, {}, false};
    for (DimerPoint const& p : curve.points) {
      line.points.emplace_back(p.r, p.energy);
      if (reference.empty() && std::isfinite(p.energy))
        lowest = std::min(lowest, p.energy);
    }
    plot.series.push_back(line);
  }
  PlotSeries dots{"reference", {}, true};
  for (DimerPoint const& p : reference) {
    dots.points.emplace_back(p.r, p.energy);
    lowest = std::min(lowest, p.energy);
  }
  if (lowest < 0) {
    plot.y_min = 1.3 * lowest;
    plot.y_max = -2 * lowest;
  }
  if (!reference.empty())
    plot.series.push_back(dots);
  return plot;
}

void dimer(DimerArguments const& arguments) {
  std::vector<std::string> inputs = arguments.potentials;
  inputs.insert(inputs.end(), arguments.reference.begin(), arguments.reference.end());
  check_outputs(inputs, {arguments.output, arguments.plot});
  if (!arguments.names.empty() && arguments.names.size() != arguments.potentials.size())
    throw InputError("--names: one name for each potential is expected");
  double const first = arguments.range[0], last = arguments.range[1];
  auto const distances = dimer_distances(first, last, arguments.points, arguments.spacing == "log");
  auto const names =
      arguments.names.empty() ? distinct_names(arguments.potentials) : arguments.names;
  std::vector<AcePotential> potentials;
  double cutoff = 0;
  for (std::string const& file : arguments.potentials) {
    potentials.push_back(load_potential(file));
    cutoff = std::max(cutoff, potentials.back().basis->cutoff());
  }
  auto const scan = [&](AcePotential const& potential, std::vector<double> const& at) {
    return scan_dimer(potential, species_of(potential, arguments.elements[0]),
                      species_of(potential, arguments.elements[1]), at);
  };
  std::vector<NamedCurve> curves;
  for (std::size_t k = 0; k < potentials.size(); ++k)
    curves.push_back({names[k], scan(potentials[k], distances)});
  std::vector<DimerPoint> reference;
  if (!arguments.reference.empty()) {
    reference = reference_dimer(Dataset(arguments.reference, {arguments.keys, false, {}}),
                                arguments.elements[0], arguments.elements[1], cutoff);
    constexpr double rounding = 1e-6;
    std::erase_if(reference, [&](DimerPoint const& p) {
      return p.r < first - rounding || p.r > last + rounding;
    });
    if (reference.empty())
      throw InputError("--reference: no dimer lies within the range of distances");
  }
  std::vector<OutputFile> files{
      {arguments.output, [&](std::ostream& out) { write_csv(out, curves, reference); }}};
  if (!arguments.plot.empty())
    add_plot(files, arguments.plot,
             make_plot(arguments.elements[0] + "-" + arguments.elements[1] + " dimer", curves,
                       reference));
  write_files(files);

  std::vector<double> at;
  for (DimerPoint const& p : reference)
    at.push_back(p.r);
  for (std::size_t k = 0; k < potentials.size(); ++k) {
    auto const& curve = curves[k].points;
    auto const lowest =
        std::min_element(curve.begin(), curve.end(),
                         [](auto const& p, auto const& q) { return p.energy < q.energy; });
    if (potentials.size() > 1)
      fmt::print("{}: ", names[k]);
    fmt::print("{}-{} dimer, {} distances from {} to {} A: lowest energy {:.4f} eV at {:.4f} A\n",
               arguments.elements[0], arguments.elements[1], curve.size(), first, last,
               lowest->energy, lowest->r);
    if (reference.empty())
      continue;
    DimerErrors const errors = compare_dimers(scan(potentials[k], at), reference);
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
  command->add_option("potentials", arguments->potentials, "Potential files (.yaml or .yace)")
      ->required();
  command->add_option("--names", arguments->names,
                      "Names of several potentials in table and plot (default: their files')");
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
      "(cubic Hermite), outside them empty. Several potentials: 'energy NAME', 'force NAME' of "
      "each.\n"
      "Example: kolace dimer potential.yaml --elements C C --range 0.5 8 --points 247 --spacing "
      "log\n"
      "           --reference dimers.extxyz atom.extxyz -o dimer.csv --plot dimer.svg");
  return [arguments] { dimer(*arguments); };
}

} // namespace kolace::apps
