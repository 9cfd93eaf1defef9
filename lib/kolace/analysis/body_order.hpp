// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/model/ace_potential.hpp>
#include <kolace/structure/structure.hpp>

#include <Kokkos_Core.hpp>

#include <span>
#include <vector>

namespace kolace {

/// Many-body expansion of a model's energy over one cluster (CONVENTIONS.md §11).
///
/// V of a set of atoms is the part of its energy, in isolation, that exceeds the V of all proper
/// subsets: V of one atom is its energy, V of a pair is E - V(a) - V(b), and so on by inclusion and
/// exclusion. The sum of V over all subsets is the energy of the cluster.
struct ClusterExpansion {
  /// V of each subset, eV; bit i of the index is set if atom i is in the subset. Entry 0 is 0.
  std::vector<double> terms;

  double of_all() const { return terms.back(); } ///< V of the whole cluster
  /// Sum of V over the subsets with this many atoms, eV.
  double of_size(int n_atoms) const;
};

/// Expands clusters; all sub-clusters are evaluated in batches.
/// @param clusters non-periodic structures of up to 8 atoms
/// @throws std::invalid_argument for larger or periodic structures and those without atoms
std::vector<ClusterExpansion> expand_clusters(Kokkos::DefaultExecutionSpace const& space,
                                              AcePotential const& potential,
                                              std::span<Structure const> clusters);

/// A cluster and the sign of its energy in a sum.
struct SignedCluster {
  Structure structure; ///< non-periodic
  double sign = 1;     ///< 1 or -1
};

/// The sub-clusters of two and more atoms whose signed energies, relative to free atoms, add up to
/// V of the whole cluster.
/// @throws std::invalid_argument as expand_clusters(), or for fewer than two atoms
std::vector<SignedCluster> inclusion_exclusion(Structure const& cluster);

/// The same model with the coefficients of one rank only and without E0.
AcePotential rank_part(AcePotential const& potential, int rank);

/// A non-periodic cluster of these elements (atomic numbers); positions in Angstrom.
Structure make_cluster(std::vector<int> const& numbers, std::vector<Vec3> const& positions);

/// Random clusters as samples for V_n: atoms within a ball, no two closer than `closest`
/// (Angstrom). The same seed gives the same clusters on every platform.
/// @param radius radius of the ball, Angstrom; it grows until the atoms fit
std::vector<Structure> sample_clusters(std::vector<int> const& numbers, int count, double closest,
                                       double radius, std::uint64_t seed);

} // namespace kolace
