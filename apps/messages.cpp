// SPDX-License-Identifier: BSD-3-Clause
#include "messages.hpp"

#include "commands.hpp"

#include <kolace/api/fit_warnings.hpp>
#include <kolace/core/available_memory.hpp>
#include <kolace/core/counted.hpp>
#include <kolace/io/atomic_file.hpp>
#include <kolace/io/potential_file.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>
#include <filesystem>
#include <ostream>

namespace kolace::apps {

void print_labels(LabelCounts const& labels) {
  for (auto const& [label, count] : labels)
    fmt::print("{} ({})\n", label, counted(count, "frame"));
}

void warn_of_skipped(std::vector<std::string> const& messages) {
  if (!messages.empty())
    warn(skipped_frames_text(messages));
}

void add_label_options(CLI::App& command, LabelKeys& keys) {
  command.add_option("--energy-key", keys.energy, "Name of the energies (default: auto-detected)");
  command.add_option("--forces-key", keys.forces, "Name of the force column");
  command.add_option("--virial-key", keys.virial, "Name of the virials, eV");
  command.add_option("--stress-key", keys.stress,
                     "Name of the stresses, eV/A^3, positive in tension");
}

void add_memory_option(CLI::App& command, std::size_t& megabytes) {
  command
      .add_option("--memory", megabytes,
                  "Memory for the frames of the data, MB (default: 256); beyond it they are kept "
                  "in a temporary file in TMPDIR")
      ->check(CLI::Range(1, 1 << 20));
}

void warn(std::string const& message) {
  std::fflush(stdout); // so that lines stay whole where both go into one file
  say("kolace: warning: " + message + "\n");
}

AcePotential load_potential(std::string const& path) {
  std::vector<std::string> notes;
  AcePotential potential = read_potential(path, &notes);
  for (std::string const& note : notes)
    say("kolace: note: " + note + "\n");
  return potential;
}

void print_data(FitInput const& input, LabelCounts const& labels, LabelCounts const& test_labels,
                long n_dropped) {
  for (std::string const& note : input.notes)
    fmt::print("{}\n", note);
  print_labels(labels);
  if (!test_labels.empty() && input.test_frames == 0) {
    fmt::print("test:\n");
    print_labels(test_labels);
  }
  if (input.test_frames > 0)
    fmt::print("test set: {} taken at random from the training data\n",
               counted(input.test_frames, "frame"));
  if (n_dropped > 0)
    fmt::print("{} left out by fit.weighting\n", counted(n_dropped, "structure"));
}

SharedInput read_on_all(Communicator const& ranks, std::string const& path, FitInputOptions options,
                        std::string const& factors) {
  SharedInput result;
  std::string found;
  if (!options.announce && ranks.is_root())
    options.announce = [](std::string const& message) { say("kolace: " + message + "\n"); };
  ranks.together([&] {
    if (!factors.empty()) {
      result.factors = read_factor_set(factors);
      options.factors = &*result.factors;
      found = result.factors->run;
    }
    options.ranks = ranks;
    result.input = read_fit_input(path, options);
    if (result.factors)
      result.input.files.push_back(factors);
    found += result.input.train.fingerprint() + result.input.test.fingerprint();
    double const cutoff = result.input.basis->cutoff();
    result.pairs = pairs_within(result.input.train, cutoff, !ranks.is_root());
    pairs_within(result.input.test, cutoff, !ranks.is_root());
  });
  if (!ranks.agree(found))
    throw InputError("the ranks read different data under the same names; is a file still being "
                     "copied to some of the nodes?");
  return result;
}

Dataset::Options reading(LabelKeys const& keys, bool skip_bad_frames, std::size_t memory_mb) {
  Dataset::Options options;
  options.keys = keys;
  options.skip_bad_frames = skip_bad_frames;
  options.memory_limit = memory_mb << 20;
  options.announce = [](std::string const& message) { say("kolace: " + message + "\n"); };
  return options;
}

double pairs_within(Dataset const& data, double cutoff, bool quiet) {
  // Bytes of a neighbor index and a displacement. Only the largest list counts, since each list
  // reuses the memory of the previous one.
  constexpr double bytes_of_pair = sizeof(int) + 3 * sizeof(double), large = 1e9;
  double total = 0, largest = 0;
  std::string where;
  double n_atoms = 1;
  data.for_each_structure([&](Frame& frame) {
    double const pairs = estimated_pairs(frame.structure, cutoff);
    total += pairs;
    if (pairs > largest) {
      largest = pairs;
      where = frame.structure.place.text();
      n_atoms = static_cast<double>(frame.structure.n_atoms());
    }
  });
  double const bytes = largest * bytes_of_pair;
  double const available = static_cast<double>(available_memory());
  std::string const text =
      fmt::format("{}: {:.0f} atoms with about {:.0f} neighbors each within {:g} A, {:.1f} GB",
                  where, n_atoms, largest / n_atoms, cutoff, bytes / 1e9);
  if (available > 0 && bytes > 0.9 * available)
    throw InputError(fmt::format("{}, but only {:.1f} GB are free (expected a smaller cutoff, or "
                                 "positions in Angstrom)",
                                 text, available / 1e9));
  if (bytes > large && !quiet)
    say("kolace: " + text + "\n");
  return total;
}

void check_outputs(std::vector<std::string> const& inputs,
                   std::vector<std::string> const& outputs) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  for (std::size_t k = 0; k < outputs.size(); ++k) {
    if (outputs[k].empty())
      continue;
    for (std::string const& input : inputs)
      if (!input.empty() && fs::equivalent(input, outputs[k], ignored))
        throw InputError(outputs[k] + ": is an input file and would be replaced");
    for (std::size_t j = 0; j < k; ++j)
      if (!outputs[j].empty() && fs::absolute(outputs[j]).lexically_normal() ==
                                     fs::absolute(outputs[k]).lexically_normal())
        throw InputError(outputs[k] + ": two outputs have the same file name");
    check_writable(outputs[k]);
  }
}

void add_plot(std::vector<OutputFile>& files, std::string const& svg, Plot const& plot) {
  files.push_back({svg, [plot](std::ostream& out) { write_svg(out, plot); }});
  std::filesystem::path script(svg);
  if (script.extension() != ".svg") // e.g. a device
    return;
  script.replace_extension(".gp");
  files.push_back({script.string(), [plot, svg](std::ostream& out) {
                     write_gnuplot(out, plot, std::filesystem::path(svg).filename().string());
                   }});
}

void say(std::string const& text) {
  std::fputs(text.c_str(), stderr); // fmt::print throws if the stream is closed
}

} // namespace kolace::apps
