// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/evaluate/atomic_results.hpp>
#include <kolace/evaluate/center_blocks.hpp>
#include <kolace/evaluate/detail/force_sum.hpp>
#include <kolace/evaluate/detail/pair_store.hpp>
#include <kolace/evaluate/potential_graph.hpp>
#include <kolace/evaluate/site_energy.hpp>
#include <kolace/model/ace_potential.hpp>
#include <kolace/model/device_basis.hpp>

#include <memory>

namespace kolace::detail {

/// An evaluation in one precision.
template <class Space> struct Evaluation {
  AcePotential potential; ///< in an ordinary basis

  virtual ~Evaluation() = default;
  virtual void operator()(Space const& space, NeighborsView<Space> const& pairs,
                          AtomicResults<Space> const& results) = 0;
};

/// Tables and workspace of an Evaluator. Scalar: type of pair functions, rows and adjoints.
template <class Space, class Scalar = double> struct EvaluatorState : Evaluation<Space> {
  EvaluatorState(Space const& space, AcePotential&& ordinary);
  void operator()(Space const& space, NeighborsView<Space> const& pairs,
                  AtomicResults<Space> const& results) override;

  /// The basis without its graph of functions. Its layout has only the rows of the atomic basis
  /// that are computed: if rank 1 is summed, layout.n_radial is the number of densities, and one
  /// more for a tabulated core repulsion.
  DeviceBasis<Space, Scalar> basis;
  PotentialGraph<Space, Scalar> graph;
  Array<double, Space> reference_energy;
  std::unique_ptr<SiteEnergy<Space, Scalar>> site_energy; ///< null: linear
  // Workspace, grown on demand.
  CenterBlocks<Space, Scalar> blocks;
  LaneTable<Space, Scalar> values, adjoints;
  PairStore<Space, Scalar> store;
  ForceSum<Space> forces;
};

} // namespace kolace::detail
