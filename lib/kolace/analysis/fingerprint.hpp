// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/types.hpp>
#include <kolace/dataset/dataset.hpp>
#include <kolace/structure/element_set.hpp>

#include <functional>
#include <vector>

namespace kolace {

/// Options of the fingerprints of Oganov and Valle (2009), CONVENTIONS.md §12.
struct FingerprintOptions {
  double r_max = 10;   ///< end of the grid, Angstrom
  double dr = 0.05;    ///< bin width, Angstrom
  double width = 0.05; ///< standard deviation of the Gaussian that replaces each distance, Angstrom
};

/// Fingerprints of many structures: one row each, with all pairs of elements A <= B in turn.
///
/// F_AB(R) = sum over i in A and neighbors j in B of the Gaussian at R_ij, integrated over the bin,
/// / (4 pi R^2 N_A N_B / V dR) - 1; 0 for pairs of elements that a structure lacks. Structures that
/// are not periodic in three directions use V = 10 A^3 per atom.
template <class Space> struct Fingerprints {
  Kokkos::View<double**, Kokkos::LayoutRight, typename Space::memory_space> values;
  long n_open = 0; ///< number of structures that are not periodic in three directions

  int n_structures() const { return values.extent_int(0); }
  int length() const { return values.extent_int(1); }
};

/// Computes the fingerprints of all structures of a data set.
/// @param progress receives the number of structures done
/// @throws InputError for elements outside `elements`, and for options without a valid grid
template <class Space>
Fingerprints<Space> compute_fingerprints(Space const& space, Dataset const& dataset,
                                         ElementSet const& elements,
                                         FingerprintOptions const& options,
                                         std::function<void(long structures)> const& progress = {});

/// Distances between fingerprints.
enum class FingerprintMetric {
  cosine,   ///< (1 - F1 . F2 / (|F1| |F2|)) / 2, from 0 to 1
  euclidean ///< |F1 - F2|
};

/// Distance of every structure of `set` to structure `which` of `reference`: [n_structures].
template <class Space>
std::vector<double> distances_to(Space const& space, Fingerprints<Space> const& set,
                                 Fingerprints<Space> const& reference, int which,
                                 FingerprintMetric metric);

/// Structures that cover a set, in the order of their choice.
struct FarthestPoints {
  std::vector<int> chosen;
  /// Largest distance of any structure to the chosen ones, after each choice.
  std::vector<double> covering_radius;
};

/// Farthest-point sampling: the first choice is the structure farthest from the mean fingerprint,
/// each following one that with the largest distance to those already chosen (the first if several
/// are equal; on a device, where sums are reproducible only up to rounding, any of them). O(N
/// count) distances.
/// @param among structures that may be chosen and are to be covered; empty: all
/// @param count number to choose, at most all of them
template <class Space>
FarthestPoints farthest_points(Space const& space, Fingerprints<Space> const& set, int count,
                               FingerprintMetric metric, std::vector<int> const& among = {});

} // namespace kolace
