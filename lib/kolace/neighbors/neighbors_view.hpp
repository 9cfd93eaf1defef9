#pragma once

#include <kolace/core/types.hpp>
#include <kolace/neighbors/neighbor_list.hpp>

namespace kolace {

/// One center's list of neighbors, wherever it is kept. Cheap to copy.
struct NeighborRow {
  int const* first = nullptr;
  std::ptrdiff_t stride = 1; ///< between entries
  int count = 0;
  int mask = -1;
  std::size_t pair = 0;            ///< number of the first pair (compressed rows)
  double const* vectors = nullptr; ///< displacements from that pair on, or positions of all atoms
  bool of_pairs = false;           ///< are they displacements?
  std::ptrdiff_t row_stride = 3, component_stride = 1;
  double origin[3] = {0, 0, 0}; ///< what is subtracted: the center's position, or nothing

  KOKKOS_FORCEINLINE_FUNCTION int operator[](int k) const { return first[k * stride] & mask; }

  struct Vector {
    double x, y, z;
  };
  /// r_j - r_i of the k-th neighbor, atom j.
  KOKKOS_FORCEINLINE_FUNCTION Vector displacement(int k, int j) const {
    std::ptrdiff_t const at = of_pairs ? k : j;
    double const* const r = vectors + at * row_stride;
    return {r[0] - origin[0], r[component_stride] - origin[1], r[2 * component_stride] - origin[2]};
  }
};

/// Atoms, centers and their neighbors as kernels read them: a NeighborList of this library, or what
/// a calling code keeps, without copies. Lists come in one of four forms:
///
///   row_offsets, neighbors         compressed rows of the centers, in their order
///   short_offsets, neighbors       the same with 32-bit offsets
///   n_neighbors, table             entry (i, k): k-th neighbor of atom i
///   n_neighbors, rows              rows[i][k]: k-th neighbor of atom i
///
/// and geometry in one of two: `displacements` of the pairs of compressed rows, or `positions` of
/// all atoms (where `displacements` is empty), with ghost atoms at the places of images.
/// @pre lists are full: all neighbors within the potential's cutoff of every center; more of them
///      (a skin) count nothing
/// @pre species are indices in the potential's ElementSet (alphabetical); neighbors are in
///      0 .. n_atoms-1
/// The Views must live until the kernels that read them are done.
template <class Space> struct NeighborsView {
  /// Entries (atom, k) of any layout.
  using Table = Kokkos::View<int const**, Kokkos::LayoutStride, typename Space::memory_space>;

  int n_centers = 0;
  int n_atoms = 0; ///< centers, others and ghosts
  /// [n_atoms]; negative: not of the potential, neither as a center nor as a neighbor
  Array<int const, Space> species{};
  Array<std::size_t const, Space> row_offsets{}; ///< [n_centers + 1]
  Array<int const, Space> neighbors{};           ///< [n_pairs]
  VectorsView<Space> displacements{};            ///< [n_pairs][3], r_j - r_i, Angstrom
  VectorsView<Space> positions{};                ///< [n_atoms][3], Angstrom
  Array<int const, Space> short_offsets{};       ///< [n_centers + 1]
  Array<int const, Space> n_neighbors{}; ///< [n_atoms], or of the first where those are the centers
  Table table{};                         ///< the same, by [longest row]
  int const* const* rows = nullptr;      ///< [n_atoms] pointers in memory of Space
  Array<int const, Space> centers{};     ///< [n_centers] which atoms; empty: the first ones
  int mask = -1;                         ///< bits of a neighbor's entry that are its index

  KOKKOS_FUNCTION bool is_compressed() const { return n_neighbors.extent(0) == 0; }

  /// The atom that is the k-th center.
  KOKKOS_FUNCTION int atom(int k) const { return centers.extent(0) > 0 ? centers(k) : k; }

  /// Neighbors of the k-th center, atom i.
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

template <class Space>
NeighborsView<Space> view_of(StructureBatch<Space> const& batch, NeighborList<Space> const& list) {
  return {batch.n_atoms,    batch.n_atoms,  batch.species,
          list.row_offsets, list.neighbors, list.displacements};
}

/// Checks the lists of a calling code: entries are atoms, no pair is missing from the other side
/// (where both are centers), none stands twice at one displacement. Takes about a hundred times as
/// long as going through the lists; evaluators do it in builds without NDEBUG. Lists on a device
/// are not looked at.
/// @param cutoff farther pairs are passed over, Angstrom
/// @throws std::invalid_argument that names two atoms
template <class Space>
void check_neighbors(Space const& space, NeighborsView<Space> const& pairs, double cutoff);

} // namespace kolace
