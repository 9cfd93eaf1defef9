// SPDX-License-Identifier: BSD-3-Clause
#include "commands.hpp"
#include "messages.hpp"
#include "progress.hpp"

#include <kolace/analysis/fingerprint.hpp>
#include <kolace/analysis/max_volume.hpp>
#include <kolace/analysis/plot.hpp>
#include <kolace/core/counted.hpp>
#include <kolace/core/elements.hpp>
#include <kolace/io/active_set_file.hpp>
#include <kolace/io/atomic_file.hpp>
#include <kolace/io/detail/text.hpp>
#include <kolace/io/extxyz.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <numeric>
#include <optional>
#include <ostream>
#include <random>
#include <set>

namespace kolace::apps {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

struct SelectArguments {
  std::vector<std::string> data, outputs, mix;
  std::string reference, metric = "cosine", distances, histogram;
  std::optional<double> within;
  int farthest = 0, d_optimal = 0;
  std::string potential, active_set;
  double above = 2;
  std::vector<double> split;
  unsigned long seed = 42;
  bool skip_bad_frames = false;
  FingerprintOptions fingerprint;
};

ElementSet elements_of(std::vector<Dataset> const& sets) {
  std::set<int> numbers;
  for (Dataset const& data : sets)
    data.for_each([&](Frame& frame) {
      numbers.insert(frame.structure.numbers.begin(), frame.structure.numbers.end());
    });
  std::vector<std::string> symbols;
  for (int const number : numbers)
    symbols.push_back(element_symbol(number));
  return ElementSet(symbols);
}

/// Frames of a data set by index, in the order of the list.
std::vector<Frame> frames_of(Dataset const& data, std::vector<int> const& list) {
  std::map<int, Frame> found;
  for (int const index : list)
    found[index];
  int index = 0;
  data.for_each([&](Frame& frame) {
    if (auto const place = found.find(index++); place != found.end())
      place->second = std::move(frame);
  });
  std::vector<Frame> frames;
  for (int const i : list)
    frames.push_back(std::move(found.at(i)));
  return frames;
}

void set_info(Frame& frame, std::string const& key, double value) {
  std::erase_if(frame.info, [&](InfoEntry const& entry) { return entry.key == key; });
  frame.info.push_back({key, detail::shortest(value), true});
}

/// Adds a table and a plot of the number of structures by distance, with 50 bins from 0 to the
/// maximum.
void add_histogram(std::vector<OutputFile>& files, std::string const& csv,
                   std::vector<double> const& distances) {
  constexpr int n_bins = 50;
  double const largest = *std::max_element(distances.begin(), distances.end());
  double const step = largest > 0 ? largest / n_bins : 1;
  std::vector<long> counts(n_bins, 0);
  for (double const d : distances)
    ++counts[std::min(static_cast<int>(d / step), n_bins - 1)];
  Plot plot{"Distances to the reference", "fingerprint distance", "structures", {}, 0, 0};
  PlotSeries steps{"structures", {}, false};
  for (int k = 0; k < n_bins; ++k) {
    steps.points.emplace_back(k * step, counts[k]);
    steps.points.emplace_back((k + 1) * step, counts[k]);
  }
  plot.series.push_back(steps);
  std::filesystem::path svg(csv);
  svg.replace_extension(".svg");
  add_plot(files, svg.string(), plot);
  files.push_back({csv, [counts, step](std::ostream& out) {
                     out << "distance,structures\n";
                     for (int k = 0; k < n_bins; ++k)
                       out << detail::shortest((k + 0.5) * step) << "," << counts[k] << "\n";
                   }});
}

/// Random disjoint parts of a list, each in the order of the list.
std::vector<std::vector<int>> split_list(std::vector<int> const& list,
                                         std::vector<double> const& parts, unsigned long seed) {
  double total = 0;
  for (double const part : parts) {
    if (!(part > 0))
      throw InputError("--split: expected positive fractions");
    total += part;
  }
  if (total > 1 + 1e-9)
    throw InputError("--split: the fractions add up to more than 1");
  std::vector<int> order(list.size());
  std::iota(order.begin(), order.end(), 0);
  std::mt19937_64 random(seed);
  for (std::size_t i = 0; i < order.size(); ++i) // the same on every platform, unlike std::shuffle
    std::swap(order[i], order[i + random() % (order.size() - i)]);
  std::vector<std::vector<int>> result;
  double sum = 0;
  std::size_t begin = 0;
  for (double const part : parts) {
    sum += part;
    auto const end =
        std::min(order.size(),
                 static_cast<std::size_t>(std::llround(sum * static_cast<double>(order.size()))));
    std::vector<int> places(order.begin() + begin, order.begin() + end);
    std::sort(places.begin(), places.end());
    result.emplace_back();
    for (int const place : places)
      result.back().push_back(list[place]);
    if (places.empty())
      throw InputError("--split: a part has no structures");
    begin = end;
  }
  return result;
}

/// `count` frames of a file, evenly spaced.
std::vector<Frame> frames_to_mix(std::string const& file, std::string const& text) {
  long count = 0;
  if (!detail::parse_integer(text, count) || count < 1)
    throw InputError("--mix: expected a file and a positive number of frames, got '" + text + "'");
  Dataset const data({file}, {});
  long const available = data.for_each([](Frame&) {}).frames;
  if (count > available)
    throw InputError(fmt::format("--mix: {} has only {} (expected {})", file,
                                 counted(available, "frame"), count));
  std::vector<int> list;
  for (long k = 0; k < count; ++k)
    list.push_back(static_cast<int>((2 * k + 1) * available / (2 * count)));
  return frames_of(data, list);
}

/// Structures of a list with environments that extrapolate from the training data (--active-set),
/// or those that contribute most members to an active set (--d-optimal), best first.
/// @param data must contain only elements of the potential
std::vector<int> by_grades(SelectArguments const& arguments, AcePotential const& potential,
                           Dataset const& data, std::vector<int> const& list) {
  std::set<long> const wanted(list.begin(), list.end());
  Dataset const pool = data.subset([&](long i) { return wanted.contains(i); });
  std::optional<ActiveSet> known;
  if (!arguments.active_set.empty())
    known = read_active_set(arguments.active_set, *potential.basis);
  std::vector<int> chosen;
  if (arguments.d_optimal == 0) {
    if (!known)
      throw InputError("--potential requires --active-set or --d-optimal");
    std::vector<double> const grades = largest_grades({}, pool, potential, *known);
    for (std::size_t k = 0; k < grades.size(); ++k)
      if (!(grades[k] <= arguments.above))
        chosen.push_back(list[k]);
    fmt::print("structures with an atom whose grade exceeds {:g}: {} of {}; the largest grade is "
               "{:.4g}\n",
               arguments.above, chosen.size(), list.size(),
               *std::max_element(grades.begin(), grades.end()));
    if (chosen.empty())
      throw InputError("--above: no structure has a grade this large");
    return chosen;
  }
  ActiveSetOptions options;
  options.start = known ? &*known : nullptr;
  ActiveSetSearch const search = [&] {
    ProgressBar bar(false);
    return find_active_set(
        {}, pool, potential.basis, potential.spline_width, options,
        [&](std::string const& stage, long done, long total) { bar.update(stage, done, total); });
  }();
  // Number of members, index of the structure.
  std::vector<std::pair<long, int>> counts(list.size());
  for (std::size_t k = 0; k < list.size(); ++k)
    counts[k].second = list[k];
  for (auto const& members : search.members)
    for (MaxVolume::Origin const& origin : members)
      if (origin.structure >= 0)
        ++counts[origin.structure].first;
  std::stable_sort(counts.begin(), counts.end(),
                   [](auto const& a, auto const& b) { return a.first > b.first; });
  long total = 0, in_chosen = 0;
  for (auto const& [count, structure] : counts) {
    total += count;
    if (count == 0 || static_cast<int>(chosen.size()) == arguments.d_optimal)
      continue;
    chosen.push_back(structure);
    in_chosen += count;
  }
  if (chosen.empty())
    throw InputError("--d-optimal: no structure adds environments to the active set");
  fmt::print("structures chosen: {}, with {} of the {} environments of the data that enter the "
             "active set\n",
             chosen.size(), in_chosen, total);
  return chosen;
}

void select(SelectArguments const& arguments) {
  if (arguments.potential.empty() && (!arguments.active_set.empty() || arguments.d_optimal > 0))
    throw InputError("--active-set and --d-optimal require --potential");
  if (arguments.within && !(*arguments.within >= 0))
    throw InputError("--within: must be non-negative");
  if (arguments.within && arguments.reference.empty())
    throw InputError("--within requires --reference");
  if (!(arguments.histogram.empty() && arguments.distances.empty()) && arguments.reference.empty())
    throw InputError("--histogram and --distances require --reference");
  std::size_t const n_outputs = std::max<std::size_t>(arguments.split.size(), 1);
  if (arguments.outputs.size() > n_outputs ||
      (arguments.outputs.size() != n_outputs && !arguments.split.empty()))
    throw InputError(fmt::format("-o: expected {}, one per part, got {}",
                                 counted(static_cast<long>(n_outputs), "file name"),
                                 arguments.outputs.size()));
  std::filesystem::path const histogram(arguments.histogram);
  if (histogram.extension() == ".svg" || histogram.extension() == ".gp")
    throw InputError("--histogram: expected a CSV file; the plot is written next to it");
  std::vector<std::string> inputs = arguments.data, outputs = arguments.outputs;
  inputs.insert(inputs.end(), {arguments.reference, arguments.potential, arguments.active_set});
  if (!arguments.mix.empty())
    inputs.push_back(arguments.mix[0]);
  outputs.insert(outputs.end(), {arguments.distances, arguments.histogram});
  check_outputs(inputs, outputs);
  FingerprintMetric const metric =
      arguments.metric == "cosine" ? FingerprintMetric::cosine : FingerprintMetric::euclidean;
  Space const space;
  Dataset data(arguments.data, {{}, arguments.skip_bad_frames, {}});
  std::optional<AcePotential> potential;
  if (!arguments.potential.empty()) {
    potential = load_potential(arguments.potential);
    data = data.checked(potential->basis->elements());
  }
  std::vector<int> list;
  auto const pass = data.for_each([&](Frame&) { list.push_back(static_cast<int>(list.size())); });
  warn_of_skipped(pass.skipped);
  fmt::print("{}\n", counted(list.size(), "structure"));

  Fingerprints<Space> fingerprints;
  std::vector<double> distances;
  std::vector<OutputFile> files;
  if (!arguments.reference.empty() || arguments.farthest > 0) {
    std::vector<Dataset> sets{data};
    if (!arguments.reference.empty())
      sets.emplace_back(std::vector<std::string>{arguments.reference}, Dataset::Options{});
    ElementSet const elements = elements_of(sets);
    ProgressBar bar(false);
    fingerprints =
        compute_fingerprints(space, data, elements, arguments.fingerprint, [&](long done) {
          bar.update("fingerprints", done, static_cast<long>(list.size()));
        });
    if (fingerprints.n_open > 0)
      fmt::print("{} not periodic in three directions: the volume is taken as 10 A^3 per atom\n",
                 counted(fingerprints.n_open, "structure"));
    if (!arguments.reference.empty())
      distances = distances_to(
          space, fingerprints,
          compute_fingerprints(space, sets[1], elements, arguments.fingerprint), 0, metric);
  }
  if (!distances.empty()) {
    auto const [low, high] = std::minmax_element(distances.begin(), distances.end());
    fmt::print("{} distances to the first structure of {}: {:.6g} to {:.6g}\n", arguments.metric,
               arguments.reference, *low, *high);
    if (!arguments.distances.empty())
      files.push_back({arguments.distances, [&](std::ostream& out) {
                         out << "structure,distance\n";
                         for (std::size_t s = 0; s < distances.size(); ++s)
                           out << s << "," << detail::shortest(distances[s]) << "\n";
                       }});
    if (!arguments.histogram.empty())
      add_histogram(files, arguments.histogram, distances);
  }
  if (arguments.within) {
    std::erase_if(list, [&](int s) { return distances[s] > *arguments.within; });
    fmt::print("{} within {}\n", list.size(), *arguments.within);
    if (list.empty())
      throw InputError("--within: no structure is this close to the reference");
  }
  if (potential)
    list = by_grades(arguments, *potential, data, list);
  if (arguments.farthest > 0) {
    auto const points = farthest_points(space, fingerprints, arguments.farthest, metric, list);
    fmt::print(
        "{} chosen by farthest-point sampling: every structure is within {:.6g} of a chosen one\n",
        points.chosen.size(), points.covering_radius.back());
    list = points.chosen;
  }
  std::vector<std::vector<int>> parts{list};
  if (!arguments.split.empty())
    parts = split_list(list, arguments.split, arguments.seed);
  std::vector<Frame> mixed;
  if (!arguments.mix.empty())
    mixed = frames_to_mix(arguments.mix[0], arguments.mix[1]);
  for (std::size_t k = 0; k < arguments.outputs.size(); ++k)
    files.push_back({arguments.outputs[k], [&, k](std::ostream& out) {
                       auto frames = frames_of(data, parts[k]);
                       for (std::size_t i = 0; i < frames.size() && !distances.empty(); ++i)
                         set_info(frames[i], "fingerprint_distance", distances[parts[k][i]]);
                       if (k == 0)
                         frames.insert(frames.end(), mixed.begin(), mixed.end());
                       for (Frame const& frame : frames)
                         write_extxyz(out, frame);
                     }});
  write_files(files);
  if (files.empty())
    warn("nothing was written; name a file with -o");
  for (std::size_t k = 0; k < arguments.outputs.size(); ++k)
    fmt::print("wrote {}: {}{}\n", arguments.outputs[k],
               counted(parts[k].size() + (k == 0 ? mixed.size() : 0), "structure"),
               k == 0 && !mixed.empty()
                   ? fmt::format(", {} of them from {}", mixed.size(), arguments.mix[0])
                   : "");
}

} // namespace

