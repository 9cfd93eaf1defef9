#pragma once

#include <map>
#include <utility>
#include <vector>

namespace kolace {

/// Number of independent invariants in a product of one-particle functions, by character theory:
/// multiplicity of the singlet of SO(3) in the product over groups of Sym^k(V_l).
/// @param groups (l, k): k factors with the same (element, n, l)
int invariant_count(std::vector<std::pair<int, int>> const& groups);

/// Finds maximal linearly independent sets of permutation-symmetrised couplings (CONVENTIONS.md
/// §4). Results depend on the l and on which factors are equal, and are remembered.
class InvariantCouplings {
public:
  /// The first independent intermediates, in lexicographic order.
  /// @param l angular momenta of the factors
  /// @param group number of the group of equal factors each belongs to, non-decreasing from 0
  std::vector<std::vector<int>> const& independent(std::vector<int> const& l,
                                                   std::vector<int> const& group);

  using Key = std::pair<std::vector<int>, std::vector<int>>; ///< l and group
  /// Finds those of several keys that are not known yet, on all threads of the host.
  void prepare(std::vector<Key> const& keys);
  /// Terms that finding them looks at, at most; about 20 ns each.
  static double cost(std::vector<int> const& l, std::vector<int> const& group);

private:
  static std::vector<std::vector<int>> find(std::vector<int> const& l,
                                            std::vector<int> const& group);
  std::map<Key, std::vector<std::vector<int>>> known_;
};

/// Coefficients of the symmetrised function: monomials of A_{group, m} (one m a factor, sorted
/// within each group) and their coefficients; complex convention.
std::map<std::vector<int>, double> symmetrised_polynomial(std::vector<int> const& l,
                                                          std::vector<int> const& group,
                                                          std::vector<int> const& intermediates);

} // namespace kolace
