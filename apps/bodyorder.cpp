// SPDX-License-Identifier: BSD-3-Clause
#include "bands.hpp"
#include "commands.hpp"
#include "messages.hpp"
#include "result_folder.hpp"

#include <kolace/analysis/body_order.hpp>
#include <kolace/analysis/dimer.hpp>
#include <kolace/analysis/plot.hpp>
#include <kolace/assembly/baseline.hpp>
#include <kolace/core/counted.hpp>
#include <kolace/core/elements.hpp>
#include <kolace/core/hash.hpp>
#include <kolace/evaluate/evaluator.hpp>
#include <kolace/io/detail/text.hpp>
#include <kolace/io/potential_file.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <limits>
#include <numbers>
#include <optional>
#include <ostream>
#include <sstream>

namespace kolace::apps {
namespace {

struct BodyOrderArguments {
  std::string potential, output = ".";
  std::vector<double> range{0, 0}; // 0: from the elements, to the cutoff
  int points = 200, triangles = 12, samples = 200;
  double closest = 0; ///< 0: from the elements
  BandArguments bands;
};

/// Smallest sum of two covalent radii of a potential's elements, Angstrom.
double smallest_bond(AcePotential const& potential) {
  double smallest = std::numeric_limits<double>::infinity();
  for (std::string const& symbol : potential.basis->elements().symbols())
    smallest = std::min(smallest, 2 * covalent_radius(*atomic_number(symbol)));
  return smallest;
}

/// A model and its parts of one rank each; the model is the sum of these parts and E0.
struct Parts {
  std::vector<std::string> names;
  std::vector<AcePotential> potentials;
  FactorBands const* bands = nullptr; ///< potentials with nearly the minimum loss; may be null
  double within = 0;

  /// Half the range of V of whole clusters over these potentials; empty without them.
  std::vector<double> half_widths(std::vector<Structure> const& clusters) const {
    return bands ? cluster_bands(*bands, clusters, within) : std::vector<double>();
  }

  explicit Parts(AcePotential const& potential) {
    names.push_back("all");
    potentials.push_back(potential);
    for (int rank = 1; rank <= potential.basis->max_rank(); ++rank) {
      names.push_back("rank" + std::to_string(rank));
      potentials.push_back(rank_part(potential, rank));
    }
  }

