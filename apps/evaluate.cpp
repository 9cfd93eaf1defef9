// SPDX-License-Identifier: BSD-3-Clause
#include "commands.hpp"
#include "messages.hpp"
#include "progress.hpp"

#include <kolace/core/counted.hpp>
#include <kolace/dataset/dataset.hpp>
#include <kolace/fit/errors.hpp>
#include <kolace/io/active_set_file.hpp>
#include <kolace/io/atomic_file.hpp>
#include <kolace/io/potential_file.hpp>
#include <kolace/report/predictions.hpp>
#include <kolace/report/report.hpp>

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <iterator>
#include <optional>
#include <ostream>

namespace kolace::apps {
namespace {

struct EvaluateArguments {
  std::string potential, output, active_set;
  std::vector<std::string> data, committee;
  bool exact = false, skip_bad_frames = false;
  std::size_t memory_mb = 0;
  LabelKeys keys;
};

void print_grades(GradeSummary const& grades) {
  fmt::print("atoms by extrapolation grade:");
  double from = 0;
  for (std::size_t k = 0; k < grades.counts.size(); ++k) {
    if (k < std::size(GradeSummary::limits)) {
      fmt::print(" {:g} to {:g}: {},", from, GradeSummary::limits[k], grades.counts[k]);
      from = GradeSummary::limits[k];
    } else {
      fmt::print(" above: {}\n", grades.counts[k]);
    }
  }
  if (grades.atom > 0) // at least one grade is not zero
    fmt::print("largest grade {:.4g}: {}, atom {}\n", grades.largest, grades.where.text(),
               grades.atom);
}

void evaluate(EvaluateArguments const& arguments) {
  AcePotential potential = load_potential(arguments.potential);
  if (!arguments.committee.empty() && arguments.output.empty())
    throw InputError("--committee requires -o, since the spread is written to the frames");
  std::vector<AcePotential> committee;
  for (std::string const& file : arguments.committee) {
    committee.push_back(load_potential(file));
    if (committee.back().basis->elements().symbols() != potential.basis->elements().symbols())
      throw InputError(file + ": the elements differ from those of " + arguments.potential);
  }
  std::optional<ActiveSet> active_set;
  if (!arguments.active_set.empty()) {
    if (arguments.output.empty())
      throw InputError("--active-set requires -o, since grades are written to the frames");
    active_set = read_active_set(arguments.active_set, *potential.basis);
  }
  if (arguments.exact) {
    potential.spline_width = 0;
    for (AcePotential& member : committee)
      member.spline_width = 0;
  }
  std::vector<std::string> inputs = arguments.data;
  inputs.insert(inputs.end(), {arguments.potential, arguments.active_set});
  inputs.insert(inputs.end(), arguments.committee.begin(), arguments.committee.end());
  check_outputs(inputs, {arguments.output});
  Context context;
  Communicator const& ranks = context.ranks;
  auto options = reading(arguments.keys, arguments.skip_bad_frames, arguments.memory_mb);
  options.ranks = ranks;
  if (!ranks.is_root())
    options.announce = {};
  Dataset const data =
      Dataset(arguments.data, std::move(options)).checked(potential.basis->elements());
  pairs_within(data, potential.basis->cutoff(), !ranks.is_root());
  ErrorTable errors;
  GradeSummary grades;
  if (!arguments.output.empty()) { // one pass for predictions and errors
    if (ranks.is_root())
      write_file(arguments.output, [&](std::ostream& out) {
        PredictionOptions options;
        options.committee = committee;
        options.active_set = active_set ? &*active_set : nullptr;
        Predictions const predictions = write_predictions({}, out, data, potential, options);
        errors = predictions.errors;
        grades = predictions.grades;
      });
  } else {
    ProgressBar bar(!ranks.is_root());
    long n_atoms = 0;
    data.for_each_structure(
        [&](Frame& frame) { n_atoms += static_cast<long>(frame.structure.n_atoms()); });
    context.progress = [&](std::string const& stage, long done, long total) {
      bar.update(stage, done, total);
    };
    errors =
        measure_errors(context.at("evaluate", n_atoms / ranks.size()), data, potential, nullptr);
  }
  if (!ranks.is_root())
    return;
  ErrorSums const& total = errors.total;
  for (std::string const& absent : absent_label_keys(arguments.keys, errors.pass.labels))
    warn(fmt::format("the {} does not occur in the data", absent));
  print_labels(errors.pass.labels);
  warn_of_skipped(errors.pass.skipped);
  if (total.n_energies() + total.n_forces() + total.n_virials() > 0)
    fmt::print("{}{}", error_header(), format_errors(errors, "all frames"));
  else
    fmt::print("{}, {}; no labels under known keys (--energy-key, --forces-key)\n",
               counted(total.n_structures, "frame"), counted(total.n_atoms, "atom"));
  if (active_set)
    print_grades(grades);
  if (!arguments.output.empty())
    fmt::print("wrote {}\n", arguments.output);
}

} // namespace

Run add_evaluate(CLI::App& app) {
  auto arguments = std::make_shared<EvaluateArguments>();
  CLI::App* const command = app.add_subcommand(
      "evaluate", "Predict energies, forces and virials, with errors for labelled structures");
  command
      ->add_option("potential", arguments->potential,
                   "Potential file (.yaml, .yace or .kolace.yaml)")
      ->required();
  command->add_option("data", arguments->data, "Extended XYZ files (plain or gzip)")->required();
  command->add_option("-o,--output", arguments->output,
                      "Write the frames with kolace_energy (eV), kolace_virial (eV, nine numbers), "
                      "kolace_forces (eV/A) and kolace_energies (eV)");
  command->add_option(
      "--committee", arguments->committee,
      "Potentials drawn from the posterior (fit.solver.committee): add their root-mean-square "
      "deviations to -o as kolace_energy_std (eV) and kolace_forces_std (eV/A)");
  command->add_option("--active-set", arguments->active_set,
                      "Active set of the training data (kolace activeset): add the extrapolation "
                      "grade of each atom to -o as kolace_gamma");
  command->add_flag("--exact", arguments->exact,
                    "Evaluate the radial functions exactly, not by the spline tables that the file "
                    "specifies and LAMMPS uses");
  command->add_flag("--skip-bad-frames", arguments->skip_bad_frames,
                    "Leave out frames that cannot be used");
  add_label_options(*command, arguments->keys);
  add_memory_option(*command, arguments->memory_mb);
  command->footer(
      "Example: kolace evaluate results/potential.yaml test.extxyz -o predicted.extxyz");
  return [arguments] { evaluate(*arguments); };
}

} // namespace kolace::apps
