#pragma once

#include <kolace/core/lanes.hpp>
#include <kolace/core/types.hpp>

namespace kolace {

/// Centres sorted by element into blocks of LaneTraits<Space>::block: the lanes of one block run
/// the same program. The last block of an element may have empty lanes (-1).
template <class Space> struct CenterBlocks {
  static constexpr int block = LaneTraits<Space>::block;
  int n_blocks = 0;
  Array<int, Space> center_of_lane; ///< [n_blocks · block], -1: empty
  Array<int, Space> element;        ///< [n_blocks]
  Array<int, Space> lane_of_center; ///< [n_centers]

  /// Blocks of the centres 0 .. n_centers - 1.
  /// @throws std::invalid_argument if one's species is not in 0 .. n_elements-1
  static CenterBlocks create(Space const& space, Array<int const, Space> species, int n_elements,
                             int n_centers);

  /// Blocks [first, first + count) of these, without lane_of_center.
  CenterBlocks part(int first, int count) const;
};

/// Values of centres: [block][row][lane], so that a block's lanes are adjacent.
template <class Space>
using LaneTable = Kokkos::View<double***, Kokkos::LayoutRight, typename Space::memory_space>;

} // namespace kolace
