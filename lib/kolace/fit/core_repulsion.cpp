#include <kolace/fit/core_repulsion.hpp>

#include <kolace/core/spaces.hpp>
#include <kolace/evaluate/evaluator.hpp>

#include <algorithm>

namespace kolace {

bool has_core(AceBasis const& basis) {
  auto const& bonds = basis.specification().bonds;
  return std::any_of(bonds.begin(), bonds.end(),
                     [](BondSpecification const& bond) { return bond.core_prefactor != 0; });
}

std::shared_ptr<AceBasis const> without_core(AceBasis const& basis) {
  ModelSpecification spec = basis.specification();
  for (BondSpecification& bond : spec.bonds)
    bond.core_prefactor = 0;
  return std::make_shared<AceBasis const>(std::move(spec));
}

Dataset subtract_core(Dataset const& dataset, std::shared_ptr<AceBasis const> const& basis) {
  using Space = Kokkos::DefaultExecutionSpace;
  AcePotential core;
  core.basis = basis;
  core.coefficients.assign(basis->size(), 0.);
  core.reference_energy.assign(basis->elements().size(), 0.);
  auto const evaluator = std::make_shared<Evaluator<Space>>(Space(), core);
  return dataset.adjusted([evaluator](Structure& s) {
    Prediction const p = predict(Space(), *evaluator, std::span<Structure const>(&s, 1))[0];
    if (s.energy)
      *s.energy -= p.energy;
    for (std::size_t i = 0; i < s.forces.size(); ++i)
      for (int x = 0; x < 3; ++x)
        s.forces[i][x] -= p.forces[i][x];
    if (s.virial)
      for (int v = 0; v < 6; ++v)
        (*s.virial)[v] -= p.virial[v];
  });
}

AcePotential with_core(AcePotential potential, AceBasis const& core) {
  ModelSpecification spec = potential.basis->specification();
  for (std::size_t b = 0; b < spec.bonds.size(); ++b)
    spec.bonds[b].core_prefactor = core.specification().bonds[b].core_prefactor;
  potential.basis = std::make_shared<AceBasis const>(std::move(spec));
  return potential;
}

} // namespace kolace
