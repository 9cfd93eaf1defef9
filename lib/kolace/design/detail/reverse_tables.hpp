// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/types.hpp>
#include <kolace/model/product_plan.hpp>

#include <vector>

namespace kolace::detail {

/// Derivative nodes of one owner element with the same mu and l that are used with n = 1..n_count.
/// A center's packed row stores them in tiles of LaneTraits::block, as [tile][m][node of the tile].
struct NodeGroup {
  int l, n_count, size;
  int packed_offset; ///< offset in the packed row of a center of the owner element
  int sum_offset;    ///< offset in the buffer of sums [n][x][node] of (owner, mu)
};

/// Functions of `owner` with a slot of element mu: those that exert forces on a neighbor of element
/// mu.
struct ReverseRange {
  int first_group = 0, last_group = 0;
  int first_function = 0, last_function = 0;
  int sum_size = 0; ///< size of the buffer of sums, in doubles
};

struct ReverseFunction {
  int column;
  int first_slot, last_slot;
};

/// Contribution factor · sums[index + x · stride], x = 0..2.
struct ReverseSlot {
  int index, stride;
  double factor;
};

/// Packed row of the centers of one element: entries [first, first + count) of packed_source.
struct PackedRow {
  int first = 0, count = 0;
};

/// Tables beyond a DeviceBasis for the forces of neighbors' functions on an atom
/// (reverse_rows.hpp).
template <class Space> struct ReverseTables {
  int max_packed = 0; ///< size of the longest packed row
  int max_sums = 0;   ///< size of the largest buffer of sums of any (owner, mu)

  Array<int const, Space> rank1_column;      ///< [owner][rank-1 row], -1: none
  Array<PackedRow const, Space> packed_rows; ///< [n_elements]
  Array<int const, Space> packed_source;     ///< node row to copy, or -1 for padding
  Array<NodeGroup const, Space> groups;
  Array<ReverseRange const, Space> ranges; ///< [owner · n_elements + mu]
  Array<ReverseFunction const, Space> functions;
  Array<ReverseSlot const, Space> slots;

  /// @param plans product_plans(basis)
  static ReverseTables create(Space const& space, RowLayout const& layout,
                              std::vector<ProductPlan> const& plans);
};

} // namespace kolace::detail
