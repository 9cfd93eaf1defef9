#pragma once

#include <kolace/model/ace_potential.hpp>
#include <kolace/structure/structure.hpp>

#include <span>
#include <vector>

namespace kolace {

/// The many-body expansion of a model over one cluster (CONVENTIONS.md §11).
///
/// V of a set of atoms is what their isolated energy has beyond all their subsets: V of one atom is
/// its energy, V of a pair E - V(a) - V(b), and so on by inclusion and exclusion. The sum of V over
/// all subsets is the energy of the cluster.
struct ClusterExpansion {
  /// V of each subset, eV; bit i of the index: atom i. Entry 0 is 0.
  std::vector<double> terms;

  double of_all() const { return terms.back(); } ///< V of the whole cluster
  /// Sum over the subsets of this many atoms.
  double of_size(int n_atoms) const;
};

/// Expands clusters; all sub-clusters of all clusters are evaluated in batches.
/// @param clusters open structures of up to 8 atoms
/// @throws std::invalid_argument for larger ones, periodic ones and those without atoms
std::vector<ClusterExpansion> expand_clusters(AcePotential const& potential,
                                              std::span<Structure const> clusters);

/// The same model with the coefficients of one rank alone, and no E0.
AcePotential rank_part(AcePotential const& potential, int rank);

/// An open cluster of these elements (atomic numbers).
Structure make_cluster(std::vector<int> const& numbers, std::vector<Vec3> const& positions);

/// Random clusters for samples of V_n: atoms within a ball, no two closer than `closest`.
/// The same for the same seed on every platform.
/// @param radius of the ball, Angstrom; grown until the atoms fit
std::vector<Structure> sample_clusters(std::vector<int> const& numbers, int count, double closest,
                                       double radius, std::uint64_t seed);

} // namespace kolace
