// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/grow.hpp>
#include <kolace/core/lanes.hpp>
#include <kolace/core/tuning.hpp>

namespace kolace::detail {

/// The pairs of a chunk of centers within the cutoff, sorted by element: written while the atomic
/// basis is computed and read for the forces, which then need no search. Centers with more pairs
/// than fit are searched again. On hosts only, where memory is next to the kernels.
template <class Space, class Scalar, bool on_host = tuned_as_host<Space>> struct PairStore {
  static constexpr bool enabled = true;

  static constexpr int first_capacity = 96, most_pairs = 1024;

  int capacity = 0; ///< pairs per center; 0: nothing is stored
  Kokkos::View<Scalar***, Kokkos::LayoutRight, typename Space::memory_space>
      vectors; ///< [>= slots][3][>= capacity] r_j - r_i, Angstrom
  Kokkos::View<int***, Kokkos::LayoutRight, typename Space::memory_space>
      indices; ///< [>= slots][2][>= capacity] atom of j, and index in the row of the center
  /// [>= slots][n_elements + 1] first pair of each element; [0] = -1: not stored
  Kokkos::View<int**, Kokkos::LayoutRight, typename Space::memory_space> first;
  Array<int, Space> needed; ///< [1] largest number of pairs of a center so far, if above capacity

  /// Rows of a LaneTable that take as much memory as one center with `pairs` pairs.
  static int n_rows(int pairs) { return pairs * 4; }

  /// Makes room for `slots` centers.
  void prepare(Space const& space, int slots, int n_elements) {
    if (needed.extent(0) == 0)
      needed = Array<int, Space>(Kokkos::view_alloc(space, "kolace::evaluate::pairs_needed"), 1);
    grow(space, vectors, "kolace::evaluate::pair_vectors", slots, 3, capacity);
    grow(space, indices, "kolace::evaluate::pair_indices", slots, 2, capacity);
    grow(space, first, "kolace::evaluate::pairs_of_elements", slots, n_elements + 1);
  }

  /// Raises the capacity if a center of the last evaluation had more pairs, with room for a few
  /// more; unchanged above most_pairs.
  void adapt(Space const& space) {
    if (needed(0) <= capacity || needed(0) > most_pairs)
      return;
    capacity = (needed(0) + needed(0) / 8 + 15) / 16 * 16;
    prepare(space, vectors.extent_int(0), first.extent_int(1) - 1);
  }

  KOKKOS_FUNCTION bool has(int slot) const { return capacity > 0 && first(slot, 0) == 0; }
  KOKKOS_FUNCTION int count(int slot, int mu) const {
    return first(slot, mu + 1) - first(slot, mu);
  }

  /// Writes the pairs of one center.
  struct Writer {
    PairStore const& store;
    int slot, filled = 0;

    template <class Tables> KOKKOS_FUNCTION void add(Tables const& tables, int count) {
      if (store.capacity == 0)
        return;
      int const room = store.capacity > filled ? store.capacity - filled : 0;
      int const n = count < room ? count : room;
      for (int x = 0; x < 3; ++x) {
        Scalar const* const from = &tables.displacement.lane(x);
        Scalar* const to = &store.vectors(slot, x, 0) + filled;
        for (int p = 0; p < n; ++p)
          to[p] = from[p];
      }
      int* const atom = &store.indices(slot, 0, 0) + filled;
      int* const pair = &store.indices(slot, 1, 0) + filled;
      for (int p = 0; p < n; ++p) {
        atom[p] = tables.neighbor[p];
        pair[p] = tables.pair[p];
      }
      filled += count; // beyond the capacity: the center is not stored
    }
    /// Ends the pairs of element `mu`.
    KOKKOS_FUNCTION void end(int mu) const {
      if (store.capacity > 0)
        store.first(slot, mu + 1) = filled;
    }
    KOKKOS_FUNCTION void finish() const {
      if (store.capacity == 0)
        return;
      bool const fits = filled <= store.capacity;
      store.first(slot, 0) = fits ? 0 : -1;
      if (!fits)
        Kokkos::atomic_max(&store.needed(0), filled);
    }
  };
};

template <class Space, class Scalar> struct PairStore<Space, Scalar, false> {
  static constexpr bool enabled = false;
  struct Writer {
    PairStore const& store;
    int slot;
    template <class Tables> KOKKOS_FUNCTION void add(Tables const&, int) const {}
    KOKKOS_FUNCTION void end(int) const {}
    KOKKOS_FUNCTION void finish() const {}
  };
};

} // namespace kolace::detail
