// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/neighbors/detail/bins.hpp>

#include <kolace/core/host_copy.hpp>
#include <kolace/core/lanes.hpp>
#include <kolace/core/spaces.hpp>

#include <algorithm>
#include <cmath>

namespace kolace::detail {

Grids choose_grids(std::vector<StructureGeometry> const& geometry, double cutoff) {
  // Rounding errors of coordinates must not hide a neighbor at the cutoff.
  double const reach = cutoff * (1 + 1e-9);
  Grids grids;
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
      double units = g.periodic[d] ? 1. : g.extent[d];
      if (d == 2) {
        grid.n_images = 1;
        if (g.periodic[d] && length[d] < 2 * reach) {
          int const cells = static_cast<int>(std::ceil(reach / length[d]));
          grid.n_images = 2 * cells + 1;
          grid.periodic[d] = false;
          grid.low[d] = -cells;
          length[d] *= grid.n_images;
          units = grid.n_images;
        }
      }
      grid.per_unit[d] = units > 0 ? 1 / units : 0;
      // Atoms of consecutive bins along direction 2 form one run: narrow bins there tighten the
      // runs, wide ones in the other directions keep their number low.
      double const per_reach = d == 2 ? 3 : 1;
      wanted[d] = std::clamp(std::floor(per_reach * length[d] / reach), 1., 1e6);
    }
    // Sparse structures get fewer, wider bins, so that there are no more bins than sites.
    double const limit = std::max(1., static_cast<double>(g.n_atoms) * grid.n_images);
    while (wanted[0] * wanted[1] * wanted[2] > limit) {
      auto const widest = std::max_element(wanted, wanted + 3);
      *widest = std::max(1., std::floor(*widest * 0.8));
    }
    for (int d = 0; d < 3; ++d) {
      grid.n[d] = static_cast<int>(wanted[d]);
      double const width = length[d] / grid.n[d];
      grid.per_unit[d] *= grid.n[d];
      grid.reach[d] = width > 0 ? static_cast<int>(std::min(std::ceil(reach / width), 1e8)) : 0;
      if (!grid.periodic[d])
        grid.reach[d] = std::min(grid.reach[d], grid.n[d]);
    }
    grid.first_bin = grids.n_bins;
    grid.first_atom = g.first_atom;
    grid.n_atoms = g.n_atoms;
    grid.first_site = grids.n_sites;
    grids.n_bins += grid.n[0] * grid.n[1] * grid.n[2];
    grids.n_sites += grid.n_atoms * grid.n_images;
    grids.of_structure.push_back(grid);
  }
  return grids;
}

