// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/tuning.hpp>
#include <kolace/fit/compression.hpp>
#include <kolace/structure/prototypes.hpp>

#include <vector>

namespace kolace::detail {

/// A phase that the data lack may have its equilibrium at a slightly higher density than theirs:
/// minima within this fraction of the first distance are allowed if they are shallow.
inline constexpr double near = 0.88;

/// One crystal at decreasing volumes, or the structures of a path.
struct Compressed {
  enum class Kind { crystal, dimer, pushed, dynamics };
  Kind kind = Kind::crystal;
  Crystal crystal;
  int a = 0, b = 0;               ///< species
  std::vector<double> relative;   ///< shortest distance over the sum of covalent radii
  double n_sharing = 1;           ///< atoms that share an energy: of the cell, or approaching ones
  ScanPath const* path = nullptr; ///< if it is no crystal
  double may_fall = 0;            ///< on a path, eV per sharing atom

  /// Structure at a volume or point of the path.
  Structure at(std::size_t k) const {
    return path ? path->structures[k] : crystal.scaled(relative[k]);
  }
};

/// Sum of two covalent radii, Angstrom.
double sum_of_radii(ElementSet const& elements, int a, int b);

/// All crystals, dimers and paths of these limits, which must live as long as the result.
std::vector<Compressed> compressed_crystals(ElementSet const& elements, DataLimits const& limits);

/// A path among the crystals.
Compressed along(ElementSet const& elements, ScanPath const& path);

/// The structures at all volumes of all crystals, in order.
std::vector<Structure> structures_of(std::vector<Compressed> const& crystals);

/// Depth of a minimum near the first volume that is allowed, eV per sharing atom [crystals].
/// @param start energy of each crystal at its first volume, eV per sharing atom
std::vector<double> allowed_depths(std::vector<Compressed> const& crystals,
                                   std::vector<double> const& start);

/// Batches of consecutive structures: visit(first, last).
template <class Visit>
void for_each_batch(std::vector<Structure> const& structures, double cutoff, Visit const& visit) {
  for (std::size_t first = 0; first < structures.size();) {
    std::size_t last = first, atoms = 0;
    double pairs = 0;
    while (last < structures.size() && atoms < CheckTuning::crystal_atoms &&
           pairs < CheckTuning::crystal_pairs) {
      pairs += estimated_pairs(structures[last], cutoff);
      atoms += structures[last++].n_atoms();
    }
    visit(first, last);
    first = last;
  }
}

} // namespace kolace::detail
