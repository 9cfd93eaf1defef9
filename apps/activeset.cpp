// SPDX-License-Identifier: BSD-3-Clause
#include "commands.hpp"
#include "messages.hpp"
#include "progress.hpp"

#include <kolace/analysis/max_volume.hpp>
#include <kolace/config/input.hpp>
#include <kolace/core/counted.hpp>
#include <kolace/io/active_set_file.hpp>
#include <kolace/io/atomic_file.hpp>
#include <kolace/io/detail/text.hpp>
#include <kolace/io/extxyz.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <ostream>

namespace kolace::apps {
namespace {

struct ActiveSetArguments {
  std::string potential, output, frames, input;
  std::vector<std::string> data;
  ActiveSetOptions options;
  bool skip_bad_frames = false;
  std::size_t memory_mb = 0;
};

/// Data from the named files, or the training data of an input.yaml.
Dataset data_of(ActiveSetArguments const& arguments) {
  if (arguments.data.empty() == arguments.input.empty())
    throw InputError("expected data files or --input (give one of the two)");
  if (arguments.input.empty())
    return Dataset(arguments.data, reading({}, arguments.skip_bad_frames, arguments.memory_mb));
  FitInputOptions options;
  options.skip_bad_frames = arguments.skip_bad_frames;
  options.memory_limit = arguments.memory_mb << 20;
  return read_fit_input(arguments.input, options).train;
}

/// Prints for each element how many members of its set come from the data.
void describe(ActiveSetSearch const& search, ElementSet const& elements) {
  for (int e = 0; e < elements.size(); ++e) {
    std::vector<MaxVolume::Origin> const& members = search.members[e];
    long const placeholders = std::count(members.begin(), members.end(), MaxVolume::Origin{});
    fmt::print("{}: {}, {}, {} of them in the active set\n", elements.symbols()[e],
               counted(members.size(), "function"),
               counted(search.n_environments[e], "environment"),
               static_cast<long>(members.size()) - placeholders);
    if (placeholders > 0)
      say(fmt::format("kolace: warning: {}: the data do not vary in {} of {} directions; "
                      "environments that differ in "
                      "them have large grades; add more diverse data or use fewer functions\n",
                      elements.symbols()[e], placeholders, members.size()));
  }
}

/// Writes the structures that have members in the set, with the number of members.
void write_members(std::string const& path, Dataset const& data, ActiveSetSearch const& search) {
  std::map<long, long> counts;
  for (auto const& members : search.members)
    for (MaxVolume::Origin const& origin : members)
      if (origin.structure >= 0)
        ++counts[origin.structure];
  write_file(path, [&](std::ostream& out) {
    long index = 0;
    data.for_each([&](Frame& frame) {
      auto const found = counts.find(index++);
      if (found == counts.end())
        return;
      std::erase_if(frame.info, [](InfoEntry const& entry) { return entry.key == "active_atoms"; });
      frame.info.push_back({"active_atoms", std::to_string(found->second), true});
      write_extxyz(out, frame);
    });
  });
  fmt::print("wrote {}: {} with members of the active set\n", path,
             counted(counts.size(), "structure"));
}

void find(ActiveSetArguments const& arguments) {
  AcePotential const potential = load_potential(arguments.potential);
  std::vector<std::string> inputs = arguments.data;
  inputs.insert(inputs.end(), {arguments.potential, arguments.input});
  check_outputs(inputs, {arguments.output, arguments.frames});
  if (!arguments.output.ends_with(".asi"))
    throw InputError(
        "-o: expected a file name with the extension .asi, as used by LAMMPS and pacemaker");
  Dataset const data = data_of(arguments).checked(potential.basis->elements());
  ActiveSetSearch const search = [&] {
    ProgressBar bar(false);
    return find_active_set(
        {}, data, potential.basis, potential.spline_width, arguments.options,
        [&](std::string const& stage, long done, long total) { bar.update(stage, done, total); });
  }();
  bool found = false;
  for (auto const& members : search.members)
    for (MaxVolume::Origin const& origin : members)
      found = found || origin.structure >= 0;
  if (!found)
    throw InputError("no atom in the data has neighbors within the potential's cutoff");
  describe(search, potential.basis->elements());
  fmt::print("exchanges per pass: {}\n", fmt::join(search.exchanges, ", "));
  if (search.is_complete)
    fmt::print("the largest grade in the data is {:.4g}\n", search.largest);
  else
    say(fmt::format("kolace: warning: the last of {} passes found grades of up to {:.4g}; increase "
                    "--max-passes\n",
                    search.passes, search.largest));
  write_file(arguments.output,
             [&](std::ostream& out) { write_active_set(out, search.set, *potential.basis); });
  fmt::print("wrote {}\n", arguments.output);
  if (!arguments.frames.empty())
    write_members(arguments.frames, data, search);
}

} // namespace

Run add_activeset(CLI::App& app) {
  auto arguments = std::make_shared<ActiveSetArguments>();
  CLI::App* const command = app.add_subcommand(
      "activeset",
      "Select the active set of the training data, the reference for extrapolation grades");
  command
      ->add_option("potential", arguments->potential,
                   "Potential file (.yaml, .yace or .kolace.yaml)")
      ->required();
  command->add_option("data", arguments->data,
                      "Training data of the potential: extended XYZ files (plain or gzip)");
  command->add_option("--input", arguments->input,
                      "input.yaml of kolace fit, instead of data files");
  command
      ->add_option("-o,--output", arguments->output,
                   "Active set (.asi), for kolace evaluate --active-set, kolace.Calculator, "
                   "pair_style kolace, and pace/extrapolation")
      ->required();
  command->add_option(
      "--structures", arguments->frames,
      "Extended XYZ file to write the structures with members of the active set to");
  command
      ->add_option("--threshold", arguments->options.threshold,
                   "Exchange members while an environment has a grade above this")
      ->capture_default_str()
      ->check(CLI::Range(MaxVolume::least_threshold, 10.0));
  command
      ->add_option("--max-passes", arguments->options.max_passes,
                   "Maximum number of passes over the data")
      ->capture_default_str()
      ->check(CLI::Range(1, 10000));
  command->add_flag("--skip-bad-frames", arguments->skip_bad_frames,
                    "Leave out frames that cannot be used");
  add_memory_option(*command, arguments->memory_mb);
  command->footer("Example: kolace activeset results/potential.yaml --input input.yaml -o "
                  "results/potential.asi\n"
                  "The set is selected by MaxVol for each central element. Grades up to 1 are "
                  "within the range\n"
                  "of the training data; above about 5, do not trust the potential.");
  return [arguments] { find(*arguments); };
}

} // namespace kolace::apps
