#pragma once

#include <kolace/core/types.hpp>
#include <kolace/structure/structure_batch.hpp>

namespace kolace::detail {

/// The bins of one structure: a grid over its cell, or over the box around its atoms in directions
/// without periodicity.
struct Grid {
  double basis[3][3];
  double to_fraction[3][3];
  double low[3];      ///< coordinate of the first bin's lower face
  double per_unit[3]; ///< bins per unit of coordinate
  int n[3];           ///< bins
  int reach[3];       ///< how many bins away a neighbor can be
  bool periodic[3];
  int first_bin;
};

/// Host-side choice of grids for a batch; bins a cutoff wide, a third of it in the third direction,
/// never many more than atoms.
std::vector<Grid> choose_grids(std::vector<StructureGeometry> const& geometry, double cutoff,
                               int& n_bins);

/// Atoms sorted into bins, in atom order within each bin.
template <class Space> struct BinnedAtoms {
  Array<Grid, Space> grids;      ///< [n_structures]
  Array<int, Space> bin_offsets; ///< [n_bins + 1]
  Array<int, Space> atoms;       ///< [n_atoms] sorted by bin
  /// [n_atoms and a vector's width][3] positions in the cell, sorted by bin; each coordinate side
  /// by side, so that a vector may reach beyond the last atom.
  Kokkos::View<double* [3], Kokkos::LayoutLeft, typename Space::memory_space> wrapped;
};

template <class Space>
BinnedAtoms<Space> bin_atoms(Space const& space, StructureBatch<Space> const& batch, double cutoff);

} // namespace kolace::detail
