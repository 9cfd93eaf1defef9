#pragma once

#include <kolace/model/ace_potential.hpp>

#include <vector>

namespace kolace {

/// All functions with the same centre and factors as one sum over m (CONVENTIONS.md §5, .yace):
/// sum over combinations of c_m prod_t A_{mu_t n_t l_t m_t}; its real part counts.
struct CBasisFunction {
  int center = 0;
  std::vector<int> species, n, l; ///< of each factor; rank 1: l = 0
  std::vector<int> m;             ///< [n_combinations][rank]; each sums to zero
  std::vector<double> c;          ///< [n_combinations]

  int rank() const { return static_cast<int>(species.size()); }
};

/// The functions of a potential summed over couplings: m sorted within equal factors, m and -m
/// merged into the one whose first entry that is not zero is positive, where there is such a one.
/// Functions are ordered by centre, then as the basis has them.
/// @throws InputError for a canonical basis, whose radial functions no such file can hold
std::vector<CBasisFunction> to_c_basis(AcePotential const& potential);

} // namespace kolace
