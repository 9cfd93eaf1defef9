// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/errors.hpp>
#include <kolace/structure/cell.hpp>

#include <optional>
#include <string>
#include <vector>

namespace kolace {

/// Atoms, their cell and their labels. Labels may be absent.
struct Structure {
  Cell cell;                   ///< zero vectors and no periodicity for a molecule
  std::vector<int> numbers;    ///< atomic numbers [n_atoms]
  std::vector<Vec3> positions; ///< Angstrom [n_atoms]

  std::optional<double> energy; ///< total, eV
  std::vector<Vec3> forces;     ///< eV/Angstrom [n_atoms], empty when absent
  std::optional<Voigt> virial;  ///< eV, W = -volume · stress (CONVENTIONS.md §7)

  std::string config_type;             ///< group name for weights and reports, may be empty
  double energy_weight = 1;            ///< relative weight of this structure's energy
  double force_weight = 1;             ///< relative weight of this structure's forces
  std::vector<double> force_weights{}; ///< weights of the atoms' forces [n_atoms]; empty: all 1

  Place place{}; ///< where it was read from

  /// Number of atoms; all per-atom lists have this length.
  std::size_t n_atoms() const { return numbers.size(); }
};

/// The first pair of atoms (i, j), i < j, closer than `distance` (Angstrom), periodic images of j
/// included; none if all are further apart. O(N log N) operations for structures of ordinary shape.
/// @pre valid_periodicity(structure.cell)
std::optional<std::pair<std::size_t, std::size_t>> coincident_atoms(Structure const& structure,
                                                                    double distance);

/// Estimated number of pairs within `cutoff` (Angstrom) from the mean density: that of the cell or,
/// unless periodic in three directions, of the bounding box of the atoms.
double estimated_pairs(Structure const& structure, double cutoff);

/// True for a single atom without a periodic image of itself within `cutoff` (Angstrom): a free
/// atom.
bool is_isolated_atom(Structure const& structure, double cutoff);

} // namespace kolace
