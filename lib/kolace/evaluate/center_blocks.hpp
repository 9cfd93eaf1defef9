#pragma once

#include <kolace/core/lanes.hpp>
#include <kolace/core/types.hpp>

namespace kolace {

/// Centers sorted by element into blocks of LaneTraits<Space>::block: the lanes of one block run
/// the same program. The last block of an element may have empty lanes (-1).
template <class Space> struct CenterBlocks {
  static constexpr int block = LaneTraits<Space>::block;
  /// Values of type LaneTraits<Space>::type in a row of a block.
  static constexpr int parts = block / LaneTraits<Space>::width;
  int n_blocks = 0;
  Array<int, Space> center_of_lane; ///< [n_blocks · block], -1: empty
  Array<int, Space> element;        ///< [n_blocks]
  Array<int, Space> lane_of_center; ///< [n_centers]

  /// Blocks of the centers 0 .. n_centers - 1.
  /// @throws std::invalid_argument if one's species is not in 0 .. n_elements-1
  static CenterBlocks create(Space const& space, Array<int const, Space> species, int n_elements,
                             int n_centers);

  /// Blocks [first, first + count) of these, without lane_of_center.
  CenterBlocks part(int first, int count) const;
};

/// Values of centers: [block][row][lane], so that a block's lanes are adjacent.
template <class Space>
using LaneTable = Kokkos::View<double***, Kokkos::LayoutRight, typename Space::memory_space>;

/// One part of a block in a LaneTable: entry k are its lanes of row k.
template <class Space>
using BlockColumn = LaneColumn<typename LaneTraits<Space>::type, LaneTraits<Space>::block>;

/// Part `index` of all parts of all blocks.
template <class Space>
KOKKOS_INLINE_FUNCTION BlockColumn<Space> column_of(LaneTable<Space> const& table, int index) {
  constexpr int parts = CenterBlocks<Space>::parts;
  long const block = index / parts; // tables may exceed 2^31 entries
  return BlockColumn<Space>(&table(block, 0, index % parts * LaneTraits<Space>::width));
}

} // namespace kolace
