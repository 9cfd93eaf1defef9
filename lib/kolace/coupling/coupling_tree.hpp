#pragma once

#include <utility>
#include <vector>

namespace kolace {

/// The order in which the factors of a function couple (CONVENTIONS.md §3): leaves pair left to
/// right, then intermediates first in, first out, an odd last leaf last; the last step couples to
/// 0.
struct CouplingTree {
  /// Items 0 .. rank-1 are the leaves, item rank + s is the result of step s. Empty for rank 1.
  std::vector<std::pair<int, int>> steps;
};

/// @pre rank >= 1
CouplingTree coupling_tree(int rank);

/// All intermediate L (len = rank - 2; empty for ranks 1 and 2) that leaves of these l allow, in
/// lexicographic order.
std::vector<std::vector<int>> allowed_intermediates(std::vector<int> const& l);

/// Does this list of intermediates fit these l: triangle rules, length, couple to 0?
bool valid_intermediates(std::vector<int> const& l, std::vector<int> const& intermediates);

} // namespace kolace
