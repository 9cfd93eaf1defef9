// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <utility>
#include <vector>

namespace kolace {

/// The order in which the factors of a function couple (CONVENTIONS.md §3): leaves pair left to
/// right, then intermediates first in, first out, and an odd last leaf at the end. The last step
/// couples to 0.
struct CouplingTree {
  /// Items 0 .. rank-1 are the leaves, item rank + s is the result of step s. Empty for rank 1.
  std::vector<std::pair<int, int>> steps;
};

/// @pre rank >= 1
CouplingTree coupling_tree(int rank);

/// All lists of intermediate L (length rank - 2; empty for ranks 1 and 2) that are allowed for
/// leaves with these l, in lexicographic order.
std::vector<std::vector<int>> allowed_intermediates(std::vector<int> const& l);

/// True if a list of intermediates fits these l: length, triangle rules, coupling to 0.
bool valid_intermediates(std::vector<int> const& l, std::vector<int> const& intermediates);

} // namespace kolace
