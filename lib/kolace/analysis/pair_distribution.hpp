#pragma once

#include <kolace/dataset/dataset.hpp>

#include <optional>
#include <string>

namespace kolace {

/// Where the neighbors of atoms are, in some structures.
struct NeighborShells {
  double shortest = 0; ///< least distance of two atoms, Angstrom; infinite without neighbors
  /// Position of the first maximum of the pair distribution, Angstrom, all elements together:
  /// the nearest neighbors. None where atoms have no neighbors within 6 A.
  std::optional<double> first;
};

/// Pair distribution of up to `most_structures` structures, evenly spaced over the data: pairs per
/// volume of a shell of 0.1 A, smoothed. The first maximum is the nearest one that reaches a third
/// of the highest.
NeighborShells neighbor_shells(Dataset const& data, long most_structures = 300);

/// A cutoff radius for these neighbors, Angstrom: beyond the second shell of close-packed and of
/// tetrahedral structures, 1.75 times the first maximum, and at least 2.5 A beyond it; from 4.5 to
/// 8 A, rounded up to 0.5 A.
double suggested_cutoff(NeighborShells const& shells);

} // namespace kolace
