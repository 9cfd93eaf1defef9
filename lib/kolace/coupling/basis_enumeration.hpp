// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace kolace {

/// One basis function B: product of factors A_{mu n l m} around a center, coupled to an invariant.
struct BasisFunction {
  int center = 0;                 ///< species of the central atom
  std::vector<int> species;       ///< mu of each factor
  std::vector<int> n;             ///< radial index of each factor, from 1
  std::vector<int> l;             ///< angular momentum of each factor; rank 1: 0
  std::vector<int> intermediates; ///< L along the coupling tree, len = rank - 2

  /// Number of factors nu; the body order is nu + 1.
  int rank() const { return static_cast<int>(species.size()); }
  int power() const; ///< nu + sum n + sum l, by which functions are truncated
  bool operator==(BasisFunction const&) const = default; ///< true if all members are equal
};

/// Limits of one species block: nradmax_by_orders and lmax_by_orders, entry 0 is rank 1.
struct BlockLimits {
  std::vector<int> nradmax; ///< largest n of each rank; no functions of ranks beyond the list
  std::vector<int> lmax;    ///< largest l of each rank, as long as nradmax; rank 1: 0
};

/// A block of functions: those whose set of elements {mu_0, mu_t} is exactly the block's.
struct FunctionBlock {
  std::vector<int> elements; ///< species; the first is the central atom, the others sorted
  BlockLimits limits;        ///< largest n and l of each rank
};

/// Called before work that takes seconds or longer, with the number of terms of symmetrized
/// couplings to compute, each about 20 ns on one thread.
using LargeWork = std::function<void(double n_terms)>;

/// The functions of a block (CONVENTIONS.md §4), ordered by rank, elements, n, l, then L.
/// @param limit number of functions to keep, by power nu + sum n + sum l and then by order
///   (`number_of_functions_per_element`); 0: all
std::vector<BasisFunction> enumerate_block(FunctionBlock const& block, std::size_t limit = 0,
                                           LargeWork const& large_work = {});

/// The blocks of `n_elements` species. limits[k-1] applies to blocks of k elements (UNARY, BINARY,
/// ...); if it is missing or nullopt, there are no blocks of k elements. Ordered as in files: by
/// central element, then alphabetically.
std::vector<FunctionBlock> make_blocks(int n_elements,
                                       std::vector<std::optional<BlockLimits>> const& limits);

} // namespace kolace
