// SPDX-License-Identifier: BSD-3-Clause
#include "commands.hpp"
#include "messages.hpp"
#include "progress.hpp"
#include "result_folder.hpp"

#include <kolace/analysis/plot.hpp>
#include <kolace/api/fit_warnings.hpp>
#include <kolace/config/input.hpp>
#include <kolace/core/hash.hpp>
#include <kolace/fit/sweep.hpp>
#include <kolace/io/potential_file.hpp>
#include <kolace/report/report.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <optional>
#include <ostream>

namespace kolace::apps {
namespace {

struct SweepArguments {
  std::string input, output = "sweep_results", factors;
  bool potentials = false, skip_bad_frames = false;
  std::size_t memory_mb = 0;
};

std::string series_name(SweepPoint const& point) {
  return fmt::format("K={}{}", point.model.body_order, point.model.on_path ? "" : " branch");
}

/// Columns of errors in the table, named as in report.json.
std::vector<std::pair<std::string, double>> columns(ErrorTable const& table,
                                                    SweepResult const& result, double penalty) {
  ErrorSums const& e = table.total;
  return {{"loss", e.loss(result.kappa, result.kappa_virial) + penalty},
          {"energy_rmse_mev_per_atom", 1000 * e.energy_rmse()},
          {"energy_mae_mev_per_atom", 1000 * e.energy_mae()},
          {"force_rmse_mev_per_a", 1000 * e.force_rmse()},
          {"force_mae_mev_per_a", 1000 * e.force_mae()},
          {"virial_rmse_mev_per_atom", 1000 * e.virial_rmse()},
          {"virial_mae_mev_per_atom", 1000 * e.virial_mae()}};
}

std::string csv(SweepResult const& result) {
  std::string text = "series,body_order,on_path,n_functions,rank,condition,coefficient_norm,"
                     "strength,degrees_of_freedom,n_nonzero";
  auto const names = columns(result.points.front().train, result, 0);
  for (char const* set : {"train", "test"})
    for (auto const& [name, value] : names)
      text += fmt::format(",{}_{}", set, name);
  text += "\n";
  auto const field = [](double x) { return std::isfinite(x) ? fmt::format(",{}", x) : ","; };
  for (SweepPoint const& p : result.points) {
    text += fmt::format("{},{},{},{},{}", series_name(p), p.model.body_order,
                        p.model.on_path ? 1 : 0, p.model.functions.size(), p.solver.solution.rank);
    text += field(p.solver.solution.condition) + field(p.coefficient_norm) +
            field(p.solver.strength) + field(p.solver.degrees_of_freedom);
    text += fmt::format(",{}", p.solver.n_nonzero);
    for (auto const& [name, value] : columns(p.train, result, p.solver.penalty))
      text += field(value);
    for (std::size_t k = 0; k < names.size(); ++k)
      text += p.test ? field(columns(*p.test, result, p.solver.penalty)[k].second) : ",";
    text += "\n";
  }
  return text;
}

nlohmann::ordered_json json(SweepResult const& result) {
  using Json = nlohmann::ordered_json;
  auto const errors = [&](ErrorTable const& table, double penalty) {
    Json set{{"n_structures", table.total.n_structures}, {"n_atoms", table.total.n_atoms}};
    for (auto const& [name, value] : columns(table, result, penalty))
      set[name] = std::isfinite(value) ? Json(value) : Json(nullptr);
    return set;
  };
  Json json{{"schema", 1},
            {"kappa", result.kappa},
            {"kappa_virial", result.kappa_virial},
            {"rows", result.n_rows},
            {"reference_energy_source", result.reference_source}};
  for (auto const& [stage, seconds] : result.seconds)
    json["seconds"][stage] = seconds;
  for (SweepPoint const& p : result.points)
    json["models"].push_back(
        {{"series", series_name(p)},
         {"K", p.model.body_order},
         {"on_path", p.model.on_path},
         {"n_functions", p.model.functions.size()},
         {"solver", p.solver.name},
         {"strength", p.solver.strength},
         {"rank", p.solver.solution.rank},
         {"condition", p.solver.solution.condition},
         {"coefficient_norm", p.coefficient_norm},
         {"train", errors(p.train, p.solver.penalty)},
         {"test", p.test ? errors(*p.test, p.solver.penalty) : Json(nullptr)}});
  return json;
}

/// Loss against the number of functions: one line for the model path and one for each branch, which
/// leaves the path where its body order ends.
Plot make_plot(SweepResult const& result) {
  Plot plot{"Loss along the model path", "number of functions", "loss", {}, 0, 0, true, true};
  for (bool const test : {false, true}) {
    PlotSeries path{test ? "test" : "train", {}, false, test};
    std::vector<PlotSeries> branches;
    for (SweepPoint const& p : result.points) {
      if (test && !p.test)
        continue;
      double const loss = columns(test ? *p.test : p.train, result, p.solver.penalty)[0].second;
      std::pair<double, double> const at{static_cast<double>(p.model.functions.size()), loss};
      if (p.model.on_path) {
        path.points.push_back(at);
        continue;
      }
      std::string const name = fmt::format("{} K={}", path.name, p.model.body_order);
      if (branches.empty() || branches.back().name != name)
        branches.push_back({name, {}, false, test});
      // A branch leaves the path where its body order ends.
      if (branches.back().points.empty() && !path.points.empty())
        branches.back().points.push_back(path.points.back());
      branches.back().points.push_back(at);
    }
    if (!path.points.empty())
      plot.series.push_back(path);
    plot.series.insert(plot.series.end(), branches.begin(), branches.end());
  }
  return plot;
}

void print_table(SweepResult const& result) {
  fmt::print("\n{:<12} {:>6} {:>9} {:>10} {:>11} {:>10} {:>10} {:>11} {:>10} {:>10}\n", "", "N_f",
             "condition", "|c|", "loss train", "E meV/at", "F meV/A", "loss test", "E meV/at",
             "F meV/A");
  for (SweepPoint const& p : result.points) {
    auto const train = columns(p.train, result, p.solver.penalty);
    fmt::print("{:<12} {:>6} {:>9.1e} {:>10.3e} {:>11.4e} {:>10.2f} {:>10.1f}", series_name(p),
               p.model.functions.size(), p.solver.solution.condition, p.coefficient_norm,
               train[0].second, train[1].second, train[3].second);
    if (p.test) {
      auto const test = columns(*p.test, result, p.solver.penalty);
      fmt::print(" {:>11.4e} {:>10.2f} {:>10.1f}", test[0].second, test[1].second, test[3].second);
    }
    fmt::print("\n");
  }
  fmt::print("(E, F: root-mean-square errors of energies and forces)\nseconds:");
  for (auto const& [stage, seconds] : result.seconds)
    fmt::print(" {} {:.2f}", stage, seconds);
  fmt::print("\n");
}

void write_results(SweepArguments const& arguments, FitInput const& input,
                   SweepResult const& result, ResultFolder& folder) {
  Plot const plot = make_plot(result);
  folder.set_run(fmt::format(
      "{:016x}", hash_of(input.train.fingerprint() + input.test.fingerprint() + csv(result))));
  folder.write("sweep.csv", [&](std::ostream& out) { out << csv(result); });
  folder.write("sweep.svg", [&](std::ostream& out) { write_svg(out, plot); });
  folder.write("sweep.gp", [&](std::ostream& out) { write_gnuplot(out, plot, "sweep.svg"); });
  if (arguments.potentials)
    for (SweepPoint const& point : result.points) {
      AcePotential potential = sweep_potential(input.basis, input.options, result, point);
      potential.spline_width = input.spline_width;
      folder.write(fmt::format("K{}_{}{}", point.model.body_order, point.model.functions.size(),
                               potential.basis->is_canonical() ? ".kolace.yaml" : ".yaml"),
                   [&](std::ostream& out) { write_potential(out, potential); });
    }
  folder.finish(json(result));
}

void sweep(SweepArguments const& arguments) {
  Context context;
  Communicator const& ranks = context.ranks;
  SharedInput const shared = read_on_all(
      ranks, arguments.input, {arguments.skip_bad_frames, nullptr, arguments.memory_mb << 20},
      arguments.factors);
  FitInput const& input = shared.input;
  std::optional<FactorSet> const& factors = shared.factors;
  std::optional<ResultFolder> folder; // checked before the work starts
  ranks.together([&] {
    if (!ranks.is_root())
      return;
    folder.emplace(arguments.output, input.files, "sweep.json");
    folder->check({"sweep.csv", "sweep.json", "sweep.svg", "sweep.gp"});
  });
  ProgressBar bar(!ranks.is_root());
  context.progress = [&](std::string const& stage, long done, long total) {
    bar.update(stage, done, total);
  };
  SweepResult const result =
      factors
          ? sweep_factors(context, *factors, input.basis, input.options, input.sweep)
          : run_sweep(context, input.train, input.test, input.basis, input.options, input.sweep);
  if (!ranks.is_root())
    return;
  write_results(arguments, input, result, *folder);
  for (std::string const& warning : data_warnings(input, result.skipped_frames))
    warn(warning);
  print_data(input, result.labels, result.test_labels, result.n_dropped);
  print_table(result);
  fmt::print("wrote {}: sweep.csv, sweep.json, sweep.svg{}\n", arguments.output,
             arguments.potentials ? " and a potential for each model" : "");
}

} // namespace

Run add_sweep(CLI::App& app) {
  auto arguments = std::make_shared<SweepArguments>();
  CLI::App* const command = app.add_subcommand(
      "sweep", "Compute loss and errors along a path of models of growing size and body order");
  command->add_option("input", arguments->input, "input.yaml of a fit with the largest basis")
      ->required();
  command->add_option("-o,--output", arguments->output, "Folder for the results")
      ->capture_default_str();
  command->add_option("--factors", arguments->factors,
                      "Factor file of kolace assemble: solve without reading the data; errors are "
                      "weighted root mean squares");
  command->add_flag("--potentials", arguments->potentials, "Write the potential of every model");
  command->add_flag("--skip-bad-frames", arguments->skip_bad_frames,
                    "Leave out frames that cannot be used");
  add_memory_option(*command, arguments->memory_mb);
  command->footer(
      "All models are obtained from one pass over the data; their bases are parts of that of the\n"
      "input. The path takes functions of body order K = 2 first, then adds K = 3, and so on. Its\n"
      "limits, in the section `sweep` of the input, may be lower than those of the basis; the\n"
      "functions beyond them form branches of fixed K:\n"
      "  potential: {functions: {ALL: {nradmax_by_orders: [100, 12, 4], lmax_by_orders: [0, 4, "
      "3]}}}\n"
      "  sweep: {path: {nradmax_by_orders: [45, 8, 4], lmax_by_orders: [0, 3, 3]}, points: 6}\n"
      "Errors of a test set (data.test_filename or data.test_size) are also reported. Solvers and\n"
      "the choice of their strength (kolace keys solver) apply to each model separately.\n"
      "Example: kolace sweep input.yaml -o study");
  return [arguments] { sweep(*arguments); };
}

} // namespace kolace::apps
