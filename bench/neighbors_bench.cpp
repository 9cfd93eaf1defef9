// SPDX-License-Identifier: BSD-3-Clause
#include "support/cases.hpp"
#include "support/peak.hpp"

#include <benchmark/benchmark.h>

namespace kolace::bench {
namespace {

/// Arguments: cells along an edge (0: one atom with the volume of an atom in diamond), cutoff in
/// tenths of an Angstrom, whether the memory of the previous list is reused.
void neighbor_list(benchmark::State& state) {
  Space const space;
  int const cells = static_cast<int>(state.range(0));
  Structure structure = cells > 0 ? diamond(cells) : part_of_cube(1);
  for (Vec3& vector : structure.cell.vectors)
    for (double& x : vector)
      x *= cells > 0 ? 1 : 0.5;
  auto const batch = StructureBatch<Space>::create(space, {&structure, 1}, ElementSet({"C"}));
  double const cutoff = 0.1 * static_cast<double>(state.range(1));
  // The shells of a perfect crystal contain 28 atoms within 3 A and 86 within 5 A; rattling moves
  // few atoms across these distances.
  double const pairs =
      static_cast<double>(build_neighbor_list(space, batch, cutoff).neighbors.extent(0)) /
      batch.n_atoms;
  if (cutoff == 3 && std::abs(pairs - 28) > 3)
    state.SkipWithError("wrong number of neighbors");
  NeighborList<Space> list;
  bool const again = state.range(2) != 0;
  for (auto _ : state) {
    if (!again)
      list = {};
    build_neighbor_list(space, batch, cutoff, list);
    space.fence("kolace::bench");
    benchmark::DoNotOptimize(list.neighbors.data());
  }
  count_atoms(state, batch.n_atoms);
  count_work(state, 0, 28 * pairs * batch.n_atoms);
  state.counters["pairs/atom"] = pairs;
}

/// Many cells of a few atoms in one batch. Arguments: atoms per cell, cutoff in tenths of an
/// Angstrom.
void lists_of_small_cells(benchmark::State& state) {
  Space const space;
  int const n = static_cast<int>(state.range(0));
  Structure cell = part_of_cube(n);
  for (Vec3& vector : cell.cell.vectors) // gives each atom its volume in diamond
    for (double& x : vector)
      x *= std::cbrt(n / 8.);
  std::vector<Structure> const cells(4096 / n, cell);
  auto const batch = StructureBatch<Space>::create(space, cells, ElementSet({"C"}));
  NeighborList<Space> list;
  for (auto _ : state) {
    build_neighbor_list(space, batch, 0.1 * static_cast<double>(state.range(1)), list);
    space.fence("kolace::bench");
  }
  double const pairs = static_cast<double>(list.neighbors.extent(0)) / batch.n_atoms;
  if (list.neighbors.extent(0) % cells.size() != 0)
    state.SkipWithError("equal cells have different neighbors");
  count_atoms(state, batch.n_atoms);
  state.counters["pairs/atom"] = pairs;
}
BENCHMARK(lists_of_small_cells)->ArgsProduct({{2, 4, 6, 8}, {50}})->Unit(benchmark::kMillisecond);

BENCHMARK(neighbor_list) // those of 5 A are compared with other codes (peers/lists.py)
    ->ArgsProduct({{0, 1, 2, 4, 8, 16, 32, 50}, {50}, {0, 1}})
    ->Args({4, 70, 1})
    ->Args({50, 30, 0})
    ->Args({50, 30, 1})
    ->Unit(benchmark::kMillisecond);

} // namespace
} // namespace kolace::bench
