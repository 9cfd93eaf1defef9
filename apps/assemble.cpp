// SPDX-License-Identifier: BSD-3-Clause
#include "commands.hpp"
#include "messages.hpp"
#include "progress.hpp"

#include <kolace/api/fit_warnings.hpp>
#include <kolace/assembly/assemble.hpp>
#include <kolace/config/input.hpp>
#include <kolace/core/counted.hpp>
#include <kolace/fit/fit_data.hpp>
#include <kolace/fit/regularization.hpp>
#include <kolace/io/atomic_file.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>

namespace kolace::apps {
namespace {

struct AssembleArguments {
  std::string input, output, part, onto;
  double checkpoint_seconds = 60;
  bool skip_bad_frames = false;
  std::size_t memory_mb = 0;
};

struct MergeArguments {
  std::vector<std::string> inputs;
  std::string output;
};

/// Reads "3/64", the third of 64 parts; an empty text is the whole.
FactorPart read_part(std::string const& text) {
  if (text.empty())
    return {};
  int number = 0, of = 0;
  char rest = 0;
  if (std::sscanf(text.c_str(), "%d/%d%c", &number, &of, &rest) != 2 || of < 1 || number < 1 ||
      number > of)
    throw InputError("--part: expected K/N with 1 <= K <= N, e.g. 3/64, got '" + text + "'");
  return {number - 1, of};
}

/// The frames of `data` without those of known files; sets the number of files left out.
Dataset without(Dataset const& data, std::vector<DataFile> const& known, long& n_files) {
  std::vector<std::string> known_paths;
  for (DataFile const& file : data.data_files())
    if (std::any_of(known.begin(), known.end(),
                    [&](DataFile const& other) { return other.same_content(file); }))
      known_paths.push_back(file.path);
  n_files = static_cast<long>(known_paths.size());
  if (known_paths.empty())
    return data;
  if (known_paths.size() == data.data_files().size())
    return {};
  auto wanted = std::make_shared<std::vector<bool>>();
  data.for_each_structure([&](Frame const& frame) {
    wanted->push_back(std::find(known_paths.begin(), known_paths.end(),
                                frame.structure.place.file) == known_paths.end());
  });
  return data.subset([wanted](long i) { return wanted->at(i); });
}

/// Refuses a file that is known with other contents: its frames would count twice.
void refuse_changed_files(Dataset const& data, std::vector<DataFile> const& known,
                          std::string const& factors) {
  for (DataFile const& file : data.data_files())
    for (DataFile const& other : known)
      if (file.path == other.path && !file.same_content(other) &&
          std::none_of(known.begin(), known.end(),
                       [&](DataFile const& same) { return same.same_content(file); }))
        throw InputError(fmt::format(
            "{}: has changed since {} was assembled with it ({} then, {} now); assemble all data "
            "again, or put new frames into a file of their own",
            file.path, factors, counted(other.n_frames, "frame"), counted(file.n_frames, "frame")));
}

/// Keeps the records of new files only.
void keep_new_files(FactorData& data, std::vector<DataFile> const& known) {
  std::erase_if(data.files, [&](DataFile const& file) {
    return std::any_of(known.begin(), known.end(),
                       [&](DataFile const& other) { return other.same_content(file); });
  });
}

void print_set(FactorSet const& set, std::string const& path) {
  long rows[3] = {0, 0, 0};
  for (FactorGroup const& group : set.train.groups) {
    rows[0] += group.factors.energy.n_rows();
    rows[1] += group.factors.forces.n_rows();
    rows[2] += group.factors.virial.n_rows();
  }
  fmt::print("{}; training data: {}, rows: {} of energies, {} of forces, {} of virials\n",
             counted(set.basis->size(), "function"),
             counted(set.train.labels.records.size(), "structure"), rows[0], rows[1], rows[2]);
  if (set.test)
    fmt::print("test data: {}\n", counted(set.test->labels.records.size(), "structure"));
  if (auto const missing = set.missing_parts(); !missing.empty())
    fmt::print("this is {} of {} parts; combine all with kolace merge\n", set.parts.size(),
               set.parts.front().of);
  fmt::print("wrote {} ({:.1f} MB)\n", path,
             static_cast<double>(std::filesystem::file_size(path)) / 1e6);
}

void assemble(AssembleArguments const& arguments) {
  Context context;
  Communicator const& ranks = context.ranks;
  FactorPart const part = read_part(arguments.part);
  std::optional<FactorSet> onto;
  if (!arguments.onto.empty())
    ranks.together([&] { onto = read_factor_set(arguments.onto); });
  FitInputOptions reading{arguments.skip_bad_frames, nullptr, arguments.memory_mb << 20};
  reading.basis = onto ? onto->basis.get() : nullptr;
  FitInput input = read_on_all(ranks, arguments.input, reading).input;
  if (input.options.solver.kind == SolverOptions::Kind::lsqr)
    throw InputError("fit.solver: lsqr uses design rows and has no factors to assemble");
  check_outputs(input.files, {arguments.output});
  if (onto) {
    if (part.of > 1)
      throw InputError("--onto conflicts with --part (give one of the two)");
    if (auto const missing = onto->missing_parts(); !missing.empty())
      throw InputError(
          fmt::format("{}: part {} of {} is missing; combine the parts with kolace merge",
                      arguments.onto, missing.front(), onto->parts.front().of));
    if (!onto->free_group_weights)
      throw InputError(arguments.onto + ": energy-based weights depend on all structures; assemble "
                                        "the old and the new data together");
    // Compatibility is checked before the assembly starts, and even if there are no new data.
    FactorSet wanted;
    wanted.basis = input.basis;
    wanted.baseline = input.options.reference_potential;
    wanted.spline_width = input.options.spline_width;
    wanted.weighting = input.options.weighting;
    if (onto->free_group_weights)
      wanted.weighting.by_config_type.clear();
    try {
      check_compatible(*onto, wanted);
    } catch (InputError const& error) {
      throw InputError(arguments.onto + ": the data cannot be added; " + error.what());
    }
    refuse_changed_files(input.train, onto->train.files, arguments.onto);
    long n_known = 0;
    input.train = without(input.train, onto->train.files, n_known);
    if (n_known > 0)
      fmt::print("already in {}: {}\n", arguments.onto, counted(n_known, "file"));
    if (input.train.empty()) {
      write_factor_set(arguments.output, *onto);
      fmt::print("nothing to add; wrote {}\n", arguments.output);
      return;
    }
    if (!input.test.empty() && onto->test)
      input.test = without(input.test, onto->test->files, n_known);
  }
  AssemblyOptions options;
  options.labels = input.options;
  options.fits_unknown_reference = input.options.solver.kind == SolverOptions::Kind::automatic;
  options.baseline = input.options.reference_potential;
  options.spline_width = input.options.spline_width;
  options.batch_bytes = input.options.batch_bytes;
  for (auto const& [name, weights] : input.options.weighting.by_config_type)
    options.config_types.push_back(name);
  options.n_folds = input.options.solver.choice == SolverOptions::Choice::folds
                        ? input.options.solver.folds
                        : automatic_folds;
  options.part = part;
  options.checkpoint = arguments.output + ".checkpoint";
  options.checkpoint_seconds = arguments.checkpoint_seconds;
  ProgressBar bar(!ranks.is_root());
  context.progress = [&](std::string const& stage, long done, long total) {
    bar.update(stage, done, total);
  };
  if (ranks.is_root())
    context.tell = [](std::string const& message) { say("kolace: " + message + "\n"); };
  FactorSet set = assemble_factor_set(context, input.train, input.test, input.basis, options,
                                      onto ? &*onto : nullptr);
  ranks.together([&] {
    if (!ranks.is_root())
      return;
    if (onto) {
      keep_new_files(set.train, onto->train.files);
      if (set.test && onto->test)
        keep_new_files(set.test.value(), onto->test->files);
      set = merged(*onto, set);
    }
    write_factor_set(arguments.output, set);
  });
  remove_with_leftovers(checkpoint_file(options, ranks));
  if (!ranks.is_root())
    return;
  for (std::string const& warning : data_warnings(input, set.train.labels.pass.skipped))
    warn(warning);
  print_data(input, set.train.labels.pass.labels,
             set.test ? set.test->labels.pass.labels : LabelCounts(),
             set.train.labels.pass.left_out);
  print_set(set, arguments.output);
}

void merge(MergeArguments const& arguments) {
  if (arguments.inputs.size() < 2)
    throw InputError("inputs: expected two or more factor files");
  check_writable(arguments.output);
  FactorSet sum = read_factor_set(arguments.inputs.front());
  for (std::size_t k = 1; k < arguments.inputs.size(); ++k)
    try {
      sum = merged(sum, read_factor_set(arguments.inputs[k]));
    } catch (InputError const& error) {
      throw InputError(arguments.inputs[k] + ": " + error.what());
    }
  write_factor_set(arguments.output, sum);
  print_set(sum, arguments.output);
}

} // namespace

Run add_assemble(CLI::App& app) {
  auto arguments = std::make_shared<AssembleArguments>();
  CLI::App* const command =
      app.add_subcommand("assemble", "Reduce the design rows of a data set to triangular factors, "
                                     "which can be solved later without the data");
  command->add_option("input", arguments->input, "input.yaml of a fit")->required();
  command->add_option("-o,--output", arguments->output, "Factor file to write (HDF5)")->required();
  command->add_option("--part", arguments->part,
                      "K/N: only structures K, K + N, ..., e.g. 3/64 in an array job; combine the "
                      "parts with kolace merge");
  command->add_option(
      "--onto", arguments->onto,
      "Factor file to add the data to; data files that it already contains are skipped");
  command
      ->add_option("--checkpoint", arguments->checkpoint_seconds,
                   "Seconds between checkpoints in OUTPUT.checkpoint, from which the same command "
                   "resumes after an interruption")
      ->check(CLI::Range(0., 1e9))
      ->capture_default_str();
  command->add_flag("--skip-bad-frames", arguments->skip_bad_frames,
                    "Leave out frames that cannot be used, and list them");
  add_memory_option(*command, arguments->memory_mb);
  command->footer(
      "The factor file contains everything that a linear fit needs from the data. Its size\n"
      "depends on the basis, not on the number of structures. It can be solved in seconds,\n"
      "without the data, for any solver (except lsqr), any weights of energies, forces and "
      "virials,\n"
      "any weights of the config_types in fit.weighting, any E0 and any subset of the functions. "
      "The\n"
      "radial functions, the repulsion or reference potential, and the weights within groups are\n"
      "fixed.\n"
      "Example: kolace assemble input.yaml -o data.factors.h5\n"
      "         kolace fit input.yaml --factors data.factors.h5 -o results");
  return [arguments] { assemble(*arguments); };
}

Run add_merge(CLI::App& app) {
  auto arguments = std::make_shared<MergeArguments>();
  CLI::App* const command =
      app.add_subcommand("merge", "Combine factor files: parts of one assembly, or different data");
  command->add_option("inputs", arguments->inputs, "Factor files of kolace assemble")->required();
  command->add_option("-o,--output", arguments->output, "Factor file to write")->required();
  command->footer("All files must have the same basis, reference potential and weighting.\n"
                  "Example: kolace merge part_*.h5 -o data.factors.h5");
  return [arguments] { merge(*arguments); };
}

} // namespace kolace::apps