Run add_select(CLI::App& app) {
  auto arguments = std::make_shared<SelectArguments>();
  CLI::App* const command = app.add_subcommand(
      "select", "Select structures by similarity, diversity or at random; mix and split data sets");
  command->add_option("data", arguments->data, "Extended XYZ files (plain or gzip)")->required();
  command->add_option("--reference", arguments->reference,
                      "File whose first structure is the reference for distances");
  command->add_option("--within", arguments->within,
                      "Keep structures up to this distance from the reference");
  command->add_option("--distances", arguments->distances, "CSV file of all distances");
  command->add_option("--histogram", arguments->histogram,
                      "CSV file of their histogram, with an SVG plot next to it");
  command
      ->add_option("--farthest", arguments->farthest,
                   "Keep N structures by farthest-point sampling, best first")
      ->check(CLI::Range(1, 2'000'000'000));
  command->add_option("--potential", arguments->potential,
                      "Potential whose basis functions describe the environments");
  command->add_option("--active-set", arguments->active_set,
                      "Active set of the potential's training data (kolace activeset)");
  command
      ->add_option("--above", arguments->above,
                   "Keep structures with an atom whose extrapolation grade exceeds this")
      ->capture_default_str()
      ->check(CLI::Range(0., 1e9))
      ->needs("--active-set");
  command
      ->add_option("--d-optimal", arguments->d_optimal,
                   "Keep up to N structures that add the most environments to the active set "
                   "(without --active-set: to an empty one), best first")
      ->check(CLI::PositiveNumber)
      ->excludes("--above");
  command
      ->add_option("--split", arguments->split, "Fractions of random parts; one output file each")
      ->expected(1, 100);
  command->add_option("--seed", arguments->seed, "Random seed for --split")->capture_default_str();
  command
      ->add_option("--mix", arguments->mix,
                   "FILE N: append N frames, spread evenly over FILE, to the first output")
      ->expected(2);
  command->add_option("--metric", arguments->metric, "Distance between fingerprints")
      ->check(CLI::IsMember({"cosine", "euclidean"}))
      ->capture_default_str();
  command->add_option("--r-max", arguments->fingerprint.r_max, "Cutoff radius of fingerprints, A")
      ->capture_default_str();
  command->add_option("--dr", arguments->fingerprint.dr, "Bin width of fingerprints, A")
      ->capture_default_str();
  command
      ->add_option("--width", arguments->fingerprint.width, "Gaussian broadening of distances, A")
      ->capture_default_str();
  command->add_option("-o,--output", arguments->outputs, "Extended XYZ files to write");
  command->add_flag("--skip-bad-frames", arguments->skip_bad_frames,
                    "Leave out frames that cannot be used");
  command->footer(
      "The options act in this order: --within, --potential, --farthest, --split, --mix. "
      "Distances\n"
      "are those between fingerprints (pair distribution functions, Oganov and Valle 2009): 0 for\n"
      "equal structures, regardless of their cells.\n"
      "Examples: kolace select all.extxyz --reference diamond.extxyz --within 0.1 -o near.extxyz\n"
      "          kolace select md.extxyz --potential p.yaml --active-set p.asi --above 3 -o "
      "new.extxyz\n"
      "          kolace select all.extxyz --farthest 500 -o diverse.extxyz\n"
      "          kolace select all.extxyz --split 0.9 0.1 -o train.extxyz test.extxyz\n"
      "          kolace select cells.extxyz --mix dimers.extxyz 20 -o mixed.extxyz");
  return [arguments] { select(*arguments); };
}

} // namespace kolace::apps
