// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/evaluate/center_blocks.hpp>
#include <kolace/evaluate/detail/force_sum.hpp>
#include <kolace/evaluate/potential_graph.hpp>
#include <kolace/evaluate/site_energy.hpp>
#include <kolace/model/ace_potential.hpp>
#include <kolace/model/device_basis.hpp>

#include <memory>

namespace kolace::detail {

/// Tables and workspace of an Evaluator.
template <class Space> struct EvaluatorState {
  AcePotential potential; ///< in an ordinary basis
  /// The basis without its graph of functions. Its layout has only the rows of the atomic basis
  /// that are computed: layout.n_radial is the number of densities if rank 1 is summed.
  DeviceBasis<Space> basis;
  PotentialGraph<Space> graph;
  Array<double, Space> reference_energy;
  std::unique_ptr<SiteEnergy<Space>> site_energy; ///< null: linear
  // Workspace, grown on demand.
  CenterBlocks<Space> blocks;
  LaneTable<Space> values, adjoints;
  ForceSum<Space> forces;
};

} // namespace kolace::detail
