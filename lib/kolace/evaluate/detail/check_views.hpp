// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/spaces.hpp>
#include <kolace/evaluate/atomic_results.hpp>
#include <kolace/neighbors/neighbors_view.hpp>

#include <stdexcept>
#include <string>

namespace kolace::detail {

/// Checks that the Views are long enough and, on a host, that indices are in range.
/// @throws std::invalid_argument
template <class Space>
void check(NeighborsView<Space> const& pairs, AtomicResults<Space> const& results, int n_elements) {
  auto const expect = [](bool fits, char const* what) {
    if (!fits)
      throw std::invalid_argument(std::string("Evaluator: ") + what);
  };
  std::size_t const centers = pairs.n_centers, atoms = pairs.n_atoms,
                    n_pairs = pairs.neighbors.extent(0);
  bool const chosen = pairs.centers.extent(0) > 0, is_short = pairs.short_offsets.extent(0) > 0;
  std::size_t const sites = chosen ? atoms : centers;
  auto const fits = [](auto const& view, std::size_t n) {
    return view.extent(0) == 0 || view.extent(0) >= n;
  };
  expect(pairs.n_centers >= 0 && pairs.n_atoms >= pairs.n_centers,
         "there are more centers than atoms");
  expect(pairs.species.extent(0) >= atoms, "species has fewer entries than there are atoms");
  expect(!chosen || pairs.centers.extent(0) >= centers, "centers has fewer than n_centers entries");
  if (pairs.is_compressed()) {
    expect(centers == 0 ||
               (is_short ? pairs.short_offsets.extent(0) : pairs.row_offsets.extent(0)) > centers,
           "row_offsets has fewer than n_centers + 1 entries");
    expect(pairs.displacements.extent(0) == 0 ? pairs.positions.extent(0) >= atoms || n_pairs == 0
                                              : pairs.displacements.extent(0) >= n_pairs,
           "displacements has fewer entries than neighbors");
  } else {
    expect(pairs.n_neighbors.extent(0) >= centers, "n_neighbors has fewer entries than centers");
    expect(pairs.rows || pairs.table.extent(0) >= centers,
           "the neighbor table has fewer rows than there are centers");
    expect(pairs.displacements.extent(0) == 0,
           "displacements require compressed rows; neighbor tables require positions");
    expect(results.pair_gradients.extent(0) == 0, "pair_gradients require compressed rows");
  }
  expect(fits(pairs.positions, atoms), "positions has fewer entries than there are atoms");
  expect(pairs.is_compressed() || atoms == 0 || pairs.positions.extent(0) > 0,
         "positions has fewer entries than there are atoms");
  expect(fits(results.energies, sites), "energies has fewer entries than there are centers");
  expect(fits(results.forces, atoms), "forces has fewer entries than there are atoms");
  expect(fits(results.virials, sites), "virials has fewer entries than there are centers");
  expect(fits(results.pair_gradients, n_pairs), "pair_gradients has fewer entries than neighbors");
  expect(fits(results.centroid_virials, atoms),
         "centroid_virials has fewer entries than there are atoms");
  if constexpr (is_host_space<Space>) {
    auto const offset = [&](std::size_t k) {
      return is_short ? static_cast<std::size_t>(pairs.short_offsets(k)) : pairs.row_offsets(k);
    };
    if (pairs.is_compressed() && centers > 0)
      expect(offset(centers) <= n_pairs, "the row offsets exceed the number of neighbors");
    bool const in_table = !pairs.is_compressed() && !pairs.rows;
    for (std::size_t k = 0; k < centers; ++k) {
      expect(!chosen || (pairs.centers(k) >= 0 && pairs.centers(k) < pairs.n_atoms),
             "a center index is out of range");
      expect(pairs.species(pairs.atom(k)) < n_elements,
             "the species of a center is not one of the potential's");
      expect(!pairs.is_compressed() || offset(k) <= offset(k + 1),
             "the row offsets decrease from one center to the next");
      int const atom = pairs.atom(k);
      expect(pairs.is_compressed() || atom < pairs.n_neighbors.extent_int(0),
             "n_neighbors has no entry for a center");
      expect(!in_table || atom < pairs.table.extent_int(0),
             "the neighbor table has no row for a center");
      expect(!in_table || (pairs.n_neighbors(atom) >= 0 &&
                           pairs.n_neighbors(atom) <= pairs.table.extent_int(1)),
             "a center has more neighbors than the table has columns");
    }
  }
}

} // namespace kolace::detail
