// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/assembly/close_frames.hpp>

#include <kolace/comm/load_share.hpp>
#include <kolace/core/elements.hpp>
#include <kolace/core/tuning.hpp>
#include <kolace/dataset/batches.hpp>
#include <kolace/dataset/detail/byte_stream.hpp>
#include <kolace/neighbors/host_pairs.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace kolace {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

struct Shortest {
  double distance;
  long structure;
};
/// Shortest distance in each frame that has the pair of species (a <= b) within bond lengths, in
/// no particular order.
using ShortestOfFrames = std::map<std::pair<int, int>, std::vector<Shortest>>;

ShortestOfFrames of_all_ranks(Communicator const& ranks, ShortestOfFrames const& mine) {
  std::string text;
  detail::ByteWriter out(text);
  for (auto const& [pair, frames] : mine) {
    out.value(pair.first);
    out.value(pair.second);
    out.values(frames);
  }
  ShortestOfFrames all;
  for (std::string const& bytes : ranks.gather(text)) {
    std::vector<Shortest> frames;
    for (detail::ByteReader in(bytes); !in.done();) {
      auto const a = in.value<int>(), b = in.value<int>();
      in.values(frames);
      auto& found = all[{a, b}];
      found.insert(found.end(), frames.begin(), frames.end());
    }
  }
  return all;
}

ShortestOfFrames shortest_of_frames(Context const& context, Dataset const& dataset,
                                    ElementSet const& elements,
                                    std::vector<StructureRecord> const& records) {
  double reach = 1;
  for (std::string const& symbol : elements.symbols())
    reach = std::max(reach, 2.6 * covalent_radius(*atomic_number(symbol)));
  Space const& space = context.space;
  ShortestOfFrames result;
  LoadShare share(context.ranks);
  std::vector<long> numbers; // indices of the structures that are examined
  std::size_t visited = 0;
  auto const is_examined = [&](long index, Structure const& s) {
    bool const wanted = !records.at(index).dropped && share.takes(static_cast<double>(s.n_atoms()));
    if (wanted)
      numbers.push_back(index);
    return wanted;
  };
  auto const examine = [&](std::vector<Structure> const& structures) {
    auto const pairs = host_pairs(space, structures, elements, reach);
    for (std::size_t s = 0; s < structures.size(); ++s) {
      std::vector<int> const& atoms = structures[s].numbers;
      std::map<std::pair<int, int>, double> shortest;
      for (HostPair const& p : pairs[s]) {
        std::pair<int, int> const pair =
            std::minmax(elements.species(atoms[p.i]), elements.species(atoms[p.j]));
        double const r = norm(p.from_i_to_j);
        double& least = shortest.try_emplace(pair, r).first->second;
        least = std::min(least, r);
      }
      for (auto const& [pair, r] : shortest)
        result[pair].push_back({r, numbers[visited]});
      ++visited;
    }
  };
  context.ranks.together(
      [&] { for_each_batch(dataset, Tuning<Space>::atoms_per_batch, is_examined, examine); });
  return of_all_ranks(context.ranks, result);
}

} // namespace

std::vector<CloseFrame> find_close_frames(Context const& context, Dataset const& dataset,
                                          ElementSet const& elements,
                                          std::vector<StructureRecord> const& records) {
  constexpr double gap = 1.25;
  constexpr std::size_t fewest = 10, most_of = 50;
  ShortestOfFrames shortest = shortest_of_frames(context, dataset, elements, records);
  std::vector<CloseFrame> found;
  for (auto& [pair, frames] : shortest) {
    if (frames.size() < fewest)
      continue;
    std::size_t const most = std::max<std::size_t>(1, frames.size() / most_of);
    std::partial_sort(frames.begin(), frames.begin() + static_cast<std::ptrdiff_t>(most) + 1,
                      frames.end(), [](auto const& x, auto const& y) {
                        return std::pair(x.distance, x.structure) <
                               std::pair(y.distance, y.structure);
                      });
    for (std::size_t k = most; k > 0; --k)
      if (frames[k].distance > gap * frames[k - 1].distance) {
        for (std::size_t i = 0; i < k; ++i)
          found.push_back({pair.first,
                           pair.second,
                           frames[i].distance,
                           frames[k].distance,
                           frames[i].structure,
                           {}});
        break;
      }
  }
  std::map<long, std::vector<CloseFrame*>> by_structure;
  for (CloseFrame& close : found)
    by_structure[close.structure].push_back(&close);
  long structure = 0;
  if (!found.empty())
    dataset.for_each_structure([&](Frame const& frame) {
      if (auto const at = by_structure.find(structure++); at != by_structure.end())
        for (CloseFrame* const close : at->second)
          close->place = frame.structure.place;
    });
  return found;
}

std::vector<std::string> describe(std::vector<CloseFrame> const& frames,
                                  ElementSet const& elements) {
  constexpr int most_told = 3;
  std::map<std::pair<int, int>, int> told;
  std::vector<std::string> sentences;
  for (CloseFrame const& frame : frames)
    if (told[{frame.a, frame.b}]++ < most_told)
      sentences.push_back(fmt::format(
          "{} and {} atoms are {:.3f} A apart in {}, but at least {:.3f} A apart in all other "
          "frames, which determine the repulsion; check that frame and remove it if it is wrong",
          elements.symbols()[frame.a], elements.symbols()[frame.b], frame.distance,
          frame.place.text(), frame.others));
  return sentences;
}

} // namespace kolace
