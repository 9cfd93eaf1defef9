// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/core/spaces.hpp>
#include <kolace/evaluate/evaluator.hpp>

namespace kolace {

namespace {

/// Evaluates structures into the results that make(n_atoms) returns, and waits for them.
template <class Space, class Make>
AtomicResults<Space> evaluated(Space const& space, Evaluator<Space>& evaluator,
                               std::span<Structure const> structures, Make const& make) {
  AceBasis const& basis = *evaluator.potential().basis;
  auto const batch = StructureBatch<Space>::create(space, structures, basis.elements());
  auto const list = build_neighbor_list(space, batch, basis.cutoff());
  AtomicResults<Space> const results = make(batch.n_atoms);
  evaluator(space, view_of(batch, list), results);
  space.fence("kolace::evaluate: results are returned to the host");
  return results;
}

} // namespace

template <class Space>
HostResults evaluate_structures(Space const& space, Evaluator<Space>& evaluator,
                                std::span<Structure const> structures) {
  auto const results = evaluated(space, evaluator, structures, [&](int n_atoms) {
    return AtomicResults<Space>::make(space, n_atoms);
  });
  Kokkos::HostSpace const host;
  return {Kokkos::create_mirror_view_and_copy(host, results.energies),
          Kokkos::create_mirror_view_and_copy(host, results.forces),
          Kokkos::create_mirror_view_and_copy(host, results.virials)};
}

template <class Space>
std::vector<Prediction> predict(Space const& space, Evaluator<Space>& evaluator,
                                std::span<Structure const> structures) {
  HostResults const results = evaluate_structures(space, evaluator, structures);
  std::vector<Prediction> predictions(structures.size());
  int atom = 0;
  for (std::size_t s = 0; s < structures.size(); ++s)
    for (std::size_t i = 0; i < structures[s].n_atoms(); ++i, ++atom) {
      Prediction& p = predictions[s];
      p.energy += results.energies(atom);
      p.energies.push_back(results.energies(atom));
      p.forces.push_back(
          {results.forces(atom, 0), results.forces(atom, 1), results.forces(atom, 2)});
      for (int v = 0; v < 6; ++v)
        p.virial[v] += results.virials(atom, v);
    }
  return predictions;
}

template <class Space>
std::vector<double> predict_energies(Space const& space, Evaluator<Space>& evaluator,
                                     std::span<Structure const> structures) {
  auto const results = evaluated(space, evaluator, structures, [&](int n_atoms) {
    AtomicResults<Space> energies;
    energies.energies = Array<double, Space>(
        Kokkos::view_alloc(space, Kokkos::WithoutInitializing, "kolace::evaluate::energies"),
        n_atoms);
    return energies;
  });
  auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), results.energies);
  return {host.data(), host.data() + host.extent(0)};
}

#define KOLACE_INSTANTIATE(Space)                                                                  \
  template HostResults evaluate_structures(Space const&, Evaluator<Space>&,                        \
                                           std::span<Structure const>);                            \
  template std::vector<Prediction> predict(Space const&, Evaluator<Space>&,                        \
                                           std::span<Structure const>);                            \
  template std::vector<double> predict_energies(Space const&, Evaluator<Space>&,                   \
                                                std::span<Structure const>);
KOLACE_FOR_EACH_EXECUTION_SPACE(KOLACE_INSTANTIATE)
#undef KOLACE_INSTANTIATE

} // namespace kolace
