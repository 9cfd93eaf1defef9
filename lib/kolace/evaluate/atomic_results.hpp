// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/types.hpp>

#include <string>

namespace kolace {

/// Caller-owned Views that receive the results, in the evaluator's space, indexed by atom. An empty
/// View means that the result is not computed, and costs nothing. Energies and virials need entries
/// only for the centers if these are the first atoms, else for all atoms.
template <class Space> struct AtomicResults {
  /// x, y, z of each atom or pair.
  using Vectors = Kokkos::View<double* [3], Kokkos::LayoutRight, typename Space::memory_space>;
  /// xx yy zz yz xz xy of each atom.
  using Tensors = Kokkos::View<double* [6], Kokkos::LayoutRight, typename Space::memory_space>;
  /// xx xy xz yx yy yz zx zy zz of each atom.
  using Centroids = Kokkos::View<double* [9], Kokkos::LayoutRight, typename Space::memory_space>;

  Array<double, Space> energies{}; ///< eV, E0 included; 0 for atoms that are not centers
  Vectors forces{};  ///< eV/A [n_atoms] with ghosts: forces from the energies of the centers
  Tensors virials{}; ///< eV, Voigt, -sum_j r_ij (x) dE_i/dr_ij for center i
  /// Gradients dE_i / d r_ij of all pairs in compressed rows, eV/A [n_pairs]; 0 beyond the cutoff.
  /// The force on atom j through its pairs (i, j) is the sum of -dE_i/dr_ij over centers i.
  Vectors pair_gradients{};
  /// Virials assigned to the neighbor j, eV [n_atoms] with ghosts: W_j = -sum_i r_ij (x)
  /// dE_i/dr_ij, rows by r: xx xy xz yx yy yz zx zy zz. The heat flux is sum_i E_i v_i + sum_j W_j
  /// v_j ("centroid" virials). Their total equals that of `virials`.
  Centroids centroid_virials{};
  bool add = false; ///< add the results to the contents of the Views

  /// Allocates energies, forces and virials of n_atoms atoms, uninitialized.
  static AtomicResults make(Space const& space, int n_atoms) {
    auto const alloc = [&](char const* label) {
      return Kokkos::view_alloc(space, Kokkos::WithoutInitializing, std::string(label));
    };
    return {Array<double, Space>(alloc("kolace::evaluate::energies"), n_atoms),
            Vectors(alloc("kolace::evaluate::forces"), n_atoms),
            Tensors(alloc("kolace::evaluate::virials"), n_atoms)};
  }

  /// True if anything besides energies is requested.
  bool has_derivatives() const {
    return forces.extent(0) > 0 || virials.extent(0) > 0 || pair_gradients.extent(0) > 0 ||
           centroid_virials.extent(0) > 0;
  }
};

} // namespace kolace
