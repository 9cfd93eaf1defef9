// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/lanes.hpp>
#include <kolace/core/tuning.hpp>
#include <kolace/core/types.hpp>
#include <kolace/neighbors/neighbors_view.hpp>

#include <algorithm>

namespace kolace {

/// Centers sorted by element into blocks of LaneTraits<Space, Scalar>::block: the lanes of one
/// block run the same program. A lane holds the index of a center. Lanes fill from the first; the
/// last block of an element may have empty ones (-1), and blocks at the end may be empty.
///
///   species of centers  0 1 0 0 0 1    lanes, blocks of 4   0 2 3 4 | 1 5 - - | (- - - -)
template <class Space, class Scalar = double> struct CenterBlocks {
  static constexpr int block = LaneTraits<Space, Scalar>::block;
  /// Number of values of type LaneTraits<Space, Scalar>::type in a row of a block.
  static constexpr int parts = block / LaneTraits<Space, Scalar>::width;
  int n_blocks = 0;
  Array<int, Space> center_of_lane; ///< [>= n_blocks · block]; -1: empty lane
  Array<int, Space> element;        ///< [>= n_blocks] element of each block
  Array<int, Space> lane_of_center; ///< [>= n_centers]

  /// Sorts the centers; memory is reallocated only if it is too small. Does not synchronize with
  /// the host: with several elements, n_blocks is the number that any composition may need, less
  /// than one extra block per element. Centers whose species is not in 0 .. n_elements-1 are in no
  /// lane.
  void assign(Space const& space, NeighborsView<Space> const& pairs, int n_elements);

  /// Blocks [first, first + count), without lane_of_center.
  CenterBlocks part(int first, int count) const;

  KOKKOS_FUNCTION bool is_empty(int b) const { return center_of_lane(b * block) < 0; }

private:
  Array<int, Space> counts_; ///< number of centers of each element
};

/// Values of centers: [block][row][lane], so that a block's lanes are adjacent. Two blocks of four
/// lanes with the centers of the example above, three rows:
///
///   memory   | r0: 0 2 3 4 | r1: 0 2 3 4 | r2: 0 2 3 4 | r0: 1 5 - - | r1: 1 5 - - | r2: ...
///            | block 0                                  | block 1
///
/// A thread (host) or a few threads (device) read one row of a block as whole vectors.
template <class Space, class Scalar = double>
using LaneTable = Kokkos::View<Scalar***, Kokkos::LayoutRight, typename Space::memory_space>;

/// One part of a block in a LaneTable: entry k holds the part's lanes of row k.
template <class Space, class Scalar = double>
using BlockColumn =
    LaneColumn<typename LaneTraits<Space, Scalar>::type, LaneTraits<Space, Scalar>::block>;

/// Column of part `index`, counted over the parts of all blocks.
template <class Space, class Scalar = double>
KOKKOS_INLINE_FUNCTION BlockColumn<Space, Scalar> column_of(LaneTable<Space, Scalar> const& table,
                                                            int index) {
  constexpr int parts = CenterBlocks<Space, Scalar>::parts;
  long const block = index / parts; // tables may exceed 2^31 entries
  return BlockColumn<Space, Scalar>(
      &table(block, 0, index % parts * LaneTraits<Space, Scalar>::width));
}

/// Number of blocks of centers whose tables are held at a time (Tuning::chunk_bytes).
/// @param n_rows number of rows of all tables of a block
template <class Scalar = double, class Space> int blocks_per_chunk(Space const& space, int n_rows) {
  using Sizes = Tuning<Space>;
  std::size_t const bytes =
      sizeof(Scalar) * CenterBlocks<Space, Scalar>::block * static_cast<std::size_t>(n_rows);
  std::size_t const least = Sizes::least_chunk, most = Sizes::most_chunk;
  std::size_t const fitting = sized_by_memory<Space>(Sizes::chunk_bytes) / bytes;
  int const blocks = static_cast<int>(std::clamp(fitting, least, most));
  return Sizes::chunk_per_thread ? blocks * space.concurrency() : blocks;
}

} // namespace kolace
