// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/fit/close_pairs.hpp>

#include <kolace/core/tuning.hpp>
#include <kolace/dataset/batches.hpp>
#include <kolace/neighbors/host_pairs.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

namespace kolace {
namespace {

/// Two atoms of a structure that are pushed together.
struct ClosePair {
  Structure structure;
  HostPair atoms;
  double share_of_i = 0.5; ///< of the way; the rest is that of j
};

/// @param a species of one atom
/// @param b species of the other
ScanPath pushed(ClosePair const& close, int a, int b) {
  constexpr double pushed_to = 0.7; // fraction of the distance in the data
  constexpr int points = 9;
  constexpr double may_fall = 0.1; // eV, near the first structure
  auto const& [i, j, d] = close.atoms;
  ScanPath path{ScanPath::Kind::pushed, a, b, {}, {}, may_fall};
  for (int k = 0; k < points; ++k) {
    double const way = (1 - pushed_to) * k / (points - 1.);
    Structure moved = close.structure;
    for (int x = 0; x < 3; ++x) {
      moved.positions[i][x] += close.share_of_i * way * d[x];
      moved.positions[j][x] -= (1 - close.share_of_i) * way * d[x];
    }
    path.structures.push_back(std::move(moved));
    path.distances.push_back((1 - way) * norm(d));
  }
  return path;
}

} // namespace

std::vector<ScanPath> close_pairs(Kokkos::DefaultExecutionSpace const& space, Dataset const& data,
                                  ElementSet const& elements,
                                  std::vector<StructureRecord> const& records,
                                  std::vector<double> const& shortest) {
  constexpr long most_structures = 300;
  constexpr std::size_t most_atoms = 200;
  constexpr double rounding = 1e-9;
  int const n = elements.size();
  double reach = 0;
  for (double const r : shortest)
    if (std::isfinite(r))
      reach = std::max(reach, 1.3 * r); // in most structures there is a pair
  std::vector<ScanPath> paths;
  if (reach == 0)
    return paths;
  constexpr int most_groups = 6, most_pairs = 60;
  constexpr double shares[] = {0.5, 1, 0};
  int const n_groups = std::clamp(most_pairs / (n * (n + 1) / 2), 1, most_groups);
  long const every =
      std::max((static_cast<long>(records.size()) + most_structures - 1) / most_structures, 1L);
  std::map<std::array<int, 3>, ClosePair> closest; // by species and group
  int group = 0;
  for_each_batch(
      data, Tuning<Kokkos::DefaultExecutionSpace>::atoms_per_batch,
      [&](long index, Structure const& s) {
        return index % every == 0 && !records.at(index).dropped && s.n_atoms() > 1 &&
               s.n_atoms() <= most_atoms;
      },
      [&](std::vector<Structure> const& structures) {
        auto const pairs = host_pairs(space, structures, elements, reach);
        for (std::size_t s = 0; s < structures.size(); ++s) {
          group = (group + 1) % n_groups;
          for (HostPair const& pair : pairs[s]) {
            int const a = elements.species(structures[s].numbers[pair.i]),
                      b = elements.species(structures[s].numbers[pair.j]);
            if (pair.i == pair.j || a > b) // an image of itself; each pair is seen from both atoms
              continue;
            double const r = norm(pair.from_i_to_j);
            auto const known = closest.find({a, b, group});
            if (r < (1 - rounding) * shortest[a * n + b] ||
                (known != closest.end() && r >= norm(known->second.atoms.from_i_to_j)))
              continue;
            closest[{a, b, group}] = {structures[s], pair, shares[group % 3]};
          }
        }
      });
  for (auto const& [key, close] : closest)
    paths.push_back(pushed(close, key[0], key[1]));
  return paths;
}

} // namespace kolace
