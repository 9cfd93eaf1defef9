#pragma once

#include <kolace/evaluate/center_blocks.hpp>
#include <kolace/evaluate/detail/force_sum.hpp>
#include <kolace/evaluate/potential_graph.hpp>
#include <kolace/evaluate/site_energy.hpp>
#include <kolace/model/ace_potential.hpp>
#include <kolace/model/device_basis.hpp>

#include <memory>

namespace kolace::detail {

/// What an Evaluator holds.
template <class Space> struct EvaluatorState {
  AcePotential potential; ///< over an ordinary basis
  /// Without its graph of functions. Its rows are what is computed of the atomic basis:
  /// layout.n_radial is the number of densities where rank 1 is summed.
  DeviceBasis<Space> basis;
  PotentialGraph<Space> graph;
  Array<double, Space> reference_energy;
  std::unique_ptr<SiteEnergy<Space>> site_energy; ///< none: linear
  // Workspace, grown on demand.
  CenterBlocks<Space> blocks;
  LaneTable<Space> values, adjoints;
  ForceSum<Space> forces;
};

} // namespace kolace::detail
