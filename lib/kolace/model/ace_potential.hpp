// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/model/ace_basis.hpp>

#include <memory>
#include <vector>

namespace kolace {

/// A potential: densities rho_p(i) = sum_b c_bp B_b(i), embedded into the energy of an atom
/// (CONVENTIONS.md §6). Linear if there is one density with the identity as embedding: E_i =
/// E0(mu_i) + sum_b c_b B_b(i).
struct AcePotential {
  std::shared_ptr<AceBasis const> basis; ///< functions, bonds and embeddings; may be shared
  std::vector<double> coefficients;      ///< first density, [basis->size()]; eV if linear
  /// Coefficients of the further densities, each [basis->size()]; 0 where an element has fewer
  /// densities.
  std::vector<std::vector<double>> further_densities;
  std::vector<double> reference_energy; ///< E0, energy of a free atom, eV, [n_elements]
  /// Node distance of the spline tables that a potential file requests, Angstrom; 0: evaluate the
  /// functions exactly.
  double spline_width = 0;

  /// Number of densities of the elements with the most.
  int n_densities() const { return 1 + static_cast<int>(further_densities.size()); }
  /// Coefficients of density p, counted from 0, [basis->size()].
  std::vector<double> const& density(int p) const {
    return p == 0 ? coefficients : further_densities[p - 1];
  }
};

/// The same potential in an ordinary basis: unchanged, or the expansion of a canonical one.
inline AcePotential ordinary_form(AcePotential potential) {
  if (CanonicalExpansion const* expansion = potential.basis->expansion()) {
    potential.coefficients = expansion->coefficients(potential.coefficients);
    for (auto& density : potential.further_densities)
      density = expansion->coefficients(density);
    potential.basis = expansion->basis;
  }
  return potential;
}

} // namespace kolace
