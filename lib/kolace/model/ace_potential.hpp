#pragma once

#include <kolace/model/ace_basis.hpp>

#include <memory>
#include <vector>

namespace kolace {

/// A linear potential: E_i = E0(mu_i) + sum_b c_b B_b(i).
struct AcePotential {
  std::shared_ptr<AceBasis const> basis;
  std::vector<double> coefficients;     ///< eV, [basis->size()]
  std::vector<double> reference_energy; ///< E0, eV a free atom, [n_elements]
  /// Node distance of the spline tables a file asks for, Angstrom; 0: evaluate the functions
  /// exactly.
  double spline_width = 0;
};

/// The same potential over an ordinary basis: itself, or the expansion of a canonical one.
inline AcePotential ordinary_form(AcePotential potential) {
  if (CanonicalExpansion const* expansion = potential.basis->expansion()) {
    potential.coefficients = expansion->coefficients(potential.coefficients);
    potential.basis = expansion->basis;
  }
  return potential;
}

} // namespace kolace
