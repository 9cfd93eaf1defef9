// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/types.hpp>
#include <kolace/structure/element_set.hpp>
#include <kolace/structure/structure.hpp>

#include <span>
#include <vector>

namespace kolace {

/// Geometry of one structure: its binning basis (Angstrom) and the extent of its atoms in it.
struct StructureGeometry {
  double basis[3][3];       ///< rows; unit vectors in non-periodic directions
  double to_fraction[3][3]; ///< its inverse
  double low[3];            ///< smallest coordinate in a non-periodic direction, else 0
  double extent[3];         ///< range of coordinates in a non-periodic direction, else 0
  bool periodic[3];         ///< Cell::periodic
  int first_atom;           ///< index of its first atom in the batch
  int n_atoms;              ///< its atoms are first_atom .. first_atom + n_atoms - 1
};

/// Several structures stored contiguously on a device.
template <class Space> struct StructureBatch {
  /// One row per atom, contiguous.
  using Positions = Kokkos::View<double* [3], Kokkos::LayoutRight, typename Space::memory_space>;

  int n_structures = 0;                    ///< number of structures
  int n_atoms = 0;                         ///< atoms of all structures
  Array<int, Space> atom_offsets;          ///< [n_structures + 1], first atom of each structure
  Array<int, Space> structure_of_atom;     ///< [n_atoms]
  Array<int, Space> species;               ///< [n_atoms]
  Positions positions;                     ///< [n_atoms][3], Angstrom
  std::vector<StructureGeometry> geometry; ///< [n_structures], on the host

  /// Copies structures to the device.
  /// @throws InputError for an element outside `elements`, a position that is not finite, or a
  /// singular periodic cell
  static StructureBatch create(Space const& space, std::span<Structure const> structures,
                               ElementSet const& elements);
};

} // namespace kolace
