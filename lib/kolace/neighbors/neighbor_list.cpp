#include <kolace/neighbors/neighbor_list.hpp>

#include <kolace/core/spaces.hpp>
#include <kolace/neighbors/detail/bins.hpp>

#include <stdexcept>

namespace kolace {
namespace {

/// Visits the neighbors of the atom at sorted position k: visit(neighbor, dx, dy, dz).
///
/// About 16 cutoff^3 · density distances of 8 FLOPs a centre, 24 bytes read for each.
template <class Space> struct NeighborVisitor {
  detail::BinnedAtoms<Space> bins;
  Array<int, Space> owners;
  double cutoff_square;

  template <class Visit> KOKKOS_FUNCTION void operator()(int k, Visit const& visit) const {
    int const center = bins.atoms(k);
    detail::Grid const& g = bins.grids(owners(center));
    double const x[3] = {bins.wrapped(k, 0), bins.wrapped(k, 1), bins.wrapped(k, 2)};
    int home[3];
    for (int d = 0; d < 3; ++d) {
      double const f =
          x[0] * g.to_fraction[0][d] + x[1] * g.to_fraction[1][d] + x[2] * g.to_fraction[2][d];
      int const b = static_cast<int>((f - g.low[d]) * g.per_unit[d]);
      home[d] = b < 0 ? 0 : (b < g.n[d] ? b : g.n[d] - 1);
    }
    for (int a = -g.reach[0]; a <= g.reach[0]; ++a) {
      int bin_a, cell_a;
      if (!locate(g, 0, home[0] + a, bin_a, cell_a))
        continue;
      for (int b = -g.reach[1]; b <= g.reach[1]; ++b) {
        int bin_b, cell_b;
        if (!locate(g, 1, home[1] + b, bin_b, cell_b))
          continue;
        for (int c = -g.reach[2]; c <= g.reach[2]; ++c) {
          int bin_c, cell_c;
          if (!locate(g, 2, home[2] + c, bin_c, cell_c))
            continue;
          double shift[3];
          for (int d = 0; d < 3; ++d)
            shift[d] =
                cell_a * g.basis[0][d] + cell_b * g.basis[1][d] + cell_c * g.basis[2][d] - x[d];
          bool const home_cell = cell_a == 0 && cell_b == 0 && cell_c == 0;
          int const bin = g.first_bin + (bin_a * g.n[1] + bin_b) * g.n[2] + bin_c;
          for (int j = bins.bin_offsets(bin); j < bins.bin_offsets(bin + 1); ++j) {
            double const dx = bins.wrapped(j, 0) + shift[0];
            double const dy = bins.wrapped(j, 1) + shift[1];
            double const dz = bins.wrapped(j, 2) + shift[2];
            double const square = dx * dx + dy * dy + dz * dz;
            if (square < cutoff_square && !(home_cell && j == k))
              visit(bins.atoms(j), dx, dy, dz);
          }
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
    cell = number >= 0 ? number / g.n[d] : -((g.n[d] - 1 - number) / g.n[d]);
    bin = number - cell * g.n[d];
    return true;
  }
};

} // namespace

template <class Space>
NeighborList<Space> build_neighbor_list(Space const& space, StructureBatch<Space> const& batch,
                                        double cutoff) {
  if (!(cutoff > 0))
    throw std::invalid_argument("build_neighbor_list: the cutoff must be positive");
  using Policy = Kokkos::RangePolicy<Space, Kokkos::Schedule<Kokkos::Dynamic>>;
  auto const bare = Kokkos::WithoutInitializing;
  int const n_atoms = batch.n_atoms;
  NeighborVisitor<Space> const visitor{detail::bin_atoms(space, batch, cutoff),
                                       batch.structure_of_atom, cutoff * cutoff};

  NeighborList<Space> list;
  list.row_offsets = Array<std::size_t, Space>(
      Kokkos::view_alloc(space, "kolace::neighbors::row_offsets"), n_atoms + 1);
  auto const offsets = list.row_offsets;
  Kokkos::parallel_for(
      "kolace::neighbors::count", Policy(space, 0, n_atoms), KOKKOS_LAMBDA(int k) {
        std::size_t count = 0;
        visitor(k, [&](int, double, double, double) { ++count; });
        offsets(visitor.bins.atoms(k) + 1) = count;
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

  list.neighbors =
      Array<int, Space>(Kokkos::view_alloc(space, bare, "kolace::neighbors::neighbors"), n_pairs);
  list.displacements = typename NeighborList<Space>::Displacements(
      Kokkos::view_alloc(space, bare, "kolace::neighbors::displacements"), n_pairs);
  auto const neighbors = list.neighbors;
  auto const displacements = list.displacements;
  Kokkos::parallel_for(
      "kolace::neighbors::fill", Policy(space, 0, n_atoms), KOKKOS_LAMBDA(int k) {
        std::size_t pair = offsets(visitor.bins.atoms(k));
        visitor(k, [&](int neighbor, double dx, double dy, double dz) {
          neighbors(pair) = neighbor;
          displacements(pair, 0) = dx;
          displacements(pair, 1) = dy;
          displacements(pair, 2) = dz;
          ++pair;
        });
      });
  return list;
}

#define KOLACE_INSTANTIATE(Space)                                                                  \
  template NeighborList<Space> build_neighbor_list(Space const&, StructureBatch<Space> const&,     \
                                                   double);
KOLACE_FOR_EACH_EXECUTION_SPACE(KOLACE_INSTANTIATE)
#undef KOLACE_INSTANTIATE

} // namespace kolace
