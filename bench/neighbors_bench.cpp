#include "support/cases.hpp"
#include "support/peak.hpp"

#include <benchmark/benchmark.h>

namespace kolace::bench {
namespace {

/// Arguments: cells along an edge, cutoff in tenths of an Angstrom, whether memory of the list
/// before is used again.
void neighbor_list(benchmark::State& state) {
  Space const space;
  Structure const structure = diamond(static_cast<int>(state.range(0)));
  auto const batch = StructureBatch<Space>::create(space, {&structure, 1}, ElementSet({"C"}));
  double const cutoff = 0.1 * static_cast<double>(state.range(1));
  // A perfect crystal's shells hold 28 atoms within 3 A and 86 within 5 A; rattling moves few
  // across.
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
BENCHMARK(neighbor_list)
    ->Args({4, 50, 1})
    ->Args({4, 70, 1})
    ->Args({50, 30, 0})
    ->Args({50, 30, 1})
    ->Unit(benchmark::kMillisecond);

} // namespace
} // namespace kolace::bench
