// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/fit/close_pairs.hpp>

#include <kolace/core/tuning.hpp>
#include <kolace/dataset/batches.hpp>
#include <kolace/neighbors/neighbor_list.hpp>
#include <kolace/structure/cell.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

namespace kolace {

double ClosePair::distance() const {
  return norm(from_i_to_j);
}

Structure ClosePair::pushed(double fraction) const {
  Structure moved = structure;
  for (int x = 0; x < 3; ++x) {
    double const way = (1 - fraction) * from_i_to_j[x];
    moved.positions[i][x] += share_of_i * way;
    moved.positions[j][x] -= (1 - share_of_i) * way;
  }
  return moved;
}

std::vector<ClosePair> close_pairs(Kokkos::DefaultExecutionSpace const& space, Dataset const& data,
                                   ElementSet const& elements,
                                   std::vector<StructureRecord> const& records,
                                   std::vector<double> const& shortest) {
  using Space = Kokkos::DefaultExecutionSpace;
  constexpr long most_structures = 300;
  constexpr std::size_t most_atoms = 200;
  constexpr double rounding = 1e-9;
  int const n = elements.size();
  double reach = 0;
  for (double const r : shortest)
    if (std::isfinite(r))
      reach = std::max(reach, 1.3 * r); // in most structures there is a pair
  std::vector<ClosePair> found;
  if (reach == 0)
    return found;
  constexpr int most_groups = 6, most_pairs = 60;
  constexpr double shares[] = {0.5, 1, 0};
  int const n_groups = std::clamp(most_pairs / (n * (n + 1) / 2), 1, most_groups);
  long const every =
      std::max((static_cast<long>(records.size()) + most_structures - 1) / most_structures, 1L);
  std::map<std::array<int, 3>, ClosePair> closest; // by species and group
  int group = 0;
  NeighborList<Space> list;
  for_each_batch(
      data, Tuning<Space>::atoms_per_batch,
      [&](long index, Structure const& s) {
        return index % every == 0 && !records.at(index).dropped && s.n_atoms() > 1 &&
               s.n_atoms() <= most_atoms;
      },
      [&](std::vector<Structure> const& structures) {
        auto const batch = StructureBatch<Space>::create(space, structures, elements);
        build_neighbor_list(space, batch, reach, list);
        auto const on_host = [](auto const& view) {
          return Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), view);
        };
        auto const offsets = on_host(list.row_offsets);
        auto const neighbors = on_host(list.neighbors);
        auto const displacements = on_host(list.displacements);
        auto const species = on_host(batch.species);
        std::size_t first = 0;
        for (Structure const& s : structures) {
          group = (group + 1) % n_groups;
          for (std::size_t i = 0; i < s.n_atoms(); ++i)
            for (auto p = offsets(first + i); p < offsets(first + i + 1); ++p) {
              auto const j = static_cast<std::size_t>(neighbors(p)) - first;
              int const a = species(first + i), b = species(first + j);
              if (i == j || a > b) // an image of itself; each pair is seen from both atoms
                continue;
              Vec3 const d{displacements(p, 0), displacements(p, 1), displacements(p, 2)};
              double const r = norm(d);
              auto const known = closest.find({a, b, group});
              if (r < (1 - rounding) * shortest[a * n + b] ||
                  (known != closest.end() && r >= known->second.distance()))
                continue;
              closest[{a, b, group}] = {s, a, b, i, j, d, shares[group % 3]};
            }
          first += s.n_atoms();
        }
      });
  for (auto& [key, close] : closest)
    found.push_back(std::move(close));
  return found;
}

} // namespace kolace
