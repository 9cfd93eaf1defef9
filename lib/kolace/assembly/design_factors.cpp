// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/assembly/design_factors.hpp>

#include <cmath>

namespace kolace {

DesignFactors::DesignFactors(int functions, int reference, int baseline)
    : energy(functions + reference + baseline), forces(functions + reference + baseline),
      virial(functions + reference + baseline), n_functions(functions), n_reference(reference),
      n_baseline(baseline) {}

void DesignFactors::scale(double of_energies, double of_forces, double of_virials) {
  auto const multiply = [](TriangularFactor& factor, double& weight, double by) {
    if (by == 1)
      return;
    double const root = std::sqrt(by);
    for (double& x : factor.data())
      x *= root;
    weight *= by;
  };
  multiply(energy, energy_weight, of_energies);
  multiply(forces, force_weight, of_forces);
  multiply(virial, virial_weight, of_virials);
}

void DesignFactors::merge(DesignFactors const& other, double weight) {
  energy.merge(other.energy, std::sqrt(weight));
  forces.merge(other.forces, std::sqrt(weight));
  virial.merge(other.virial, std::sqrt(weight));
  energy_weight += weight * other.energy_weight;
  force_weight += weight * other.force_weight;
  virial_weight += weight * other.virial_weight;
}

TriangularFactor loss_factor(DesignFactors const& factors, LossShares shares) {
  TriangularFactor total(factors.n_unknowns());
  for (RowKind const kind : row_kinds)
    if (double const factor = shares.factor(kind, factors.weight_of(kind)); factor > 0)
      total.merge(factors.of(kind), std::sqrt(factor));
  return total;
}

} // namespace kolace
