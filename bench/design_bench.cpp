// SPDX-License-Identifier: BSD-3-Clause
#include "support/cases.hpp"
#include "support/peak.hpp"
#include "support/work.hpp"

#include <kolace/design/design_rows.hpp>
#include <kolace/evaluate/evaluator.hpp>

#include <benchmark/benchmark.h>

namespace kolace::bench {
namespace {

/// Compares rows times coefficients with the evaluator for a few rows.
bool rows_agree(Matrix<Space> const& energy, Matrix<Space> const& forces,
                AcePotential const& potential, Structure const& structure) {
  Space const space;
  Evaluator<Space> evaluator(space, potential);
  Prediction const p = predict(space, evaluator, {&structure, 1}).front();
  auto const e = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), energy);
  auto const f = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), forces);
  double total = 0, force = 0;
  for (int b = 0; b < potential.basis->size(); ++b) {
    total += potential.coefficients[b] * e(0, b);
    force += potential.coefficients[b] * f(31, b);
  }
  return std::abs(total - p.energy) < 1e-10 * std::abs(p.energy) &&
         std::abs(force - p.forces[10][1]) < 1e-10 * std::abs(p.energy);
}

/// Arguments: number of functions, cutoff in Angstrom, whether to make virial rows.
void design_rows(benchmark::State& state) {
  Space const space;
  double const cutoff = static_cast<double>(state.range(1));
  AcePotential const potential = carbon_potential(static_cast<int>(state.range(0)), cutoff);
  Structure const structure = diamond(4);
  auto const batch =
      StructureBatch<Space>::create(space, {&structure, 1}, potential.basis->elements());
  auto const list = build_neighbor_list(space, batch, cutoff);
  int const n = potential.basis->size();
  Matrix<Space> const energy("energy", 1, n), forces("forces", 3 * batch.n_atoms, n),
      virial("virial", 6, n);
  DesignAssembler<Space> assembler(space, potential.basis);
  RowKinds const kinds{true, true, state.range(2) != 0};
  assembler(space, batch, list, kinds, energy, forces, virial);
  space.fence("kolace::bench");
  if (!rows_agree(energy, forces, potential, structure))
    state.SkipWithError("rows times coefficients differ from the evaluator");
  for (auto _ : state) {
    assembler(space, batch, list, kinds, energy, forces, virial);
    space.fence("kolace::bench");
  }
  count_atoms(state, batch.n_atoms);
  double const n_pairs = static_cast<double>(list.neighbors.extent(0));
  auto const basis = DeviceBasis<Space>::create(space, *potential.basis);
  WorkCount<Space> const work(basis, detail::ReverseTables<Space>::create(
                                         space, basis.layout, product_plans(*potential.basis)));
  if (state.range(2) == 0)
    count_work(state, work.rows(batch.n_atoms, n_pairs), 24. * batch.n_atoms * n);
  state.counters["pairs/atom"] = static_cast<double>(list.neighbors.extent(0)) / batch.n_atoms;
}
BENCHMARK(design_rows)
    ->ArgsProduct({{45, 250, 493, 793, 930}, {5, 7}, {0}})
    ->Args({930, 5, 1})
    ->Unit(benchmark::kMillisecond);

} // namespace
} // namespace kolace::bench
