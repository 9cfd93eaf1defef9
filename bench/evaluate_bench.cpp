#include "support/cases.hpp"
#include "support/peak.hpp"
#include "support/work.hpp"

#include <kolace/evaluate/evaluator.hpp>

#include <benchmark/benchmark.h>

namespace kolace::bench {
namespace {

/// Arguments: functions, cutoff in Angstrom.
void energy_forces(benchmark::State& state) {
  Space const space;
  double const cutoff = static_cast<double>(state.range(1));
  AcePotential const potential = carbon_potential(static_cast<int>(state.range(0)), cutoff);
  Structure const structure = diamond(4);
  auto const batch =
      StructureBatch<Space>::create(space, {&structure, 1}, potential.basis->elements());
  auto const list = build_neighbor_list(space, batch, cutoff);
  Evaluator<Space> evaluator(space, potential);
  AtomicResults<Space> const results{Array<double, Space>("energies", batch.n_atoms),
                                     AtomicResults<Space>::Vectors("forces", batch.n_atoms),
                                     AtomicResults<Space>::Tensors("virials", batch.n_atoms)};
  // Check: the force on an atom is minus the central difference of the energy.
  auto const energy_at = [&](double step) {
    Structure moved = structure;
    moved.positions[3][1] += step;
    return predict(space, evaluator, {&moved, 1}).front();
  };
  double const slope = (energy_at(1e-4).energy - energy_at(-1e-4).energy) / 2e-4;
  double const force = energy_at(0).forces[3][1];
  if (std::abs(slope + force) > 1e-4 * (1 + std::abs(force)))
    state.SkipWithError("forces are not the gradient of the energy");
  auto const pairs = view_of(batch, list);
  for (auto _ : state) {
    evaluator(space, pairs, results);
    space.fence("kolace::bench");
  }
  count_atoms(state, batch.n_atoms);
  WorkCount<Space> const work(evaluator.basis());
  count_work(state, work.evaluation(batch.n_atoms, static_cast<double>(list.neighbors.extent(0))),
             0);
  state.counters["pairs/atom"] = static_cast<double>(list.neighbors.extent(0)) / batch.n_atoms;
}
BENCHMARK(energy_forces)
    ->ArgsProduct({{45, 90, 250, 493, 793, 930}, {5, 7}})
    ->Unit(benchmark::kMillisecond);

} // namespace
} // namespace kolace::bench