template <class Space>
BinnedAtoms<Space> bin_atoms(Space const& space, StructureBatch<Space> const& batch,
                             double cutoff) {
  using Policy = Kokkos::RangePolicy<Space>;
  auto const bare = Kokkos::WithoutInitializing;
  Grids const host_grids = choose_grids(batch.geometry, cutoff);
  int const n_bins = host_grids.n_bins, n_sites = host_grids.n_sites;

  BinnedAtoms<Space> result;
  result.n_sites = n_sites;
  result.grids = copy_to_device(space, host_grids.of_structure, "kolace::neighbors::grids");
  result.bin_offsets =
      Array<int, Space>(Kokkos::view_alloc(space, "kolace::neighbors::bin_offsets"), n_bins + 1);
  auto const integers = [&](char const* label, int count) {
    return Array<int, Space>(Kokkos::view_alloc(space, bare, std::string(label)), count);
  };
  result.atoms = integers("kolace::neighbors::atoms", n_sites);
  bool const has_images = n_sites > batch.n_atoms;
  result.home = integers("kolace::neighbors::home", has_images ? batch.n_atoms : 0);
  result.wrapped = decltype(result.wrapped)(Kokkos::view_alloc(space, "kolace::neighbors::wrapped"),
                                            n_sites + LaneTraits<Space>::width);
  auto const bin_of = integers("kolace::neighbors::bin_of", n_sites),
             atom_of = integers("kolace::neighbors::atom_of_site", n_sites);
  decltype(result.wrapped) const wrapped(
      Kokkos::view_alloc(space, bare, "kolace::neighbors::wrapped_unsorted"), batch.n_atoms);

  auto const grids = result.grids;
  auto const offsets = result.bin_offsets;
  auto const atoms = result.atoms, home = result.home;
  auto const sorted = result.wrapped;
  auto const positions = batch.positions;
  auto const owners = batch.structure_of_atom;

  // Wrap each atom into its cell and count its sites in the offsets entry after their bin.
  Kokkos::parallel_for(
      "kolace::neighbors::count_bins", Policy(space, 0, batch.n_atoms), KOKKOS_LAMBDA(int atom) {
        Grid const& g = grids(owners(atom));
        double x[3] = {positions(atom, 0), positions(atom, 1), positions(atom, 2)};
        double f[3];
        for (int d = 0; d < 3; ++d) {
          f[d] = positions(atom, 0) * g.to_fraction[0][d] +
                 positions(atom, 1) * g.to_fraction[1][d] +
                 positions(atom, 2) * g.to_fraction[2][d];
          if (g.periodic[d] || (d == 2 && g.n_images > 1)) {
            double const cells = Kokkos::floor(f[d]);
            f[d] -= cells;
            for (int k = 0; k < 3; ++k)
              x[k] -= cells * g.basis[d][k];
          }
        }
        for (int k = 0; k < 3; ++k)
          wrapped(atom, k) = x[k];
        int const row = g.bin(0, f[0]) * g.n[1] + g.bin(1, f[1]);
        for (int image = 0; image < g.n_images; ++image) {
          int const site = g.first_site + image * g.n_atoms + atom - g.first_atom;
          bin_of(site) = g.first_bin + row * g.n[2] + g.bin(2, f[2] + g.cell_of(image));
          atom_of(site) = atom;
          Kokkos::atomic_inc(&offsets(bin_of(site) + 1));
        }
      });
  Kokkos::parallel_scan(
      "kolace::neighbors::scan_bins", Policy(space, 0, n_bins + 1),
      KOKKOS_LAMBDA(int bin, int& sum, bool last) {
        sum += offsets(bin);
        if (last)
          offsets(bin) = sum;
      });
  Array<int, Space> const fill(Kokkos::view_alloc(space, "kolace::neighbors::fill"), n_bins);
  auto const sites = integers("kolace::neighbors::sites", n_sites);
  Kokkos::parallel_for(
      "kolace::neighbors::fill_bins", Policy(space, 0, n_sites), KOKKOS_LAMBDA(int site) {
        int const bin = bin_of(site);
        sites(offsets(bin) + Kokkos::atomic_fetch_add(&fill(bin), 1)) = site;
      });
  // The order of insertion differs from run to run: sort each bin (a few sites) by site.
  Kokkos::parallel_for(
      "kolace::neighbors::sort_bins", Policy(space, 0, n_bins), KOKKOS_LAMBDA(int bin) {
        for (int k = offsets(bin) + 1; k < offsets(bin + 1); ++k) {
          int const site = sites(k);
          int hole = k;
          for (; hole > offsets(bin) && sites(hole - 1) > site; --hole)
            sites(hole) = sites(hole - 1);
          sites(hole) = site;
        }
      });
  Kokkos::parallel_for(
      "kolace::neighbors::sort_positions", Policy(space, 0, n_sites), KOKKOS_LAMBDA(int k) {
        int const site = sites(k), atom = atom_of(site);
        Grid const& g = grids(owners(atom));
        int const image = has_images ? (site - g.first_site) / g.n_atoms : 0;
        atoms(k) = atom;
        if (has_images && image == 0)
          home(atom) = k;
        for (int d = 0; d < 3; ++d)
          sorted(k, d) = wrapped(atom, d) + g.cell_of(image) * g.basis[2][d];
      });
  space.fence("kolace::neighbors: the host copy of the grids goes out of scope");
  return result;
}

#define KOLACE_INSTANTIATE(Space)                                                                  \
  template BinnedAtoms<Space> bin_atoms(Space const&, StructureBatch<Space> const&, double);
KOLACE_FOR_EACH_EXECUTION_SPACE(KOLACE_INSTANTIATE)
#undef KOLACE_INSTANTIATE

} // namespace kolace::detail
