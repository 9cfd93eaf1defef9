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

/// What the kernels read: a NeighborList of this library, or the lists of a calling code.
///
/// Atoms 0 .. n_centers-1 are the centers; neighbors may name further (ghost) atoms, whose species
/// stand behind those of the centers. Pairs beyond the cutoff are allowed and count nothing.
/// @pre the list is full: all neighbors within the potential's cutoff of every center
/// @pre species are indices in the potential's ElementSet (alphabetical), for centers always, for
///      others or the pair counts nothing; neighbors are in 0 .. n_atoms-1; displacements r_j - r_i
/// The Views must live until the kernels that read them are done.
template <class Space> struct NeighborsView {
  int n_centers = 0;
  int n_atoms = 0;                             ///< centers and ghosts
  Array<int const, Space> species;             ///< [n_atoms]
  Array<std::size_t const, Space> row_offsets; ///< [n_centers + 1]
  Array<int const, Space> neighbors;           ///< [n_pairs]
  VectorsView<Space> displacements;            ///< [n_pairs][3], Angstrom
};

template <class Space>
NeighborsView<Space> view_of(StructureBatch<Space> const& batch, NeighborList<Space> const& list) {
  return {batch.n_atoms,    batch.n_atoms,  batch.species,
          list.row_offsets, list.neighbors, list.displacements};
}

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
