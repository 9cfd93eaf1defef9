// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/types.hpp>
#include <kolace/structure/structure_batch.hpp>

namespace kolace::detail {

/// Bins of one structure: a grid over its cell, or over the bounding box of its atoms in
/// non-periodic directions.
///
/// If the cell is thin in the third direction, copies of its atoms in all cells that can contain a
/// neighbor are stored as well (sites), and that direction is treated as non-periodic: the runs of
/// sites that a center scans are then long enough for vectors.
///
/// If the atoms fill a small part of the cell or box, e.g. a cluster in vacuum or one atom far from
/// all others, runs of empty slabs of the grid are shortened to `reach` slabs in each direction, so
/// that bins remain as small as in a full one: `slabs` holds the bin of each slab.
///
///   slabs   a a - - - - - - - b    reach 2    ->    bins   a a - - b
struct Grid {
  double basis[3][3];
  double to_fraction[3][3];
  double low[3];       ///< coordinate of the lower face of the first bin
  double per_unit[3];  ///< slabs per unit of coordinate
  int n_slabs[3];      ///< number of slabs in each direction
  int n[3];            ///< number of bins in each direction
  int const* slabs[3]; ///< [n_slabs] bin of each slab; null: a slab is a bin
  int reach[3];        ///< largest distance of a neighbor's bin, in bins
  bool periodic[3];
  int first_bin;
  int first_atom, n_atoms;
  int first_site, n_images; ///< site = first_site + image · n_atoms + atom - first_atom

  /// Coordinate along direction d of a position, Angstrom, moved into the cell if periodic.
  KOKKOS_FUNCTION double wrapped(int d, double x, double y, double z) const {
    double const f = x * to_fraction[0][d] + y * to_fraction[1][d] + z * to_fraction[2][d];
    return periodic[d] ? f - Kokkos::floor(f) : f;
  }
  /// Bin of a coordinate in `basis` along direction d.
  KOKKOS_FUNCTION int bin(int d, double coordinate) const {
    int const slab = slab_of(d, coordinate);
    return slabs[d] ? slabs[d][slab] : slab;
  }
  KOKKOS_FUNCTION int slab_of(int d, double coordinate) const {
    int const slab = static_cast<int>((coordinate - low[d]) * per_unit[d]);
    return slab < 0 ? 0 : (slab < n_slabs[d] ? slab : n_slabs[d] - 1);
  }
  /// Cell of an image along the third direction, for images 0, 1, 2, ..: 0, 1, 2, .., -1, -2, ..
  KOKKOS_FUNCTION int cell_of(int image) const {
    return image <= n_images / 2 ? image : n_images / 2 - image;
  }
};

/// Grids of all structures of a batch, and their total numbers of bins and sites.
struct Grids {
  std::vector<Grid> of_structure;
  int n_bins = 0, n_sites = 0;
};

/// Sites sorted by bin, and by site within each bin.
template <class Space> struct BinnedAtoms {
  int n_sites = 0;
  Array<Grid, Space> grids;      ///< [n_structures]
  Array<int, Space> slabs;       ///< memory of Grid::slabs
  Array<int, Space> bin_offsets; ///< [n_bins + 1]
  Array<int, Space> atoms;       ///< [n_sites] atom of each site, sorted by bin
  Array<int, Space> home; ///< [n_atoms] sorted index of each atom's own site; empty: no images
  /// [n_sites + LaneTraits::width][3] positions, Angstrom, sorted by bin. Each coordinate is
  /// contiguous, so that a vector load may reach beyond the last site.
  Kokkos::View<double* [3], Kokkos::LayoutLeft, typename Space::memory_space> wrapped;
};

template <class Space>
BinnedAtoms<Space> bin_atoms(Space const& space, StructureBatch<Space> const& batch, double cutoff);

} // namespace kolace::detail
