// SPDX-License-Identifier: BSD-3-Clause
#include "support/cases.hpp"
#include "support/peak.hpp"
#include "support/work.hpp"

#include <kolace/evaluate/detail/evaluator_state.hpp>
#include <kolace/evaluate/evaluator.hpp>
#include <kolace/evaluate/pointer_lists.hpp>

#include <benchmark/benchmark.h>

#include <array>
#include <cmath>
#include <map>
#include <numeric>

namespace kolace::bench {
namespace {

/// 512 atoms of diamond with their neighbor list. Arguments of a benchmark: number of functions,
/// cutoff in Angstrom.
struct DiamondCase {
  DiamondCase(benchmark::State const& state, double skin)
      : potential(carbon_potential(static_cast<int>(state.range(0)),
                                   static_cast<double>(state.range(1)))),
        batch(StructureBatch<Space>::create(space, {&structure, 1}, potential.basis->elements())),
        list(build_neighbor_list(space, batch, potential.basis->cutoff() + skin)) {}

  Space space;
  AcePotential potential;
  Structure structure = diamond(4);
  StructureBatch<Space> batch;
  NeighborList<Space> list;
};

void energy_forces(benchmark::State& state, Precision precision, double spline_width) {
  DiamondCase diamond_case(state, 0);
  diamond_case.potential.spline_width = spline_width;
  Space const& space = diamond_case.space;
  auto const& structure = diamond_case.structure;
  auto const& batch = diamond_case.batch;
  auto const& list = diamond_case.list;
  Evaluator<Space> evaluator(space, diamond_case.potential, precision);
  auto const results = AtomicResults<Space>::make(space, batch.n_atoms);
  // Check: the force on an atom is minus the central difference of the energy.
  auto const energy_at = [&](double step) {
    Structure moved = structure;
    moved.positions[3][1] += step;
    return predict(space, evaluator, {&moved, 1}).front();
  };
  bool const single = precision == Precision::float32; // energies have seven digits
  double const step = single ? 1e-2 : 1e-4;
  double const slope = (energy_at(step).energy - energy_at(-step).energy) / (2 * step);
  double const force = energy_at(0).forces[3][1];
  if (std::abs(slope + force) > (single ? 3e-2 : 1e-4) * (1 + std::abs(force)))
    state.SkipWithError("forces are not the gradient of the energy");
  auto const pairs = view_of(batch, list);
  for (auto _ : state) {
    evaluator(space, pairs, results);
    space.fence("kolace::bench");
  }
  count_atoms(state, batch.n_atoms);
  if (!single && spline_width == 0)
    count_work(
        state,
        evaluation_flops(evaluator, batch.n_atoms, static_cast<double>(list.neighbors.extent(0))),
        0);
  state.counters["pairs/atom"] = static_cast<double>(list.neighbors.extent(0)) / batch.n_atoms;
}
BENCHMARK_CAPTURE(energy_forces, , Precision::float64, 0.)
    ->Name("energy_forces")
    ->ArgsProduct({{45, 90, 250, 493, 793, 930}, {5, 7}})
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(energy_forces, _splines, Precision::float64, 0.001)
    ->Name("energy_forces_splines")
    ->ArgsProduct({{45, 90, 250, 493, 793, 930}, {5, 7}})
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(energy_forces, _float32, Precision::float32, 0.001)
    ->Name("energy_forces_float32")
    ->ArgsProduct({{45, 90, 250, 493, 793, 930}, {5, 7}})
    ->Unit(benchmark::kMillisecond);

/// The same for lists given by pointers with a skin of 2 A, as in a molecular dynamics code. The
/// difference to energy_forces is the cost of gathering.
void energy_forces_of_pointers(benchmark::State& state) {
  DiamondCase const diamond_case(state, 2);
  Space const& space = diamond_case.space;
  auto const& structure = diamond_case.structure;
  auto const& batch = diamond_case.batch;
  auto const& list = diamond_case.list;
  Kokkos::HostSpace const host;
  auto const offsets = Kokkos::create_mirror_view_and_copy(host, list.row_offsets);
  auto const neighbors = Kokkos::create_mirror_view_and_copy(host, list.neighbors);
  auto const displacements = Kokkos::create_mirror_view_and_copy(host, list.displacements);
  // Images become ghost atoms, one for each distinct image of an atom.
  int const n = batch.n_atoms;
  std::vector<Vec3> positions = structure.positions;
  std::vector<int> rows(neighbors.extent(0)), counts, centers;
  std::vector<int const*> pointers;
  std::map<std::array<long, 4>, int> ghosts;
  for (int i = 0; i < n; ++i) {
    for (std::size_t p = offsets(i); p < offsets(i + 1); ++p) {
      int const j = neighbors(p);
      Vec3 at;
      std::array<long, 4> key{j, 0, 0, 0};
      for (int x = 0; x < 3; ++x) {
        at[x] = structure.positions[i][x] + displacements(p, x);
        key[x + 1] = std::lround((at[x] - structure.positions[j][x]) * 1e3);
      }
      bool const own = key[1] == 0 && key[2] == 0 && key[3] == 0;
      auto const [entry, is_new] =
          ghosts.try_emplace(key, own ? j : static_cast<int>(positions.size()));
      if (is_new && !own)
        positions.push_back(at);
      rows[p] = entry->second;
    }
    counts.push_back(static_cast<int>(offsets(i + 1) - offsets(i)));
    pointers.push_back(rows.data() + offsets(i));
    centers.push_back(i);
  }
  std::vector<int> const species(positions.size(), 0);
  PointerLists const lists{.n_atoms = static_cast<int>(positions.size()),
                           .positions = positions.data()->data(),
                           .species = species.data(),
                           .n_centers = n,
                           .centers = centers.data(),
                           .n_neighbors = counts.data(),
                           .neighbors = pointers.data()};
  PointerListEvaluator<Space> evaluator(space, diamond_case.potential);
  std::vector<double> energies(positions.size()), forces(3 * positions.size()),
      virials(6 * positions.size());
  PointerResults const results{energies.data(), forces.data(), virials.data()};
  evaluator(space, lists, results);
  double const energy = std::accumulate(energies.begin(), energies.end(), 0.);
  Evaluator<Space> reference(space, diamond_case.potential);
  double const expected = predict(space, reference, {&structure, 1}).front().energy;
  if (std::abs(energy - expected) > 1e-9 * (1 + std::abs(expected)))
    state.SkipWithError("the energy is not that of the structure");
  for (auto _ : state)
    evaluator(space, lists, results);
  count_atoms(state, n);
  state.counters["entries/atom"] = static_cast<double>(rows.size()) / n;
}
BENCHMARK(energy_forces_of_pointers)
    ->ArgsProduct({{45, 250, 930}, {5}})
    ->Unit(benchmark::kMillisecond);

/// A call for few atoms: its overhead compared with the work per atom in a large call.
void few_atoms(benchmark::State& state) {
  Space const space;
  Structure crystal = diamond(4);
  AcePotential const potential = carbon_potential(250, 5);
  auto const batch =
      StructureBatch<Space>::create(space, {&crystal, 1}, potential.basis->elements());
  auto const list = build_neighbor_list(space, batch, potential.basis->cutoff());
  Evaluator<Space> evaluator(space, potential);
  auto const results = AtomicResults<Space>::make(space, batch.n_atoms);
  auto pairs = view_of(batch, list);
  pairs.n_centers = static_cast<int>(state.range(0)); // the other atoms are only neighbors
  for (auto _ : state) {
    evaluator(space, pairs, results);
    space.fence("kolace::bench");
  }
  count_atoms(state, pairs.n_centers);
}
BENCHMARK(few_atoms)->Arg(1)->Arg(8)->Arg(64)->Arg(512)->Unit(benchmark::kMicrosecond);

} // namespace
} // namespace kolace::bench
