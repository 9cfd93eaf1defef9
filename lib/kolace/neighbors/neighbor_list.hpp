// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/types.hpp>
#include <kolace/structure/structure_batch.hpp>

namespace kolace {

/// Full neighbor lists in compressed rows: row i holds the pairs (i, j), so every pair appears in
/// both rows. The order within a row is the same for every run and any number of threads.
template <class Space> struct NeighborList {
  /// One row per pair, contiguous.
  using Displacements =
      Kokkos::View<double* [3], Kokkos::LayoutRight, typename Space::memory_space>;

  Array<std::size_t, Space> row_offsets; ///< [n_atoms + 1]
  Array<int, Space> neighbors;           ///< [n_pairs], indices of atoms in the batch
  Displacements displacements;           ///< [n_pairs][3], r_j + S·H - r_i, Angstrom

  /// Buffer of row_offsets. The Views above are prefixes of these capacity buffers, which are
  /// reused for the next list.
  Array<std::size_t, Space> offset_memory;
  Array<int, Space> neighbor_memory; ///< buffer of neighbors
  Displacements displacement_memory; ///< buffer of displacements
};

/// Neighbor lists of all structures of a batch: pairs (i, j + image) with 0 < r < cutoff. Linear
/// time and memory, for cells of any shape, size and periodicity.
/// @throws std::invalid_argument unless cutoff > 0 (Angstrom)
template <class Space>
NeighborList<Space> build_neighbor_list(Space const& space, StructureBatch<Space> const& batch,
                                        double cutoff);

/// Rebuilds a list in the memory of an earlier one if that is large enough; for lists that are
/// built repeatedly, since allocating memory costs a large part of the time. Views of the earlier
/// list, and copies of it, are overwritten.
template <class Space>
void build_neighbor_list(Space const& space, StructureBatch<Space> const& batch, double cutoff,
                         NeighborList<Space>& list);

} // namespace kolace
