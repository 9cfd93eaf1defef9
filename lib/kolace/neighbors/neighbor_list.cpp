// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/core/contracts.hpp>
#include <kolace/neighbors/neighbor_list.hpp>

#include <kolace/core/large_pages.hpp>
#include <kolace/core/tuning.hpp>
#include <kolace/neighbors/detail/bins.hpp>
#include <kolace/neighbors/detail/lane_selection.hpp>

#include <stdexcept>
#include <string>

namespace kolace {
namespace {

/// Finds the neighbors of the atom at sorted index k. Consecutive bins along the third direction
/// hold consecutive sites: a center scans few runs of sites, each in a vector loop.
///
/// Per center, about 21 cutoff^3 · density distances of 8 FLOPs and 24 bytes read each, both in
/// count() and in fill(); 28 bytes written per pair.
template <class Space> struct NeighborVisitor {
  using T = typename LaneTraits<Space>::type;
  static constexpr int width = LaneTraits<Space>::width;

  detail::BinnedAtoms<Space> bins;
  Array<int, Space> owners;
  double cutoff;
  double cutoff_square = cutoff * cutoff;

  /// True if the site at sorted index k is an atom, not an image of one.
  KOKKOS_FUNCTION bool is_center(int k) const {
    return bins.home.extent(0) == 0 || bins.home(bins.atoms(k)) == k;
  }

  /// Sites [first, last) of the sorted order, displaced by `shift` (Angstrom); `self` is skipped.
  struct Run {
    int first, last, self;
    double shift[3];
  };

  KOKKOS_FUNCTION int count(int k) const {
    int found = 0;
    detail::LaneCounter<T> near;
    for_each_run(k, [&](Run const& run) {
      if (run.self >= run.first && run.self < run.last)
        --found;
      int j = run.first;
      for (; j + width <= run.last; j += width)
        near.add_below(square(run, j), cutoff_square);
      if (j < run.last)
        near.add_below(square(run, j), cutoff_square, run.last - j);
    });
    return found + near.total();
  }

  /// Writes the row of the atom: `count` neighbors and the displacement [3] of each.
  ///
  /// Rounding may put a pair at the cutoff inside here but outside in count(), or vice versa, since
  /// the compiler may form different fused operations. The row keeps its length: surplus pairs are
  /// dropped, and missing ones are replaced by a pair at the cutoff, where every function is zero.
  KOKKOS_FUNCTION void fill(int k, int count, int* neighbors, double* displacements) const {
    int found = 0;
    if constexpr (Tuning<Space>::collects_neighbors)
      found = fill_by_vectors(k, count, neighbors, displacements);
    else
      for_each_run(k, [&](Run const& run) {
        for (int j = run.first; j < run.last; ++j)
          if (lane_get(square(run, j), 0) < cutoff_square && j != run.self && found < count) {
            neighbors[found] = bins.atoms(j);
            for (int d = 0; d < 3; ++d)
              displacements[3 * found + d] = bins.wrapped(j, d) + run.shift[d];
            ++found;
          }
      });
    for (; found < count; ++found) {
      neighbors[found] = bins.atoms(k);
      for (int d = 0; d < 3; ++d)
        displacements[3 * found + d] = d == 0 ? cutoff : 0;
    }
  }

private:
  /// Computes distances as vectors; collects the neighbors from all runs of one cell image, then
  /// writes them.
  /// @return number of neighbors, at most `count`
  KOKKOS_FUNCTION int fill_by_vectors(int k, int count, int* neighbors,
                                      double* displacements) const {
    constexpr int capacity = Tuning<Space>::collected_neighbors;
    int near[capacity + width];
    int n_near = 0, written = 0;
    bool is_first = true;
    Run image{}; // first of the collected runs: same shift
    auto const flush = [&] {
      written += write(image, near, n_near, count - written, neighbors + written,
                       displacements + 3 * written);
      n_near = 0;
    };
    for_each_run(k, [&](Run const& run) {
      if (is_first || run.shift[0] != image.shift[0] || run.shift[1] != image.shift[1] ||
          run.shift[2] != image.shift[2]) {
        flush();
        image = run;
        is_first = false;
      }
      for (int first = run.first; first < run.last;) {
        if (n_near + width > capacity)
          flush();
        int const room = (capacity - n_near) / width * width;
        int const last = run.last - first < room ? run.last : first + room;
        int j = first, found = n_near;
        for (; j + width <= last; j += width)
          found += detail::select_below(square(run, j), cutoff_square, j, near + found);
        if (j < last)
          found += detail::select_below(square(run, j), cutoff_square, last - j, j, near + found);
        n_near = found;
        first = last;
      }
    });
    flush();
    return written;
  }

  /// Writes the entries of sites near[0, n), except the center itself, while there is room.
  /// @return number of entries written
  KOKKOS_FUNCTION int write(Run const& image, int const* near, int n, int room, int* neighbors,
                            double* displacements) const {
    double const* const x = &bins.wrapped(0, 0);
    double const* const y = &bins.wrapped(0, 1);
    double const* const z = &bins.wrapped(0, 2);
    int const* const atoms = bins.atoms.data();
    double const shift[3] = {image.shift[0], image.shift[1], image.shift[2]};
    int const self = image.self;
    int written = 0;
    for (int i = 0; i < n; ++i) {
      int const j = near[i];
      if (j == self || written == room)
        continue;
      double const r[3] = {x[j] + shift[0], y[j] + shift[1], z[j] + shift[2]};
      neighbors[written] = atoms[j];
      for (int d = 0; d < 3; ++d)
        displacements[3 * written + d] = r[d];
      ++written;
    }
    return written;
  }

  /// Squared distances (Angstrom^2) of sites j, j + 1, ..; lanes after the last site are
  /// meaningless.
  KOKKOS_FORCEINLINE_FUNCTION T square(Run const& run, std::ptrdiff_t j) const {
    T const dx = lane_load_unaligned<T>(&bins.wrapped(j, 0)) + T(run.shift[0]),
            dy = lane_load_unaligned<T>(&bins.wrapped(j, 1)) + T(run.shift[1]),
            dz = lane_load_unaligned<T>(&bins.wrapped(j, 2)) + T(run.shift[2]);
    return dx * dx + dy * dy + dz * dz;
  }

  template <class Visit> KOKKOS_FUNCTION void for_each_run(int k, Visit const& visit) const {
    int const center = bins.atoms(k);
    detail::Grid const& g = bins.grids(owners(center));
    double const x[3] = {bins.wrapped(k, 0), bins.wrapped(k, 1), bins.wrapped(k, 2)};
    int home[3];
    for (int d = 0; d < 3; ++d) {
      double const f =
          x[0] * g.to_fraction[0][d] + x[1] * g.to_fraction[1][d] + x[2] * g.to_fraction[2][d];
      home[d] = g.bin(d, f);
    }
    for (int a = -g.reach[0]; a <= g.reach[0]; ++a) {
      int bin_a, cell_a;
      if (!locate(g, 0, home[0] + a, bin_a, cell_a))
        continue;
      for (int b = -g.reach[1]; b <= g.reach[1]; ++b) {
        int bin_b, cell_b;
        if (!locate(g, 1, home[1] + b, bin_b, cell_b))
          continue;
        int const row = g.first_bin + (bin_a * g.n[1] + bin_b) * g.n[2];
        int const last_c = home[2] + g.reach[2];
        for (int c = home[2] - g.reach[2]; c <= last_c;) {
          int bin_c, cell_c;
          if (!locate(g, 2, c, bin_c, cell_c)) {
            ++c;
            continue;
          }
          int const to_end = g.n[2] - bin_c, left = last_c - c + 1;
          int const n_bins = to_end < left ? to_end : left; // in this cell image
          c += n_bins;
          Run run;
          run.first = bins.bin_offsets(row + bin_c);
          run.last = bins.bin_offsets(row + bin_c + n_bins);
          run.self = cell_a == 0 && cell_b == 0 && cell_c == 0 ? k : -1;
          for (int d = 0; d < 3; ++d)
            run.shift[d] =
                cell_a * g.basis[0][d] + cell_b * g.basis[1][d] + cell_c * g.basis[2][d] - x[d];
          visit(run);
        }
      }
    }
  }

  /// Bin and cell image of a bin number along direction d; false outside an open direction.
  KOKKOS_FUNCTION static bool locate(detail::Grid const& g, int d, int number, int& bin,
                                     int& cell) {
    cell = 0;
    bin = number;
    if (!g.periodic[d])
      return number >= 0 && number < g.n[d];
    for (; bin < 0; bin += g.n[d]) // one or two steps: faster than a division
      --cell;
    for (; bin >= g.n[d]; bin -= g.n[d])
      ++cell;
    return true;
  }
};

/// The first `count` entries of `memory`, which is reallocated if it is too small; its contents are
/// then lost.
template <class View, class Space>
View reserve(Space const& space, View& memory, char const* label, std::size_t count) {
  if (memory.extent(0) < count) {
    bool const again = memory.extent(0) > 0; // then add some room
    memory = View();                         // free first
    memory = View(Kokkos::view_alloc(space, Kokkos::WithoutInitializing, std::string(label)),
                  again ? count + count / 16 : count);
    advise_large_pages(memory);
  }
  Kokkos::pair<std::size_t, std::size_t> const range(0, count);
  if constexpr (View::rank == 1)
    return Kokkos::subview(memory, range);
  else
    return Kokkos::subview(memory, range, Kokkos::ALL);
}

} // namespace

template <class Space>
NeighborList<Space> build_neighbor_list(Space const& space, StructureBatch<Space> const& batch,
                                        double cutoff) {
  NeighborList<Space> list;
  build_neighbor_list(space, batch, cutoff, list);
  return list;
}

template <class Space>
void build_neighbor_list(Space const& space, StructureBatch<Space> const& batch, double cutoff,
                         NeighborList<Space>& list) {
  if (!(cutoff > 0))
    throw std::invalid_argument("build_neighbor_list: the cutoff must be positive");
  using Policy = Kokkos::RangePolicy<Space, Kokkos::Schedule<Kokkos::Dynamic>>;
  int const n_atoms = batch.n_atoms;
  NeighborVisitor<Space> const visitor{detail::bin_atoms(space, batch, cutoff),
                                       batch.structure_of_atom, cutoff};

  list.neighbors = {}; // so that memory that is too small can be freed
  list.displacements = {};
  list.row_offsets = {};
  list.row_offsets =
      reserve(space, list.offset_memory, "kolace::neighbors::row_offsets", n_atoms + 1);
  auto const offsets = list.row_offsets;
  Kokkos::deep_copy(space, Kokkos::subview(offsets, 0), std::size_t{0});
  Kokkos::parallel_for(
      "kolace::neighbors::count", Policy(space, 0, visitor.bins.n_sites), KOKKOS_LAMBDA(int k) {
        if (visitor.is_center(k))
          offsets(visitor.bins.atoms(k) + 1) = visitor.count(k);
      });
  std::size_t n_pairs = 0;
  Kokkos::parallel_scan(
      "kolace::neighbors::scan", Kokkos::RangePolicy<Space>(space, 0, n_atoms + 1),
      KOKKOS_LAMBDA(int atom, std::size_t& sum, bool last) {
        sum += offsets(atom);
        if (last)
          offsets(atom) = sum;
      },
      n_pairs);
  space.fence("kolace::neighbors: the number of pairs sizes the list");
  KOLACE_ENSURE(n_atoms > 0 || n_pairs == 0, n_pairs);

  list.neighbors = reserve(space, list.neighbor_memory, "kolace::neighbors::neighbors", n_pairs);
  list.displacements =
      reserve(space, list.displacement_memory, "kolace::neighbors::displacements", n_pairs);
  auto const neighbors = list.neighbors;
  auto const displacements = list.displacements;
  Kokkos::parallel_for(
      "kolace::neighbors::fill", Policy(space, 0, visitor.bins.n_sites), KOKKOS_LAMBDA(int k) {
        if (!visitor.is_center(k))
          return;
        int const atom = visitor.bins.atoms(k);
        std::size_t const first = offsets(atom);
        KOLACE_EXPECT_IN_KERNEL(first <= offsets(atom + 1) &&
                                offsets(atom + 1) <= neighbors.extent(0));
        visitor.fill(k, static_cast<int>(offsets(atom + 1) - first), neighbors.data() + first,
                     displacements.data() + 3 * first);
      });
}

#define KOLACE_INSTANTIATE(Space)                                                                  \
  template NeighborList<Space> build_neighbor_list(Space const&, StructureBatch<Space> const&,     \
                                                   double);                                        \
  template void build_neighbor_list(Space const&, StructureBatch<Space> const&, double,            \
                                    NeighborList<Space>&);
KOLACE_FOR_EACH_EXECUTION_SPACE(KOLACE_INSTANTIATE)
#undef KOLACE_INSTANTIATE

} // namespace kolace
