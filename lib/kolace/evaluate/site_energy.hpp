// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/evaluate/atomic_results.hpp>
#include <kolace/evaluate/center_blocks.hpp>
#include <kolace/evaluate/detail/core_functions.hpp>
#include <kolace/evaluate/detail/force_sum.hpp>
#include <kolace/evaluate/potential_graph.hpp>
#include <kolace/model/ace_potential.hpp>
#include <kolace/model/radial_tables.hpp>
#include <kolace/neighbors/neighbors_view.hpp>

namespace kolace {

/// Embedding and core cutoff of one element.
struct ElementEmbedding {
  int n_densities = 1;
  bool shifted = true; ///< FinnisSinclairShiftedScaled
  double weight[largest_n_densities] = {}, exponent[largest_n_densities] = {};
  double rho_core_cutoff = 0, rho_core_width = 1, reference_energy = 0;
};

/// Core repulsion phi of each pair of elements, [n_elements^2], eV and eV/Angstrom; empty if the
/// potential has none, or one of type zbl.
std::vector<PairFunction> core_functions(AcePotential const& potential);

/// Site energies that are not linear in B: several densities, embeddings, core repulsion and inner
/// cutoffs of type zbl (CONVENTIONS.md §6). Scalar: type of the rows; energies and cores are
/// doubles. Holds the tables and workspace of one evaluator.
template <class Space, class Scalar = double> class SiteEnergy {
public:
  /// @param layout rows of the atomic basis
  /// @param tabulated true: the last rank-1 row of each neighbor element is the sum of phi, and
  /// its forces come with those of rank 1
  /// @pre potential.basis is an ordinary basis
  SiteEnergy(Space const& space, AcePotential const& potential, RowLayout const& layout,
             bool tabulated);

  /// Unless cores are tabulated, computes the core density and the closest neighbor of every
  /// center, and adds the forces and virials of additive cores to the results. Call before embed().
  /// @param forces sum that receives the forces, between begin() and finish()
  void sum_core(Space const& space, NeighborsView<Space> const& pairs,
                typename detail::ForceSum<Space>::Target const& forces,
                AtomicResults<Space> const& results);

  /// Adds the energies of the centers of `blocks` to `energies` (by atom; may be empty) and
  /// computes dE/dA for each row of their atomic basis.
  void embed(Space const& space, PotentialGraph<Space, Scalar> const& graph,
             NeighborsView<Space> const& pairs, CenterBlocks<Space, Scalar> const& blocks,
             LaneTable<Space, Scalar> const& values, LaneTable<Space, Scalar> const& adjoints,
             Array<double, Space> const& energies);

  /// Adds the forces and virials of core repulsion and inner cutoffs that sum_core() has not added.
  /// Call after embed().
  /// @param forces sum that receives the forces, between begin() and finish()
  void add_core_forces(Space const& space, NeighborsView<Space> const& pairs,
                       typename detail::ForceSum<Space>::Target const& forces,
                       AtomicResults<Space> const& results) const;

private:
  bool sums_core_ = false, zbl_ = false; ///< the kernels of this class sum the core
  RowLayout core_rows_;                  ///< n_radial 0: no row is a core
  int n_elements_ = 0;
  Array<ElementEmbedding, Space> elements_;
  Array<detail::CoreBond, Space> bonds_; ///< [n_elements^2]
  // Workspace, one entry per center, grown on demand.
  Array<double, Space> core_density_, core_weight_, closest_distance_, closest_weight_;
  Array<int, Space> closest_neighbor_; ///< index within the row of the center
};

} // namespace kolace
