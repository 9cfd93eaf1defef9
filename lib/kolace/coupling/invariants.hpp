// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace kolace {

/// Number of independent invariants in a product of one-particle functions, by character theory:
/// multiplicity of the SO(3) singlet in the tensor product over groups of Sym^k(V_l).
/// @param groups (l, k): k factors with the same (element, n, l)
int invariant_count(std::vector<std::pair<int, int>> const& groups);

/// Finds maximal linearly independent sets of permutation-symmetrized couplings (CONVENTIONS.md
/// §4). Results depend only on l and on which factors are equal, and are cached.
class InvariantCouplings {
public:
  /// The first maximal independent set of lists of intermediate L, in lexicographic order; empty
  /// for odd sum of l.
  /// @param l angular momenta of the factors
  /// @param group index of each factor's group of equal factors, non-decreasing from 0
  std::vector<std::vector<int>> const& independent(std::vector<int> const& l,
                                                   std::vector<int> const& group);

  using Key = std::pair<std::vector<int>, std::vector<int>>; ///< l and group
  /// Finds the sets for several keys on all host threads. @pre keys are distinct
  void prepare(std::vector<Key> const& keys);
  /// Upper bound on the number of terms that finding a set takes, about 20 ns each; 0 if it is
  /// trivial.
  static double cost(std::vector<int> const& l, std::vector<int> const& group);

private:
  static std::vector<std::vector<int>> find(std::vector<int> const& l,
                                            std::vector<int> const& group);
  std::unordered_map<std::string, std::vector<std::vector<int>>> known_; ///< by packed key
};

/// Coefficients of the symmetrized function by monomial of A_{group, m} (one m per factor, sorted
/// within each group), for complex harmonics.
std::map<std::vector<int>, double> symmetrized_polynomial(std::vector<int> const& l,
                                                          std::vector<int> const& group,
                                                          std::vector<int> const& intermediates);

} // namespace kolace
