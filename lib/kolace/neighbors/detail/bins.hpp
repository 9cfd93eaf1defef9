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
struct Grid {
  double basis[3][3];
  double to_fraction[3][3];
  double low[3];      ///< coordinate of the lower face of the first bin
  double per_unit[3]; ///< bins per unit of coordinate
  int n[3];           ///< number of bins in each direction
  int reach[3];       ///< largest distance of a neighbor's bin, in bins
  bool periodic[3];
  int first_bin;
  int first_atom, n_atoms;
  int first_site, n_images; ///< site = first_site + image · n_atoms + atom - first_atom

  /// Bin of a coordinate in `basis` along direction d.
  KOKKOS_FUNCTION int bin(int d, double coordinate) const {
    int const b = static_cast<int>((coordinate - low[d]) * per_unit[d]);
    return b < 0 ? 0 : (b < n[d] ? b : n[d] - 1);
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

/// Chooses the grids on the host: bins one cutoff wide, a third of it in the third direction, and
/// no more bins than sites.
Grids choose_grids(std::vector<StructureGeometry> const& geometry, double cutoff);

/// Sites sorted by bin, and by site within each bin.
template <class Space> struct BinnedAtoms {
  int n_sites = 0;
  Array<Grid, Space> grids;      ///< [n_structures]
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