  /// V of whole clusters, eV [part][cluster].
  std::vector<std::vector<double>> of_all(std::vector<Structure> const& clusters) const {
    std::vector<std::vector<double>> values;
    for (AcePotential const& part : potentials) {
      values.emplace_back();
      for (ClusterExpansion const& expansion : expand_clusters({}, part, clusters))
        values.back().push_back(expansion.of_all());
    }
    return values;
  }
};

/// All sorted combinations of `size` elements with repetition: the types of pairs, triples, ... of
/// a potential.
std::vector<std::vector<int>> kinds(AcePotential const& potential, int size) {
  std::vector<std::vector<int>> result;
  std::vector<int> current;
  auto const& symbols = potential.basis->elements().symbols();
  std::function<void(int)> const extend = [&](int first) {
    if (static_cast<int>(current.size()) == size) {
      std::vector<int> numbers;
      for (int const e : current)
        numbers.push_back(*atomic_number(symbols[e]));
      result.push_back(numbers);
      return;
    }
    for (int e = first; e < static_cast<int>(symbols.size()); ++e) {
      current.push_back(e);
      extend(e);
      current.pop_back();
    }
  };
  extend(0);
  return result;
}

std::string name_of(std::vector<int> const& numbers) {
  std::string name;
  for (int const z : numbers)
    name += (name.empty() ? "" : "-") + element_symbol(z);
  return name;
}

/// A table that ends with one column of V per part, and its band if there is one.
class VTable {
public:
  VTable(Parts const& parts, std::string const& columns) : parts_(parts), text_(columns) {
    for (std::string const& name : parts.names)
      text_ += name == "all" ? ",V" : ",V_" + name;
    text_ += parts.bands ? ",V_low,V_high\n" : "\n";
  }
  void add(std::vector<std::string> const& rows, std::vector<std::vector<double>> const& values,
           std::vector<double> const& half_widths) {
    for (std::size_t k = 0; k < rows.size(); ++k) {
      text_ += rows[k];
      for (auto const& part : values)
        text_ += "," + detail::shortest(part[k]);
      for (double const sign : {-1., 1.})
        if (!half_widths.empty())
          text_ += std::isfinite(half_widths[k])
                       ? "," + detail::shortest(values[0][k] + sign * half_widths[k])
                       : ",";
      text_ += "\n";
    }
  }
  std::string const& text() const { return text_; }

private:
  Parts const& parts_;
  std::string text_;
};

std::vector<double> grid(double first, double last, int points) {
  return dimer_distances(first, last, points, false);
}

void write_pairs(Parts const& parts, BodyOrderArguments const& arguments, double last,
                 ResultFolder& folder) {
  VTable table(parts, "elements,r");
  Plot plot{"Contributions to V2 by rank", "distance (A)", "V2 (eV)", {}, 0, 0};
  double lowest = 0;
  for (auto const& numbers : kinds(parts.potentials[0], 2)) {
    auto const distances = grid(arguments.range[0], last, arguments.points);
    std::vector<Structure> dimers;
    std::vector<std::string> rows;
    for (double const r : distances) {
      dimers.push_back(make_cluster(numbers, {{0, 0, 0}, {r, 0, 0}}));
      rows.push_back(name_of(numbers) + "," + detail::shortest(r));
    }
    auto const values = parts.of_all(dimers);
    auto const half_widths = parts.half_widths(dimers);
    table.add(rows, values, half_widths);
    for (double const sign : {-1., 1.}) {
      PlotSeries edge{sign < 0 ? fmt::format("{} within {:g} % of the minimum loss",
                                             name_of(numbers), 100 * parts.within)
                               : "",
                      {},
                      false,
                      true};
      for (std::size_t k = 0; k < half_widths.size(); ++k)
        if (std::isfinite(half_widths[k]))
          edge.points.emplace_back(distances[k], values[0][k] + sign * half_widths[k]);
      if (!edge.points.empty())
        plot.series.push_back(edge);
    }
    for (std::size_t part = 0; part < values.size(); ++part) {
      PlotSeries series{name_of(numbers) + " " + parts.names[part], {}, false};
      for (std::size_t k = 0; k < distances.size(); ++k) {
        series.points.emplace_back(distances[k], values[part][k]);
        if (distances[k] >= arguments.closest)
          lowest = std::min(lowest, values[part][k]);
      }
      plot.series.push_back(series);
    }
  }
  if (lowest < 0)
    plot.y_min = 1.3 * lowest, plot.y_max = -2 * lowest;
  folder.write("v2.csv", table.text());
  folder.write("v2.svg", [&](std::ostream& out) { write_svg(out, plot); });
  folder.write("v2.gp", [&](std::ostream& out) { write_gnuplot(out, plot, "v2.svg"); });
}

void write_triangles(Parts const& parts, BodyOrderArguments const& arguments, double last,
                     ResultFolder& folder) {
  VTable table(parts, "elements,r12,r13,angle,r23");
  int const n = arguments.triangles;
  for (auto const& numbers : kinds(parts.potentials[0], 3)) {
    std::vector<Structure> triangles;
    std::vector<std::string> rows;
    for (double const r12 : grid(arguments.closest, last, n))
      for (double const r13 : grid(arguments.closest, last, n))
        for (int k = 1; k <= n; ++k) {
          double const angle = std::numbers::pi * k / n;
          Vec3 const third{r13 * std::cos(angle), r13 * std::sin(angle), 0};
          double const r23 = std::hypot(third[0] - r12, third[1]);
          if (r23 < arguments.closest)
            continue;
          triangles.push_back(make_cluster(numbers, {{0, 0, 0}, {r12, 0, 0}, third}));
          rows.push_back(
              fmt::format("{},{},{},{},{}", name_of(numbers), r12, r13, 180. * k / n, r23));
        }
    table.add(rows, parts.of_all(triangles), parts.half_widths(triangles));
  }
  folder.write("v3.csv", table.text());
}

double root_mean_square(std::vector<ClusterExpansion> const& expansions, int size) {
  double sum = 0;
  for (ClusterExpansion const& expansion : expansions)
    sum += std::pow(expansion.of_size(size), 2);
  return std::sqrt(sum / static_cast<double>(expansions.size()));
}

/// Samples V_n: writes v4.csv and returns the table of body orders by rank with the checks.
nlohmann::ordered_json check(Parts const& parts, BodyOrderArguments const& arguments,
                             ResultFolder& folder) {
  AcePotential const& model = parts.potentials[0];
  double const radius = 0.5 * model.basis->cutoff();
  VTable quadruples(parts, "elements,cluster");
  for (auto const& numbers : kinds(model, 4)) {
    auto const clusters = sample_clusters(numbers, arguments.samples, arguments.closest, radius, 1);
    std::vector<std::string> rows;
    for (std::size_t k = 0; k < clusters.size(); ++k)
      rows.push_back(name_of(numbers) + "," + std::to_string(k));
    quadruples.add(rows, parts.of_all(clusters), parts.half_widths(clusters));
  }
  folder.write("v4.csv", quadruples.text());

  // Clusters with one atom more than the model's body order; elements alternate.
  int const bodies = model.basis->max_rank() + 1, size = std::min(bodies + 1, 8);
  std::vector<int> numbers;
  auto const& symbols = model.basis->elements().symbols();
  for (int k = 0; k < size; ++k)
    numbers.push_back(*atomic_number(symbols[k % symbols.size()]));
  auto const clusters =
      sample_clusters(numbers, std::min(arguments.samples, 50), arguments.closest, radius, 2);

  nlohmann::ordered_json json;
  fmt::print("root mean square of V_n (eV) over {} of {}, by rank\n{:<8}",
             counted(clusters.size(), "random cluster"), counted(size, "atom"), "");
  for (int n = 1; n <= size; ++n)
    fmt::print(" {:>11}", "V" + std::to_string(n));
  fmt::print("\n");
  double scale = 0, beyond = 0, leak = 0;
  for (std::size_t part = 0; part < parts.potentials.size(); ++part) {
    AcePotential bare = parts.potentials[part];
    bare.reference_energy.assign(bare.reference_energy.size(), 0.);
    auto const expansions = expand_clusters({}, bare, clusters);
    fmt::print("{:<8}", parts.names[part]);
    for (int n = 1; n <= size; ++n) {
      double const value = root_mean_square(expansions, n);
      fmt::print(" {:>11.4g}", value);
      json["rms_by_rank"][parts.names[part]].push_back(value);
      scale = std::max(scale, value);
      if (part == 0 && n > bodies)
        beyond = std::max(beyond, value);
      if (part > 0 && n != static_cast<int>(part) + 1)
        leak = std::max(leak, value);
    }
    fmt::print("\n");
  }
  Kokkos::DefaultExecutionSpace const space;
  Evaluator<Kokkos::DefaultExecutionSpace> evaluator(space, model);
  auto const whole = predict(space, evaluator, std::span<Structure const>(clusters));
  auto const expansions = expand_clusters({}, model, clusters);
  double difference = 0;
  for (std::size_t c = 0; c < clusters.size(); ++c) {
    double sum = 0;
    for (double const v : expansions[c].terms)
      sum += v;
    difference = std::max(difference, std::abs(sum - whole[c].energy));
  }
  json["body_order"] = bodies;
  json["canonical"] = model.basis->is_canonical();
  json["largest_beyond_body_order_ev"] =
      size > bodies ? nlohmann::ordered_json(beyond) : nlohmann::ordered_json(nullptr);
  json["largest_outside_own_order_ev"] = leak;
  json["sum_minus_energy_ev"] = difference;
  if (size > bodies)
    fmt::print("\nV_n beyond body order {}: {:.2g} eV (rounding)\n", bodies, beyond);
  else
    fmt::print("\nV_n beyond body order {}: not computed, clusters have up to 8 atoms\n", bodies);
  fmt::print("sum of all V minus the clusters' energies: {:.2g} eV (rounding)\n", difference);
  if (model.basis->is_canonical())
    fmt::print("canonical basis: contributions of rank nu to V other than V_(nu + 1): up to {:.2g} "
               "eV (rounding)\n",
               leak);
  else
    fmt::print("with self-interaction: functions of one rank contribute up to {:.3g} eV to V of "
               "fewer atoms\n",
               leak);
  return json;
}

/// Identifies the results of one potential and one set of arguments.
std::string run_id(AcePotential const& potential, BodyOrderArguments const& arguments) {
  std::ostringstream text;
  write_potential(text, potential);
  text << arguments.range[0] << " " << arguments.range[1] << " " << arguments.points << " "
       << arguments.triangles << " " << arguments.samples << " " << arguments.closest;
  if (!arguments.bands.factors.empty())
    text << " " << arguments.bands.within;
  return fmt::format("{:016x}", hash_of(text.str()));
}

void body_order(BodyOrderArguments arguments) {
  std::optional<FactorBands> bands;
  if (!arguments.bands.empty()) {
    if (!arguments.potential.empty())
      throw InputError("expected a potential or --factors with --input, not both: the band is that "
                       "around the potential with the minimum loss");
    bands.emplace(load_bands(arguments.bands));
  } else if (arguments.potential.empty()) {
    throw InputError("expected a potential, or --factors with --input");
  }
  AcePotential potential = bands ? bands->best() : load_potential(arguments.potential);
  if (arguments.range[0] == 0)
    arguments.range[0] = 0.5 * smallest_bond(potential);
  if (arguments.closest == 0)
    arguments.closest = 0.8 * smallest_bond(potential);
  bool const repels = has_core(*potential.basis);
  if (repels)
    potential.basis = without_core(*potential.basis);
  if (!potential.basis->is_linear())
    throw InputError(arguments.potential +
                     ": is not linear; its ranks do not add up to body orders");
  double const last = arguments.range[1] > 0 ? arguments.range[1] : potential.basis->cutoff();
  if (!(arguments.closest < potential.basis->cutoff()))
    throw InputError(fmt::format("--closest: {} A is not below the cutoff, {} A", arguments.closest,
                                 potential.basis->cutoff()));
  if (repels)
    fmt::print("core repulsion is left out; the body orders are those of the expansion\n");
  dimer_distances(arguments.range[0], last, arguments.points, false); // validates the distances
  ResultFolder folder(arguments.output,
                      {arguments.potential, arguments.bands.factors, arguments.bands.input},
                      "bodyorder.json");
  folder.check({"v2.csv", "v2.svg", "v2.gp", "v3.csv", "v4.csv", "bodyorder.json"});
  folder.set_run(run_id(potential, arguments));
  Parts parts(potential);
  if (bands) {
    parts.bands = &*bands;
    parts.within = arguments.bands.within;
    fmt::print(
        "potential with the minimum loss, {:.6g} (kappa {:.6g}, kappa_virial {:.6g}), and the "
        "range of V over all potentials within {:g} % of it\n",
        bands->least_loss(), bands->shares().kappa, bands->shares().kappa_virial,
        100 * arguments.bands.within);
  }
  write_pairs(parts, arguments, last, folder);
  write_triangles(parts, arguments, potential.basis->cutoff(), folder);
  folder.finish(check(parts, arguments, folder));
  fmt::print("wrote {}: {}\n", arguments.output, fmt::join(folder.written(), ", "));
}

} // namespace

Run add_bodyorder(CLI::App& app) {
  auto arguments = std::make_shared<BodyOrderArguments>();
  CLI::App* const command =
      app.add_subcommand("bodyorder", "Compute the many-body expansion of a potential: V2, V3, V4, "
                                      "and their contributions by rank");
  command->add_option("potential", arguments->potential,
                      "Potential file (.yaml, .yace or .kolace.yaml)");
  add_band_options(*command, arguments->bands,
                   "Factor file (kolace assemble), instead of a potential: V of the potential with "
                   "the minimum loss, "
                   "and its range over all potentials with nearly the minimum loss");
  command
      ->add_option("--range", arguments->range,
                   "First and last distance of V2, A (0: half the smallest sum of covalent radii, "
                   "and the cutoff)")
      ->expected(2)
      ->capture_default_str();
  command->add_option("--points", arguments->points, "Number of distances for V2")
      ->capture_default_str();
  command
      ->add_option("--triangles", arguments->triangles,
                   "V3: number of values of r12, of r13 and of the angle between them")
      ->check(CLI::Range(2, 60))
      ->capture_default_str();
  command->add_option("--samples", arguments->samples, "V4: number of random clusters")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  command
      ->add_option("--closest", arguments->closest,
                   "Shortest distance in V3 and V4, A (0: 0.8 times the smallest sum of covalent "
                   "radii)")
      ->check(CLI::Range(0., 100.))
      ->capture_default_str();
  command->add_option("-o,--output", arguments->output, "Folder for the results")
      ->capture_default_str();
  command->footer(
      "V of n atoms is their energy minus the V of all their sub-clusters (inclusion-exclusion):\n"
      "V2 = E(dimer) - E(atom) - E(atom), ... Columns V_rank1, V_rank2, ... contain the\n"
      "contributions of the functions of one rank (number of neighbors in a product). With\n"
      "self-interaction (the usual ACE basis), ranks 2 and above contribute to V2; in a canonical\n"
      "basis they do not.\n"
      "With --factors: V_low and V_high, empty where the data do not determine V.\n"
      "Example: kolace bodyorder results/potential.yaml -o bodies");
  return [arguments] { body_order(*arguments); };
}

} // namespace kolace::apps
