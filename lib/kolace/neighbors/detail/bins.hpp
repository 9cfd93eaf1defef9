#pragma once

#include <kolace/core/types.hpp>
#include <kolace/structure/structure_batch.hpp>

namespace kolace::detail {

/// The bins of one structure: a grid over its cell, or over the box around its atoms in directions
/// without periodicity.
///
/// Where the cell is thin in the third direction, copies of its atoms in all cells that a neighbor
/// can be in stand beside them (sites), and that direction counts as open: the run of sites that a
/// center looks at is then long enough for vectors.
struct Grid {
  double basis[3][3];
  double to_fraction[3][3];
  double low[3];      ///< coordinate of the first bin's lower face
  double per_unit[3]; ///< bins per unit of coordinate
  int n[3];           ///< bins
  int reach[3];       ///< how many bins away a neighbor can be
  bool periodic[3];
  int first_bin;
  int first_atom, n_atoms;
  int first_site, n_images; ///< site = first_site + image · n_atoms + atom - first_atom

  /// The bin of a coordinate along direction d.
  KOKKOS_FUNCTION int bin(int d, double coordinate) const {
    int const b = static_cast<int>((coordinate - low[d]) * per_unit[d]);
    return b < 0 ? 0 : (b < n[d] ? b : n[d] - 1);
  }
  /// Which cell an image is in along the third direction: 0, 1, 2, .., -1, -2, ..
  KOKKOS_FUNCTION int cell_of(int image) const {
    return image <= n_images / 2 ? image : n_images / 2 - image;
  }
};

/// Grids of a batch and what they hold together.
struct Grids {
  std::vector<Grid> of_structure;
  int n_bins = 0, n_sites = 0;
};

/// Host-side choice of grids: bins a cutoff wide, a third of it in the third direction, never many
/// more than sites.
Grids choose_grids(std::vector<StructureGeometry> const& geometry, double cutoff);

/// Sites sorted into bins, in the order of sites within each bin.
template <class Space> struct BinnedAtoms {
  int n_sites = 0;
  Array<Grid, Space> grids;      ///< [n_structures]
  Array<int, Space> bin_offsets; ///< [n_bins + 1]
  Array<int, Space> atoms;       ///< [n_sites] atom at a site, sorted by bin
  Array<int, Space> home; ///< [n_atoms] sorted position of each atom itself; empty: no images
  /// [n_sites and a vector's width][3] positions, sorted by bin; each coordinate side by side, so
  /// that a vector may reach beyond the last site.
  Kokkos::View<double* [3], Kokkos::LayoutLeft, typename Space::memory_space> wrapped;
};

template <class Space>
BinnedAtoms<Space> bin_atoms(Space const& space, StructureBatch<Space> const& batch, double cutoff);

} // namespace kolace::detail
