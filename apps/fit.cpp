// SPDX-License-Identifier: BSD-3-Clause
#include "commands.hpp"
#include "messages.hpp"
#include "progress.hpp"
#include "result_folder.hpp"

#include <kolace/api/fit_warnings.hpp>
#include <kolace/assembly/assemble.hpp>
#include <kolace/config/default_basis.hpp>
#include <kolace/config/input.hpp>
#include <kolace/core/counted.hpp>
#include <kolace/core/hash.hpp>
#include <kolace/core/host_threads.hpp>
#include <kolace/fit/fit.hpp>
#include <kolace/fit/ladder.hpp>
#include <kolace/io/potential_file.hpp>
#include <kolace/report/html_report.hpp>
#include <kolace/report/report.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

namespace kolace::apps {
namespace {

struct FitArguments {
  std::string input, output = "results", factors;
  bool skip_bad_frames = false, no_predictions = false;
  std::size_t memory_mb = 0;
};

/// Prints one sentence on crystals under compression.
void print_compression(FitResult const& result) {
  if (result.compression.empty())
    return;
  bool const rises = std::all_of(result.compression.begin(), result.compression.end(),
                                 [](CompressionCheck const& check) { return check.rises(); });
  if (rises)
    fmt::print(
        "compression: the energies of {} crystals, dimers and pairs rise: of fcc, bcc, simple "
        "cubic, diamond, their binaries and two atoms, from the densities of the data to "
        "distances of 0.4 times the sum of covalent radii; of the closest atoms in the data, "
        "pushed together to 0.7 times their distance\n",
        result.compression.size());
}

/// Prints one sentence on the dynamics of training structures.
void print_dynamics(FitResult const& result, FitOptions const& options) {
  if (options.trial_dynamics && result.from_factors)
    fmt::print("dynamics: not tried, since factors contain no structures\n");
  else if (!result.dynamics.empty() && !any_collapsed(result.dynamics))
    fmt::print("dynamics: {}\n", dynamics_sentence(result.dynamics));
}

/// Prints a line for each good pair of elements, or a summary if there are many.
void print_dimers(std::vector<DimerCheck> const& checks) {
  constexpr std::size_t most_lines = 6;
  bool const each = checks.size() <= most_lines;
  int well = 0;
  double down_to = 0;
  for (DimerCheck const& c : checks)
    if (c.rises_down_to < c.shortest) {
      ++well;
      down_to = std::max(down_to, c.rises_down_to);
      if (each)
        fmt::print("{}-{} dimer: the energy rises from the shortest distance in the data, {:.3f} "
                   "A, down to {:.3f} A\n",
                   c.a, c.b, c.shortest, c.rises_down_to);
    }
  if (!each && well > 0)
    fmt::print("dimers: the energies of {} of {} pairs of elements rise from the shortest distance "
               "in the data down to {:.3f} A or less (see report.json for each)\n",
               well, checks.size(), down_to);
}

std::string committee_name(std::size_t k, bool canonical) {
  return fmt::format("committee_{:02}{}", k + 1, canonical ? ".kolace.yaml" : ".yaml");
}

/// All file names that a fit of this input writes.
std::vector<std::string> names_of(FitInput const& input, bool predictions) {
  bool const canonical = input.basis->is_canonical();
  std::vector<std::string> names{"report.json", "report.html",
                                 canonical ? "potential.kolace.yaml" : "potential.yaml"};
  if (!canonical)
    names.emplace_back("potential.yace");
  if (predictions)
    names.emplace_back("train_predictions.extxyz");
  if (predictions && !input.test.empty())
    names.emplace_back("test_predictions.extxyz");
  if (input.options.ladder)
    names.emplace_back("ladder.csv");
  if (input.options.solver.kind == SolverOptions::Kind::lbfgs ||
      input.options.solver.kind == SolverOptions::Kind::lsqr)
    names.emplace_back("learning_curve.csv");
  for (int k = 0; k < input.options.solver.committee; ++k)
    names.push_back(committee_name(static_cast<std::size_t>(k), canonical));
  return names;
}

/// True if the input is that of an earlier fit in the same folder, which is then left unchanged.
bool is_own_copy(FitArguments const& arguments, ResultFolder const& folder) {
  std::error_code ignored;
  return std::filesystem::equivalent(arguments.input, folder.path("input.yaml"), ignored);
}

/// Identifies this fit's files by its input, data and result.
std::string run_id(FitInput const& input, std::string const& input_text, FitResult const& result) {
  std::string text = input_text + input.train.fingerprint() + input.test.fingerprint();
  for (double const c : result.potential.coefficients)
    text += fmt::format(" {}", c);
  return fmt::format("{:016x}", hash_of(text));
}

void write_results(FitArguments const& arguments, FitInput const& input,
                   std::string const& input_text, FitResult& result, bool predictions,
                   std::vector<DimerCheck> const& dimers, ResultFolder& folder) {
  namespace fs = std::filesystem;
  // The file name shows that only kolace can read a canonical basis.
  bool const canonical = input.basis->is_canonical();
  result.potential.spline_width = input.spline_width;
  ResultFiles files;
  files.run = run_id(input, input_text, result);
  folder.set_run(files.run);
  std::string const header = "# kolace fit, run " + files.run + "\n";
  folder.write(canonical ? "potential.kolace.yaml" : "potential.yaml", [&](std::ostream& out) {
    out << header;
    write_potential(out, result.potential);
  });
  if (!canonical)
    folder.write("potential.yace", [&](std::ostream& out) {
      out << header;
      write_yace(out, result.potential);
    });
  if (!result.solver.curve.empty())
    folder.write("learning_curve.csv",
                 [&](std::ostream& out) { write_learning_curve(out, result.solver); });
  if (!result.ladder.empty())
    folder.write("ladder.csv", [&](std::ostream& out) { write_ladder(out, result); });
  for (std::size_t k = 0; k < result.committee.size(); ++k) {
    result.committee[k].spline_width = input.spline_width;
    folder.write(committee_name(k, canonical), [&](std::ostream& out) {
      out << header;
      write_potential(out, result.committee[k]);
    });
  }
  Predictions train, test;
  if (predictions)
    folder.write("train_predictions.extxyz", [&](std::ostream& out) {
      train = write_predictions({}, out, input.train, result.potential, {{}, nullptr, files.run});
    });
  if (predictions && !input.test.empty())
    folder.write("test_predictions.extxyz", [&](std::ostream& out) {
      test = write_predictions(
          {}, out, input.test, result.potential,
          {{}, result.test_deviations ? &*result.test_deviations : nullptr, files.run});
    });
  ReportContents contents{"Fit of " + fs::path(arguments.input).filename().string(), input_text,
                          nullptr, nullptr, dimers};
  if (predictions) {
    contents.train = &train;
    contents.test = input.test.empty() ? nullptr : &test;
  }
  folder.write("report.html", [&](std::ostream& out) { write_html_report(out, result, contents); });
  if (!is_own_copy(arguments, folder))
    folder.write("input.yaml", [&](std::ostream& out) {
      out << "# As used by kolace fit, run " << files.run << "; file names are relative to "
          << fs::absolute(arguments.input).parent_path().string() << "\n"
          << input_text;
    });
  files.names = folder.written();
  files.names.emplace_back("report.json");
  files.checksums = folder.checksums();
  folder.write("report.json", [&](std::ostream& out) { write_report(out, result, dimers, files); });
  folder.finish();
}

/// Announces the duration of a long fit, estimated from operation counts and measured rates.
/// @param pairs estimated number of pairs in the training data
void announce_work(FitInput const& input, double pairs) {
  // Rates of one core. A pair costs pair_seconds times (n_functions + 50); the 50 stands for its
  // distances and radial functions. Measured on a core that multiplies matrices at 30 GFLOP/s.
  constexpr double flops_per_second = 2e10, pair_seconds = 4e-9;
  // Atoms in the compression scan of each element: four crystals and a dimer, at most 33 volumes
  // each (points_of), one or two atoms per cell, at up to four times the usual density of 0.05
  // atoms/A^3.
  constexpr double atoms_of_crystals = 5 * 33 * 2, dense = 4 * 0.05;
  // FLOPs over the cube of the number of functions.
  constexpr double solver_flops = 100, step_flops = 5;
  constexpr double worth_telling = 2, minute = 60; // seconds
  constexpr int folds = 4, kinds_of_labels = 3;    // at most, by default
  double const rows = static_cast<double>(amount_of(input.train).n_labels);
  double const n = input.basis->size();
  double flops = 2 * rows * n * n + solver_flops * n * n * n;
  std::string models;
  if (input.options.ladder) {
    auto const sets = ladder_sets(*input.basis, *input.options.ladder);
    for (auto const& set : sets)
      flops += step_flops * std::pow(static_cast<double>(set.size()), 3);
    models = ", a path of " + counted(sets.size(), "model");
  }
  double const cutoff = input.basis->cutoff();
  if (input.options.pair_repulsion)
    pairs +=
        input.basis->elements().size() * atoms_of_crystals * dense * 4.2 * cutoff * cutoff * cutoff;
  // Two passes of 600 steps of six structures with about 64 atoms; seconds per atom and step.
  double const steps =
      input.options.trial_dynamics ? 2 * 600. * std::clamp(450000 / n, 64., 6 * 64.) : 0;
  double const step_seconds = 5e-6 + pair_seconds * n;
  double const seconds =
      (flops / flops_per_second + pair_seconds * pairs * (n + 50) + steps * step_seconds) /
      host_threads();
  if (seconds > worth_telling)
    say(fmt::format("kolace: {} and {:.0f} rows{}: about {} and {:.1f} GB; a smaller "
                    "basis {}is faster\n",
                    counted(input.basis->size(), "function"), rows, models,
                    seconds > 2 * minute
                        ? fmt::format("{:.0f} minutes", std::ceil(seconds / minute))
                        : fmt::format("{:.0f} s", seconds),
                    factor_memory(input.basis->size(), folds, kinds_of_labels) / 1e9 + 0.1,
                    models.empty() ? "" : "or a larger ladder_step "));
}

void fit(FitArguments const& arguments) {
  Context context;
  Communicator const& ranks = context.ranks;
  std::ostringstream input_text;
  input_text << std::ifstream(arguments.input, std::ios::binary).rdbuf();
  SharedInput const shared = read_on_all(
      ranks, arguments.input, {arguments.skip_bad_frames, nullptr, arguments.memory_mb << 20},
      arguments.factors);
  FitInput const& input = shared.input;
  std::optional<FactorSet> const& factors = shared.factors;
  bool const predictions = !arguments.no_predictions && !factors;
  std::optional<ResultFolder> folder; // checked before the work starts
  ranks.together([&] {
    if (!ranks.is_root())
      return;
    folder.emplace(arguments.output, input.files);
    auto names = names_of(input, predictions);
    if (!is_own_copy(arguments, *folder))
      names.emplace_back("input.yaml");
    folder->check(names);
  });
  if (ranks.is_root() && !factors)
    announce_work(input, shared.pairs);
  ProgressBar bar(!ranks.is_root());
  context.progress = [&](std::string const& stage, long done, long total) {
    bar.update(stage, done, total);
  };
  FitResult result =
      factors ? fit_factors(context, *factors, input.basis, input.options)
              : fit_potential(context, input.train, input.test, input.basis, input.options);
  if (!ranks.is_root())
    return;
  auto const dimers = check_dimers(result);
  result.warnings = all_warnings(input, result, dimers);
  write_results(arguments, input, input_text.str(), result, predictions, dimers, *folder);
  print_data(input, result.labels, result.test_labels, result.n_dropped);
  fmt::print("\n{}", format_report(result));
  print_dimers(dimers);
  print_compression(result);
  print_dynamics(result, input.options);
  for (std::string const& warning : result.warnings)
    warn(warning);
  fmt::print("wrote {}: {}\n", arguments.output, fmt::join(folder->written(), ", "));
  if (std::size_t const n = result.warnings.size(); n > 0)
    fmt::print("{} warning{}, above and in report.html\n", n, n == 1 ? "" : "s");
}

} // namespace

Run add_fit(CLI::App& app) {
  auto arguments = std::make_shared<FitArguments>();
  CLI::App* const command =
      app.add_subcommand("fit", "Fit a linear ACE potential to labelled structures");
  command->add_option("input", arguments->input, "input.yaml with pacemaker's keys")->required();
  command->add_option("-o,--output", arguments->output, "Folder for the results")
      ->capture_default_str();
  command->add_option("--factors", arguments->factors,
                      "Factor file of kolace assemble: solve without reading the data. Errors are "
                      "weighted root mean squares; no predictions are written");
  command->add_flag("--skip-bad-frames", arguments->skip_bad_frames,
                    "Leave out frames that cannot be used, and list them");
  command->add_flag("--no-predictions", arguments->no_predictions,
                    "Do not write train_predictions.extxyz, test_predictions.extxyz and the error "
                    "plots of report.html");
  add_memory_option(*command, arguments->memory_mb);
  command->footer(
      "kolace keys explains every key of input.yaml; kolace keys solver explains the solvers.\n"
      "Files written: potential.yaml, potential.yace (for LAMMPS), report.html (errors, plots and\n"
      "warnings, for a browser), report.json, input.yaml (as used), and the predictions for both\n"
      "data sets, train_predictions.extxyz and test_predictions.extxyz. With potential: {basis:\n"
      "canonical} (no self-interaction, up to body order 4) the potential is\n"
      "potential.kolace.yaml, which only kolace and its LAMMPS pair_style read.\n"
      "Data files are extended XYZ (plain or gzip); their names are relative to input.yaml.\n"
      "Minimal input.yaml:\n"
      "  cutoff: 5.0\n"
      "  data: {filename: train.extxyz}\n"
      "  potential:\n"
      "    elements: [C]\n"
      "    functions: {ALL: {nradmax_by_orders: [10, 4, 2], lmax_by_orders: [0, 3, 2]}}\n"
      "Example: kolace fit input.yaml -o results");
  return [arguments] { fit(*arguments); };
}

} // namespace kolace::apps
