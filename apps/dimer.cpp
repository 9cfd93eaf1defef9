// SPDX-License-Identifier: BSD-3-Clause
#include "bands.hpp"
#include "commands.hpp"
#include "messages.hpp"

#include <kolace/analysis/dimer.hpp>
#include <kolace/analysis/plot.hpp>
#include <kolace/core/elements.hpp>
#include <kolace/io/atomic_file.hpp>
#include <kolace/io/detail/text.hpp>
#include <kolace/io/potential_file.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <optional>
#include <ostream>
#include <set>

namespace kolace::apps {
namespace {

struct DimerArguments {
  std::string spacing = "linear", output = "dimer.csv", plot;
  std::vector<std::string> potentials, names, elements, reference;
  std::vector<double> range{0, 0}; ///< 0: from the elements, to the cutoff
  int points = 247;
  LabelKeys keys;
  BandArguments bands;
};

int species_of(AcePotential const& potential, std::string const& symbol) {
  int const species = potential.basis->elements().species(symbol);
  if (species < 0)
    throw InputError("--elements: the potential has no element '" + symbol + "'");
  return species;
}

/// Of the covalent radii of both elements, Angstrom.
double sum_of_radii(std::vector<std::string> const& elements) {
  double sum = 0;
  for (std::string const& symbol : elements) {
    auto const number = atomic_number(symbol);
    if (!number)
      throw InputError("--elements: '" + symbol + "' is not a chemical symbol");
    sum += covalent_radius(*number);
  }
  return sum;
}

std::string field(bool present, double value) {
  return present && std::isfinite(value) ? detail::shortest(value) : "";
}

/// Curve of a potential and its name in the output.
struct NamedCurve {
  std::string name;
  std::vector<DimerPoint> points;
};

/// Distinct names for files: their file names, preceded by the folder if two are equal.
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

/// Range of energies over all potentials with nearly the minimum loss, from a factor file.
struct Band {
  AcePotential best;
  double least_loss = 0;
  LossShares shares;
  std::vector<double> half_widths; ///< eV, at each distance
};

Band find_band(DimerArguments const& arguments, FactorBands const& bands,
               std::vector<double> const& distances) {
  for (std::string const& symbol : arguments.elements)
    if (bands.best().basis->elements().species(symbol) < 0)
      throw InputError("--elements: " + symbol + " is not among the elements of " +
                       arguments.bands.factors);
  std::vector<Structure> dimers;
  for (double const r : distances) {
    Structure& s = dimers.emplace_back();
    for (std::string const& symbol : arguments.elements)
      s.numbers.push_back(*atomic_number(symbol));
    s.positions = {{0, 0, 0}, {r, 0, 0}};
  }
  return {bands.best(), bands.least_loss(), bands.shares(),
          bands.half_widths(dimers, arguments.bands.within)};
}

/// Columns for one potential: r, energy, force and those of the reference; for several: energy and
/// force of each by name.
void write_csv(std::ostream& out, std::vector<NamedCurve> const& curves,
               std::vector<DimerPoint> const& reference, std::optional<Band> const& band) {
  out << "r";
  for (NamedCurve const& curve : curves)
    out << (curves.size() == 1 ? ",energy,force"
                               : fmt::format(",energy {0},force {0}", curve.name));
  out << ",energy_ref,force_ref" << (band ? ",energy_low,energy_high\n" : "\n");
  for (std::size_t i = 0; i < curves[0].points.size(); ++i) {
    double const r = curves[0].points[i].r;
    DimerPoint at;
    bool const known = interpolate_dimer(reference, r, at);
    out << detail::shortest(r);
    for (NamedCurve const& curve : curves)
      out << "," << detail::shortest(curve.points[i].energy) << ","
          << detail::shortest(curve.points[i].force);
    out << "," << field(known, at.energy) << "," << field(known, at.force);
    if (band) { // the band is centered on the last curve, that of the minimum loss
      double const middle = curves.back().points[i].energy, width = band->half_widths[i];
      out << "," << field(true, middle - width) << "," << field(true, middle + width);
    }
    out << "\n";
  }
}

Plot make_plot(std::string const& title, std::vector<NamedCurve> const& curves,
               std::vector<DimerPoint> const& reference, std::optional<Band> const& band,
               double within, double bond) {
  Plot plot{title, "distance (A)", "energy (eV)", {}, 0, 0};
  // The plot shows the well and twice its depth above zero, not the whole repulsive wall, nor the
  // depth to which an unregularized curve falls at shorter distances.
  double lowest = 0;
  for (NamedCurve const& curve : curves) {
    PlotSeries line{curves.size() == 1 ? "potential" : curve.name, {}, false};
    for (DimerPoint const& p : curve.points) {
      line.points.emplace_back(p.r, p.energy);
      if (reference.empty() && std::isfinite(p.energy) && p.r > 0.7 * bond)
        lowest = std::min(lowest, p.energy);
    }
    plot.series.push_back(line);
  }
  if (band)
    for (double const sign : {-1., 1.}) {
      PlotSeries edge{sign < 0 ? fmt::format("within {:g} % of the minimum loss", 100 * within)
                               : "",
                      {},
                      false,
                      true};
      for (std::size_t i = 0; i < curves.back().points.size(); ++i)
        edge.points.emplace_back(curves.back().points[i].r,
                                 curves.back().points[i].energy + sign * band->half_widths[i]);
      plot.series.push_back(edge);
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

/// Prints the distance beyond which the data determine the curve, and that of the largest
/// uncertainty.
void print_band(Band const& band, std::vector<DimerPoint> const& curve, double within) {
  constexpr double known = 0.1; // eV
  std::size_t first = curve.size();
  while (first > 0 && band.half_widths[first - 1] < known)
    --first;
  std::size_t const widest =
      static_cast<std::size_t>(std::max_element(band.half_widths.begin(), band.half_widths.end()) -
                               band.half_widths.begin());
  fmt::print(
      "minimum loss {:.6g} (kappa {:.6g}, kappa_virial {:.6g}); potentials within {:g} % of the "
      "minimum loss differ ",
      band.least_loss, band.shares.kappa, band.shares.kappa_virial, 100 * within);
  if (std::isfinite(band.half_widths[widest]))
    fmt::print("by up to +-{:.3g} eV, at {:.4g} A; ", band.half_widths[widest], curve[widest].r);
  else
    fmt::print("without bound at {:.4g} A; ", curve[widest].r);
  if (first == curve.size())
    fmt::print("the difference exceeds {:g} eV up to the largest distance\n", known);
  else
    fmt::print("the difference is below {:g} eV beyond {:.4g} A\n", known, curve[first].r);
}

void dimer(DimerArguments const& arguments) {
  std::vector<std::string> inputs = arguments.potentials;
  inputs.insert(inputs.end(), arguments.reference.begin(), arguments.reference.end());
  inputs.insert(inputs.end(), {arguments.bands.factors, arguments.bands.input});
  check_outputs(inputs, {arguments.output, arguments.plot});
  if (arguments.potentials.empty() && arguments.bands.factors.empty())
    throw InputError("expected a potential, or --factors with --input");
  if (!arguments.names.empty() && arguments.names.size() != arguments.potentials.size())
    throw InputError("--names: expected one name per potential");
  auto names = arguments.names.empty() ? distinct_names(arguments.potentials) : arguments.names;
  std::vector<AcePotential> potentials;
  double cutoff = 0;
  for (std::string const& file : arguments.potentials) {
    potentials.push_back(load_potential(file));
    cutoff = std::max(cutoff, potentials.back().basis->cutoff());
  }
  std::optional<FactorBands> bands;
  if (!arguments.bands.empty()) {
    bands.emplace(load_bands(arguments.bands));
    cutoff = std::max(cutoff, bands->best().basis->cutoff());
  }
  double const bond = sum_of_radii(arguments.elements);
  std::vector<DimerPoint> reference;
  if (!arguments.reference.empty())
    reference = reference_dimer(Dataset(arguments.reference, {arguments.keys, false, {}}),
                                arguments.elements[0], arguments.elements[1], cutoff);
  double first = arguments.range[0], last = arguments.range[1];
  if (first == 0)
    first = reference.empty() ? 0.5 * bond : std::min(0.5 * bond, reference.front().r);
  if (last == 0)
    last = reference.empty() ? cutoff : std::max(cutoff, reference.back().r);
  if (!(first > 0 && first < last))
    throw InputError("--range: expected two increasing distances, e.g. 0.5 8");
  auto const distances = dimer_distances(first, last, arguments.points, arguments.spacing == "log");
  std::optional<Band> band;
  if (bands) {
    band = find_band(arguments, *bands, distances);
    potentials.push_back(band->best);
    names.push_back("minimum loss");
  }
  auto const scan = [&](AcePotential const& potential, std::vector<double> const& at) {
    return scan_dimer({}, potential, species_of(potential, arguments.elements[0]),
                      species_of(potential, arguments.elements[1]), at);
  };
  std::vector<NamedCurve> curves;
  for (std::size_t k = 0; k < potentials.size(); ++k)
    curves.push_back({names[k], scan(potentials[k], distances)});
  if (!arguments.reference.empty()) {
    constexpr double rounding = 1e-6;
    std::erase_if(reference, [&](DimerPoint const& p) {
      return p.r < first - rounding || p.r > last + rounding;
    });
    if (reference.empty())
      throw InputError("--reference: no dimer lies within the range of distances");
  }
  std::vector<OutputFile> files{
      {arguments.output, [&](std::ostream& out) { write_csv(out, curves, reference, band); }}};
  if (!arguments.plot.empty())
    add_plot(files, arguments.plot,
             make_plot(arguments.elements[0] + "-" + arguments.elements[1] + " dimer", curves,
                       reference, band, arguments.bands.within, bond));
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
  if (band)
    print_band(*band, curves.back().points, arguments.bands.within);
  fmt::print("wrote {}{}\n", arguments.output,
             arguments.plot.empty() ? "" : " and " + arguments.plot);
}

} // namespace

Run add_dimer(CLI::App& app) {
  auto arguments = std::make_shared<DimerArguments>();
  CLI::App* const command = app.add_subcommand(
      "dimer", "Compute the energy and force of two atoms as functions of their distance");
  command->add_option("potentials", arguments->potentials,
                      "Potential files (.yaml, .yace or .kolace.yaml)");
  add_band_options(*command, arguments->bands,
                   "Factor file (kolace assemble): add the curve of the potential with the minimum "
                   "loss and the band "
                   "of the curves of all potentials with nearly the minimum loss");
  command->add_option("--names", arguments->names,
                      "Names of the potentials in table and plot (default: from their files)");
  command->add_option("--elements", arguments->elements, "The two elements")
      ->required()
      ->expected(2);
  command
      ->add_option("--range", arguments->range,
                   "First and last distance, A (0: half the sum of covalent radii, "
                   "and the cutoff; further if the reference does)")
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
  command->add_option("--plot", arguments->plot, "SVG plot to write");
  command->footer(
      "Columns: r (A), energy (eV, relative to the model's free atoms), force (-dE/dr, eV/A), and\n"
      "those of the reference, relative to its own free atoms, interpolated between its distances\n"
      "(cubic Hermite) and empty outside them. For several potentials: 'energy NAME' and 'force\n"
      "NAME' of each.\n"
      "With --factors: energy_low and energy_high, empty where the data do not determine it.\n"
      "Example: kolace dimer potential.yaml --elements C C --range 0.5 8 --points 247 --spacing "
      "log\n"
      "           --reference dimers.extxyz atom.extxyz -o dimer.csv --plot dimer.svg");
  return [arguments] { dimer(*arguments); };
}

} // namespace kolace::apps
