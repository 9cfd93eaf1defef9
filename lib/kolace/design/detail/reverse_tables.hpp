#pragma once

#include <kolace/core/types.hpp>
#include <kolace/model/product_plan.hpp>

#include <vector>

namespace kolace::detail {

/// Derivative nodes of one owner element that have mu and l in common and are used with
/// n = 1..n_count. In a center's packed row they stand in tiles of LaneTraits::block, as
/// [tile][m][node of the tile].
struct NodeGroup {
  int l, n_count, size;
  int packed_offset; ///< in the packed row of an owner's center
  int sum_offset;    ///< in the buffer of sums [n][x][node] of (owner, mu)
};

/// Functions of `owner` that have a slot with element mu: what a neighbor of element mu feels.
struct ReverseRange {
  int first_group = 0, last_group = 0;
  int first_function = 0, last_function = 0;
  int sum_size = 0; ///< doubles in the buffer of sums
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

/// The packed row of an element's centers: entries [first, first + count) of packed_source.
struct PackedRow {
  int first = 0, count = 0;
};

/// What the forces of neighbors' functions on an atom need beyond a DeviceBasis (reverse_rows.hpp).
template <class Space> struct ReverseTables {
  int max_packed = 0; ///< packed row of the largest element
  int max_sums = 0;   ///< largest buffer of sums of any (owner, mu)

  Array<int const, Space> rank1_column;      ///< [owner][rank-1 row], -1: none
  Array<PackedRow const, Space> packed_rows; ///< [n_elements]
  Array<int const, Space> packed_source;     ///< row or -1
  Array<NodeGroup const, Space> groups;
  Array<ReverseRange const, Space> ranges; ///< [owner · n_elements + mu]
  Array<ReverseFunction const, Space> functions;
  Array<ReverseSlot const, Space> slots;

  /// @param plans product_plans of the basis
  static ReverseTables create(Space const& space, RowLayout const& layout,
                              std::vector<ProductPlan> const& plans);
};

} // namespace kolace::detail
