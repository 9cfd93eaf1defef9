// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/dataset/dataset.hpp>

#include <Kokkos_Core.hpp>

#include <optional>
#include <string>

namespace kolace {

/// Distances of neighbors in some structures.
struct NeighborShells {
  double shortest = 0; ///< shortest distance of two atoms, Angstrom; infinite without neighbors
  /// Position of the first maximum of the pair distribution over all elements, i.e. of the nearest
  /// neighbors, Angstrom. None if atoms have no neighbors within 6 A.
  std::optional<double> first;
};

/// Computes the pair distribution of up to `most_structures` structures, evenly spaced over the
/// data: pairs per volume in shells of 0.1 A, smoothed. The first maximum is the one at the
/// shortest distance that reaches a third of the highest.
NeighborShells neighbor_shells(Kokkos::DefaultExecutionSpace const& space, Dataset const& data,
                               long most_structures = 300);

/// Suggested cutoff radius, Angstrom: 1.75 times the first maximum, which is beyond the second
/// shell of close-packed and tetrahedral structures, and at least 2.5 A beyond that maximum;
/// between 4.5 and 8 A, rounded up to a multiple of 0.5 A.
double suggested_cutoff(NeighborShells const& shells);

} // namespace kolace
