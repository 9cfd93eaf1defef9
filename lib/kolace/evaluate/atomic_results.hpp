#pragma once

#include <kolace/core/types.hpp>

#include <string>

namespace kolace {

/// Where results go: Views of the caller's, on the evaluator's space, by atom. A View without
/// entries is a result that is not wanted, and costs nothing. Energies and virials need entries for
/// the centers alone where those are the first atoms, else for all atoms.
template <class Space> struct AtomicResults {
  using Vectors = Kokkos::View<double* [3], Kokkos::LayoutRight, typename Space::memory_space>;
  using Tensors = Kokkos::View<double* [6], Kokkos::LayoutRight, typename Space::memory_space>;
  using Centroids = Kokkos::View<double* [9], Kokkos::LayoutRight, typename Space::memory_space>;

  Array<double, Space> energies{}; ///< eV, E0 included; 0 for atoms that are no centers
  Vectors forces{};                ///< eV/A [n_atoms], ghosts too: what the centers' energies exert
  Tensors virials{};               ///< eV, Voigt, -sum_j r_ij (x) dE_i/dr_ij of center i's energy
  /// dE_i / d r_ij of each pair in compressed rows, eV/A [n_pairs]; 0 beyond the cutoff. The force
  /// on j is the sum of -dE_i/dr_ij over centers i.
  Vectors pair_gradients{};
  /// Virials by the atom that is acted on, eV [n_atoms], ghosts too: -sum_i r_ij (x) dE_i/dr_ij,
  /// rows by r: xx xy xz yx yy yz zx zy zz. The heat flux is sum_j W_j v_j beside sum_i E_i v_i
  /// ("centroid" virials). Summed as `virials`, they give the same total.
  Centroids centroid_virials{};
  bool add = false; ///< are results added to the Views' contents?

  /// Energies, forces and virials of n_atoms atoms; not initialized.
  static AtomicResults make(Space const& space, int n_atoms) {
    auto const alloc = [&](char const* label) {
      return Kokkos::view_alloc(space, Kokkos::WithoutInitializing, std::string(label));
    };
    return {Array<double, Space>(alloc("kolace::evaluate::energies"), n_atoms),
            Vectors(alloc("kolace::evaluate::forces"), n_atoms),
            Tensors(alloc("kolace::evaluate::virials"), n_atoms)};
  }

  bool has_derivatives() const {
    return forces.extent(0) > 0 || virials.extent(0) > 0 || pair_gradients.extent(0) > 0 ||
           centroid_virials.extent(0) > 0;
  }
};

} // namespace kolace
