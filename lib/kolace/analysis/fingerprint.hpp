#pragma once

#include <kolace/core/types.hpp>
#include <kolace/dataset/dataset.hpp>
#include <kolace/structure/element_set.hpp>

#include <functional>
#include <vector>

namespace kolace {

/// Fingerprints of Oganov and Valle (2009), CONVENTIONS.md §12.
struct FingerprintOptions {
  double r_max = 10;   ///< end of the grid, Angstrom
  double dr = 0.05;    ///< its bins
  double width = 0.05; ///< standard deviation of the Gaussian that stands for each distance
};

/// Fingerprints of many structures: one row each, all pairs of elements A <= B one after the other.
///
/// F_AB(R) = sum over i in A and neighbors j in B of the Gaussian at R_ij, integrated over the bin,
/// / (4 pi R^2 N_A N_B / V dR) - 1; 0 for pairs of elements that a structure lacks. Structures that
/// are not periodic in three directions take V = 10 A^3 an atom.
template <class Space> struct Fingerprints {
  Kokkos::View<double**, Kokkos::LayoutRight, typename Space::memory_space> values;
  long n_open = 0; ///< structures without a volume of their own

  int n_structures() const { return values.extent_int(0); }
  int length() const { return values.extent_int(1); }
};

/// @throws InputError for elements outside `elements`, and for options that make no grid
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

/// Distance of every structure to one of another set: [n_structures].
template <class Space>
std::vector<double> distances_to(Space const& space, Fingerprints<Space> const& set,
                                 Fingerprints<Space> const& reference, int which,
                                 FingerprintMetric metric);

/// Structures that cover a set, best first.
struct FarthestPoints {
  std::vector<int> chosen;
  std::vector<double> covering_radius; ///< largest distance to the chosen ones, after each choice
};

/// Farthest-point sampling: first the structure farthest from the mean fingerprint, then always the
/// one whose distance to those chosen is largest (the first of several; on a device, whose sums
/// are reproducible to rounding only, any of them). O(N count) distances.
/// @param among structures that may be chosen and must be covered; empty: all
/// @param count clipped to their number
template <class Space>
FarthestPoints farthest_points(Space const& space, Fingerprints<Space> const& set, int count,
                               FingerprintMetric metric, std::vector<int> const& among = {});

} // namespace kolace
