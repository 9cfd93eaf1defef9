#pragma once

#include <kolace/coupling/invariants.hpp>
#include <kolace/model/ace_potential.hpp>

#include <map>
#include <utility>
#include <vector>

namespace kolace {

/// All functions with the same centre and factors as one sum over m (CONVENTIONS.md §5, .yace):
/// sum over combinations of c_m prod_t A_{mu_t n_t l_t m_t}; its real part counts.
struct CBasisFunction {
  int center = 0;
  std::vector<int> species, n, l; ///< of each factor; rank 1: l = 0
  std::vector<int> m;             ///< [n_combinations][rank]; each sums to zero
  int n_densities = 1;
  std::vector<double> c; ///< [n_combinations][n_densities]

  int rank() const { return static_cast<int>(species.size()); }
};

/// Brings the factors into ascending order of (species, n, l), and the m along.
void sort_factors(CBasisFunction& function);

/// The functions of a potential summed over couplings: m sorted within equal factors, m and -m
/// merged into the one whose first entry that is not zero is positive, where there is such a one.
/// Functions are ordered by centre, then as the basis has them.
/// @throws InputError for a canonical basis, whose radial functions no such file can hold
std::vector<CBasisFunction> to_c_basis(AcePotential const& potential);

/// Finds the coupled functions and their coefficients that make given sums over m.
///
/// Rotations leave a site energy alone, so that a valid sum is a combination of the independent
/// couplings of its factors (InvariantCouplings); the combination is found by least squares, once
/// for each set of l and equal factors. Any factor order and any half of the m-vectors will do.
class CBasisConverter {
public:
  /// Appends the functions and coefficients of one sum; couplings that are not in it are left out.
  /// Terms of equal m add up, and may cancel.
  /// @param coefficients gets one list a function, [n_densities]
  /// @return what no combination of couplings gives, relative to the largest coefficient
  /// @throws InputError if m-vectors do not fit l or do not sum to zero, or the sum changes under
  /// rotations by more than digits lost in a file explain (1e-5)
  double append(CBasisFunction const& function, std::vector<BasisFunction>& functions,
                std::vector<std::vector<double>>& coefficients);

private:
  struct Couplings {
    std::vector<std::vector<int>> intermediates;
    std::map<std::vector<int>, int> row; ///< of a folded m-vector
    std::vector<double> matrix;          ///< [n_rows][n_couplings], column-major
    std::vector<double> inverse;         ///< pseudo-inverse, [n_couplings][n_rows], row-major
  };
  Couplings const& couplings(std::vector<int> const& l, std::vector<int> const& group);

  InvariantCouplings independent_;
  std::map<std::pair<std::vector<int>, std::vector<int>>, Couplings> known_;
};

} // namespace kolace
