// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/types.hpp>
#include <kolace/neighbors/neighbor_list.hpp>

namespace kolace {

/// Neighbors of one center in any of the forms of NeighborsView. Cheap to copy.
struct NeighborRow {
  int const* first = nullptr;      ///< first entry of the list
  std::ptrdiff_t stride = 1;       ///< distance between entries
  int count = 0;                   ///< number of entries
  int mask = -1;                   ///< bits of an entry that hold the atom index
  std::size_t pair = 0;            ///< index of the first pair (compressed rows)
  double const* vectors = nullptr; ///< displacements from that pair on, or positions of all atoms
  bool of_pairs = false;           ///< true: `vectors` are displacements of pairs
  std::ptrdiff_t row_stride = 3;   ///< distance between two vectors, in doubles
  std::ptrdiff_t component_stride = 1; ///< distance between x, y and z of a vector, in doubles
  double origin[3] = {0, 0, 0};        ///< subtracted from vectors: position of the center, or zero

  /// Atom index of the k-th neighbor.
  KOKKOS_FORCEINLINE_FUNCTION int operator[](int k) const { return first[k * stride] & mask; }

  /// Cartesian vector, Angstrom.
  struct Vector {
    double x; ///< component along x
    double y; ///< component along y
    double z; ///< component along z
  };
  /// r_j - r_i of the k-th neighbor, atom j, Angstrom.
  KOKKOS_FORCEINLINE_FUNCTION Vector displacement(int k, int j) const {
    std::ptrdiff_t const at = of_pairs ? k : j;
    double const* const r = vectors + at * row_stride;
    return {r[0] - origin[0], r[component_stride] - origin[1], r[2 * component_stride] - origin[2]};
  }
};

/// Atoms, centers and their neighbors as kernels read them: a NeighborList of this library, or the
/// calling code's own lists, without copies. Lists come in one of four forms:
///
///   row_offsets, neighbors         compressed rows, in the order of the centers
///   short_offsets, neighbors       the same with 32-bit offsets
///   n_neighbors, table             entry (i, k): k-th neighbor of atom i
///   n_neighbors, rows              rows[i][k]: k-th neighbor of atom i
///
/// and geometry in one of two: `displacements` of the pairs of compressed rows, or `positions` of
/// all atoms (if `displacements` is empty), with ghost atoms at the positions of periodic images.
/// @pre lists are full: they contain all neighbors of every center within the potential's cutoff;
/// further ones (a skin) contribute nothing
/// @pre species are indices in the potential's ElementSet (alphabetical); neighbors are in 0 ..
/// n_atoms-1
/// The Views must live until the kernels that read them have finished.
template <class Space> struct NeighborsView {
  /// Entries (atom, k) of any layout.
  using Table = Kokkos::View<int const**, Kokkos::LayoutStride, typename Space::memory_space>;

  int n_centers = 0; ///< atoms whose energies are evaluated
  int n_atoms = 0;   ///< centers, other atoms and ghosts
  /// [n_atoms]; negative: not an element of the potential, ignored as center and as neighbor
  Array<int const, Space> species{};
  Array<std::size_t const, Space> row_offsets{}; ///< [n_centers + 1]
  Array<int const, Space> neighbors{};           ///< [n_pairs]
  VectorsView<Space> displacements{};            ///< [n_pairs][3], r_j - r_i, Angstrom
  VectorsView<Space> positions{};                ///< [n_atoms][3], Angstrom
  Array<int const, Space> short_offsets{};       ///< [n_centers + 1]
  Array<int const, Space> n_neighbors{};         ///< by atom, up to the last center
  Table table{};                                 ///< [as n_neighbors][longest row]
  int const* const* rows = nullptr;              ///< by atom, pointers in memory of Space
  Array<int const, Space> centers{};             ///< atom of each center; empty: 0 .. n_centers-1
  int mask = -1;                                 ///< bits of a list entry that hold the atom index

  /// True for the two forms with offsets.
  KOKKOS_FUNCTION bool is_compressed() const { return n_neighbors.extent(0) == 0; }

  /// Atom index of the k-th center.
  KOKKOS_FUNCTION int atom(int k) const { return centers.extent(0) > 0 ? centers(k) : k; }

  /// Neighbors of the k-th center, which is atom i.
  KOKKOS_FUNCTION NeighborRow row(int k, int i) const {
    NeighborRow result;
    result.mask = mask;
    if (is_compressed()) {
      bool const is_short = short_offsets.extent(0) > 0;
      result.pair = is_short ? short_offsets(k) : row_offsets(k);
      std::size_t const end = is_short ? short_offsets(k + 1) : row_offsets(k + 1);
      result.count = static_cast<int>(end - result.pair);
      result.first = neighbors.data() + result.pair;
    } else {
      result.count = n_neighbors(i);
      if (rows) {
        result.first = rows[i];
      } else {
        result.first = table.data() + i * static_cast<std::ptrdiff_t>(table.stride(0));
        result.stride = static_cast<std::ptrdiff_t>(table.stride(1));
      }
    }
    result.of_pairs = displacements.extent(0) > 0;
    auto const& vectors = result.of_pairs ? displacements : positions;
    result.vectors = vectors.data();
    result.row_stride = static_cast<std::ptrdiff_t>(vectors.stride(0));
    result.component_stride = static_cast<std::ptrdiff_t>(vectors.stride(1));
    if (result.of_pairs)
      result.vectors += static_cast<std::ptrdiff_t>(result.pair) * result.row_stride;
    else if (result.vectors)
      for (int x = 0; x < 3; ++x)
        result.origin[x] = positions(i, x);
    return result;
  }
};

/// All atoms of a batch as centers, with their lists; shares the memory of both.
template <class Space>
NeighborsView<Space> view_of(StructureBatch<Space> const& batch, NeighborList<Space> const& list) {
  return {batch.n_atoms,    batch.n_atoms,  batch.species,
          list.row_offsets, list.neighbors, list.displacements};
}

/// Checks the lists of a calling code: entries are indices of atoms, every pair is in the lists of
/// both its atoms (if both are centers), and no pair is listed twice. Takes about a hundred times
/// as long as a loop over the lists; evaluators call it in builds with KOLACE_CONTRACTS. Lists in
/// the memory of a device are not checked.
/// @param cutoff more distant pairs are ignored, Angstrom
/// @throws std::invalid_argument with the indices of two atoms
template <class Space>
void check_neighbors(Space const& space, NeighborsView<Space> const& pairs, double cutoff);

} // namespace kolace
