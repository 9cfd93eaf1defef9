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
  /// If the data have virials, on rank 0; none if they agree with energies and forces in a joint
  /// fit.
  std::optional<VirialAgreement> virials;
  bool left_out_virials = false; ///< because of their sign or unit
  /// Contribution to the loss of one row whose error is the held-out RMSE, on rank 0.
  double noise = 0;
};

/// Chooses weights of the penalty (share_similar), shares and strength (choose_regularization) on
/// rank 0, leaves out virials that contradict energies and forces unless the input asks for them
/// (in a joint fit, virials of the other sign or unit agree better with them),
/// and broadcasts the choice to all ranks. Fits with another solver are returned unchanged.
AutomaticFit decide(Context const& context, SolverFactors& factors, FitData& data,
                    AceBasis const& basis, FitOptions const& options);

} // namespace kolace
