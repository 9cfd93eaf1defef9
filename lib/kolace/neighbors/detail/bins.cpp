#include <kolace/neighbors/detail/bins.hpp>

#include <kolace/core/host_copy.hpp>
#include <kolace/core/lanes.hpp>
#include <kolace/core/spaces.hpp>

#include <algorithm>
#include <cmath>

namespace kolace::detail {

std::vector<Grid> choose_grids(std::vector<StructureGeometry> const& geometry, double cutoff,
                               int& n_bins) {
  // Rounding of coordinates must not hide a neighbor at the cutoff.
  double const reach = cutoff * (1 + 1e-9);
  std::vector<Grid> grids;
  n_bins = 0;
  for (StructureGeometry const& g : geometry) {
    Grid grid;
    double length[3]; // between opposite faces, Angstrom
    double wanted[3];
    for (int d = 0; d < 3; ++d) {
      double square = 0;
      for (int k = 0; k < 3; ++k) {
        grid.basis[d][k] = g.basis[d][k];
        grid.to_fraction[d][k] = g.to_fraction[d][k];
        square += g.to_fraction[k][d] * g.to_fraction[k][d];
      }
      grid.periodic[d] = g.periodic[d];
      grid.low[d] = g.low[d];
      length[d] = g.periodic[d] ? 1 / std::sqrt(square) : g.extent[d];
      // Atoms of bins that follow one another in direction 2 are one run: fine there, few runs
      // else.
      double const per_reach = d == 2 ? 3 : 1;
      wanted[d] = std::clamp(std::floor(per_reach * length[d] / reach), 1., 1e6);
    }
    // Sparse structures: fewer, wider bins, so that their number stays within that of the atoms.
    double const limit = std::max(1., static_cast<double>(g.n_atoms));
    while (wanted[0] * wanted[1] * wanted[2] > limit) {
      auto const widest = std::max_element(wanted, wanted + 3);
      *widest = std::max(1., std::floor(*widest * 0.8));
    }
    for (int d = 0; d < 3; ++d) {
      grid.n[d] = static_cast<int>(wanted[d]);
      double const width = length[d] / grid.n[d];
      double const units = grid.periodic[d] ? 1. : g.extent[d];
      grid.per_unit[d] = units > 0 ? grid.n[d] / units : 0;
      grid.reach[d] = width > 0 ? static_cast<int>(std::min(std::ceil(reach / width), 1e8)) : 0;
      if (!grid.periodic[d])
        grid.reach[d] = std::min(grid.reach[d], grid.n[d]);
    }
    grid.first_bin = n_bins;
    n_bins += grid.n[0] * grid.n[1] * grid.n[2];
    grids.push_back(grid);
  }
  return grids;
}

template <class Space>
BinnedAtoms<Space> bin_atoms(Space const& space, StructureBatch<Space> const& batch,
                             double cutoff) {
  using Policy = Kokkos::RangePolicy<Space>;
  auto const bare = Kokkos::WithoutInitializing;
  int n_bins = 0;
  std::vector<Grid> const host_grids = choose_grids(batch.geometry, cutoff, n_bins);

  BinnedAtoms<Space> result;
  result.grids = copy_to_device(space, host_grids, "kolace::neighbors::grids");
  result.bin_offsets =
      Array<int, Space>(Kokkos::view_alloc(space, "kolace::neighbors::bin_offsets"), n_bins + 1);
  result.atoms =
      Array<int, Space>(Kokkos::view_alloc(space, bare, "kolace::neighbors::atoms"), batch.n_atoms);
  result.wrapped = decltype(result.wrapped)(Kokkos::view_alloc(space, "kolace::neighbors::wrapped"),
                                            batch.n_atoms + LaneTraits<Space>::width);
  Array<int, Space> const bin_of(Kokkos::view_alloc(space, bare, "kolace::neighbors::bin_of"),
                                 batch.n_atoms);
  decltype(result.wrapped) const wrapped(
      Kokkos::view_alloc(space, bare, "kolace::neighbors::wrapped_unsorted"), batch.n_atoms);

  auto const grids = result.grids;
  auto const offsets = result.bin_offsets;
  auto const atoms = result.atoms;
  auto const sorted = result.wrapped;
  auto const positions = batch.positions;
  auto const owners = batch.structure_of_atom;

  // Wrap each atom into its cell and count it in the entry behind its bin.
  Kokkos::parallel_for(
      "kolace::neighbors::count_bins", Policy(space, 0, batch.n_atoms), KOKKOS_LAMBDA(int atom) {
        Grid const& g = grids(owners(atom));
        double x[3] = {positions(atom, 0), positions(atom, 1), positions(atom, 2)};
        int bin[3];
        for (int d = 0; d < 3; ++d) {
          double f = positions(atom, 0) * g.to_fraction[0][d] +
                     positions(atom, 1) * g.to_fraction[1][d] +
                     positions(atom, 2) * g.to_fraction[2][d];
          if (g.periodic[d]) {
            double const cells = Kokkos::floor(f);
            f -= cells;
            for (int k = 0; k < 3; ++k)
              x[k] -= cells * g.basis[d][k];
          }
          int const b = static_cast<int>((f - g.low[d]) * g.per_unit[d]);
          bin[d] = b < 0 ? 0 : (b < g.n[d] ? b : g.n[d] - 1);
        }
        for (int k = 0; k < 3; ++k)
          wrapped(atom, k) = x[k];
        bin_of(atom) = g.first_bin + (bin[0] * g.n[1] + bin[1]) * g.n[2] + bin[2];
        Kokkos::atomic_inc(&offsets(bin_of(atom) + 1));
      });
  Kokkos::parallel_scan(
      "kolace::neighbors::scan_bins", Policy(space, 0, n_bins + 1),
      KOKKOS_LAMBDA(int bin, int& sum, bool last) {
        sum += offsets(bin);
        if (last)
          offsets(bin) = sum;
      });
  Array<int, Space> const fill(Kokkos::view_alloc(space, "kolace::neighbors::fill"), n_bins);
  Kokkos::parallel_for(
      "kolace::neighbors::fill_bins", Policy(space, 0, batch.n_atoms), KOKKOS_LAMBDA(int atom) {
        int const bin = bin_of(atom);
        atoms(offsets(bin) + Kokkos::atomic_fetch_add(&fill(bin), 1)) = atom;
      });
  // The order of arrival differs from run to run: sort each bin (a few atoms) by atom.
  Kokkos::parallel_for(
      "kolace::neighbors::sort_bins", Policy(space, 0, n_bins), KOKKOS_LAMBDA(int bin) {
        for (int k = offsets(bin) + 1; k < offsets(bin + 1); ++k) {
          int const atom = atoms(k);
          int hole = k;
          for (; hole > offsets(bin) && atoms(hole - 1) > atom; --hole)
            atoms(hole) = atoms(hole - 1);
          atoms(hole) = atom;
        }
      });
  Kokkos::parallel_for(
      "kolace::neighbors::sort_positions", Policy(space, 0, batch.n_atoms), KOKKOS_LAMBDA(int k) {
        for (int d = 0; d < 3; ++d)
          sorted(k, d) = wrapped(atoms(k), d);
      });
  space.fence("kolace::neighbors: the host copy of the grids goes out of scope");
  return result;
}

#define KOLACE_INSTANTIATE(Space)                                                                  \
  template BinnedAtoms<Space> bin_atoms(Space const&, StructureBatch<Space> const&, double);
KOLACE_FOR_EACH_EXECUTION_SPACE(KOLACE_INSTANTIATE)
#undef KOLACE_INSTANTIATE

} // namespace kolace::detail
