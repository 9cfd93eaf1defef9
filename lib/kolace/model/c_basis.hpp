// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/coupling/invariants.hpp>
#include <kolace/model/ace_potential.hpp>

#include <map>
#include <set>
#include <utility>
#include <vector>

namespace kolace {

/// All functions with the same center and factors as one sum over m (CONVENTIONS.md §5, .yace): sum
/// over combinations of c_m prod_t A_{mu_t n_t l_t m_t}, of which the real part is taken.
struct CBasisFunction {
  int center = 0;
  std::vector<int> species, n, l; ///< one per factor; rank 1: l = 0
  std::vector<int> m;             ///< [n_combinations][rank]; each combination sums to zero
  int n_densities = 1;
  std::vector<double> c; ///< [n_combinations][n_densities]

  int rank() const { return static_cast<int>(species.size()); }
};

/// Sorts the factors by (species, n, l) and permutes the m accordingly.
void sort_factors(CBasisFunction& function);

/// The functions of a potential, summed over couplings. The m are sorted within equal factors; m
/// and -m are merged into the one whose first nonzero entry is positive, if there is one. Functions
/// are ordered by center, then as in the basis.
/// @throws InputError for a canonical basis, whose radial functions the format cannot represent
std::vector<CBasisFunction> to_c_basis(AcePotential const& potential);

/// Converts sums over m into coupled functions and their coefficients.
///
/// A site energy is invariant under rotations, so a valid sum is a combination of the independent
/// couplings of its factors (InvariantCouplings). The combination is found by least squares; the
/// pseudo-inverse is computed once for each set of l and equal factors. Any order of the factors
/// and any half of the m-vectors is accepted. Functions may be appended on several threads.
class CBasisConverter {
public:
  using Key = InvariantCouplings::Key; ///< l and groups of equal factors, in sorted order
  static Key key(CBasisFunction const& function);

  /// Finds the couplings of all keys on the host threads, except of those that append() refuses.
  void prepare(std::set<Key> const& keys);

  /// Appends the functions and coefficients of one sum; couplings that do not occur in it are left
  /// out. Terms of equal m are added and may cancel.
  /// @param coefficients one list per function is appended, [n_densities]
  /// @pre the key of the function was prepared
  /// @return largest residual that no combination of couplings explains, relative to the largest
  /// coefficient
  /// @throws InputError if m-vectors do not fit l or do not sum to zero, or if the sum changes
  /// under rotations by more than the precision of a file explains (1e-5)
  double append(CBasisFunction const& function, std::vector<BasisFunction>& functions,
                std::vector<std::vector<double>>& coefficients) const;

private:
  struct Couplings {
    std::vector<std::vector<int>> intermediates;
    std::map<std::vector<int>, int> row; ///< row of each m-vector
    std::vector<double> matrix;          ///< [n_rows][n_couplings], column-major
    std::vector<double> inverse;         ///< pseudo-inverse, [n_couplings][n_rows], row-major
  };
  static void find(Key const& key, Couplings& result);

  InvariantCouplings independent_;
  std::map<Key, Couplings> known_;
};

} // namespace kolace
