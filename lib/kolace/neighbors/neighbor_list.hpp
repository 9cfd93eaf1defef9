#pragma once

#include <kolace/core/types.hpp>
#include <kolace/structure/structure_batch.hpp>

namespace kolace {

/// Full neighbor lists in compressed rows: every pair appears from both sides. Within a row the
/// order is the same on every run and for any number of threads.
template <class Space> struct NeighborList {
  using Displacements =
      Kokkos::View<double* [3], Kokkos::LayoutRight, typename Space::memory_space>;

  Array<std::size_t, Space> row_offsets; ///< [n_atoms + 1]
  Array<int, Space> neighbors;           ///< [n_pairs], indices of atoms in the batch
  Displacements displacements;           ///< [n_pairs][3], r_j + S·H - r_i, Angstrom

  /// What the Views above are the beginnings of: memory for the next list.
  Array<std::size_t, Space> offset_memory;
  Array<int, Space> neighbor_memory;
  Displacements displacement_memory;
};

/// Neighbor lists of all structures of a batch: pairs (i, j + image) with 0 < r < cutoff, in linear
/// time and memory, for cells of any shape and size and any periodicity.
/// @throws std::invalid_argument unless cutoff > 0 (Angstrom)
template <class Space>
NeighborList<Space> build_neighbor_list(Space const& space, StructureBatch<Space> const& batch,
                                        double cutoff);

/// The same over an earlier list, in its memory where that suffices: for lists that are made again
/// and again (fresh memory costs a third of a large list). Views of the earlier list, and copies of
/// it, are overwritten.
template <class Space>
void build_neighbor_list(Space const& space, StructureBatch<Space> const& batch, double cutoff,
                         NeighborList<Space>& list);

} // namespace kolace
