// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/fit/label_agreement.hpp>
#include <kolace/fit/regularization.hpp>

namespace kolace {

/// Decisions of the automatic solver, which reduce the fit to an ordinary ridge.
struct AutomaticFit {
  FitOptions options; ///< solver: ridge of given strength
  RegularizationChoice choice;
  LabelAgreement virials;        ///< with energies and forces, on rank 0
  LabelAgreement energies;       ///< with forces, on rank 0
  bool left_out_virials = false; ///< because of their sign or unit
  /// Contribution to the loss of one row whose error is the held-out RMSE, on rank 0.
  double noise = 0;
};

/// Chooses weights of the penalty (share_similar), shares and strength (choose_regularization) on
/// rank 0, leaves out virials that contradict energies and forces unless the input asks for them,
/// and broadcasts the choice to all ranks. Fits with another solver are returned unchanged.
AutomaticFit decide(Context const& context, SolverFactors& factors, FitData& data,
                    AceBasis const& basis, FitOptions const& options);

} // namespace kolace
