// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/fit/regularization.hpp>

#include <optional>

namespace kolace {

/// Agreement of virials per atom with their labels for a fit that does not use them.
struct VirialAgreement {
  double slope = 0; ///< regression slope of predictions on labels; 1 if sign and unit are right
  double correlation = 0; ///< cosine of the angle between predictions and labels
  bool contradicts() const { return correlation < -0.5; }
  bool wrong_unit() const { return correlation > 0.7 && (slope < 0.5 || slope > 2); }
};

/// Decisions of the automatic solver, which reduce the fit to an ordinary ridge.
struct AutomaticFit {
  FitOptions options; ///< solver: ridge of given strength
  RegularizationChoice choice;
  std::optional<VirialAgreement> virials; ///< if the data have virials, on rank 0
  bool left_out_virials = false;          ///< because of their sign or unit
};

/// Chooses shares and strength (choose_regularization) on rank 0, leaves out virials that
/// contradict energies and forces unless the input asks for them, adds the prior of compressed
/// crystals (compression_prior) to the factors if pair repulsion is the baseline, and broadcasts
/// the choice to all ranks. Fits with another solver are returned unchanged.
AutomaticFit decide(Context const& context, SolverFactors& factors, FitData& data,
                    std::shared_ptr<AceBasis const> const& basis, FitOptions const& options,
                    std::vector<double> const& shortest_distances);

} // namespace kolace
