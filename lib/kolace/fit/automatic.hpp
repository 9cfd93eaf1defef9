#pragma once

#include <kolace/fit/regularization.hpp>

#include <optional>

namespace kolace {

/// Predicted against labelled virials per atom, of a fit that does not see them.
struct VirialAgreement {
  double slope = 0;       ///< of predictions on labels; 1 where sign and unit are right
  double correlation = 0; ///< cosine of the two
  bool contradicts() const { return correlation < -0.5; }
  bool wrong_unit() const { return correlation > 0.7 && (slope < 0.5 || slope > 2); }
};

/// A fit with the automatic solver, decided: an ordinary ridge.
struct AutomaticFit {
  FitOptions options; ///< solver ridge of given strength
  RegularizationChoice choice;
  std::optional<VirialAgreement> virials; ///< where the data have virials, on rank 0
  bool left_out_virials = false;          ///< for their sign or unit
};

/// Chooses shares and strength (choose_regularization) on rank 0, leaves out virials that
/// contradict energies and forces where the input does not ask for them, adds the prior of
/// compressed crystals (compression_prior) to the factors where the fit has pair repulsion as
/// baseline, and tells all ranks. Fits with another solver are returned as they are.
AutomaticFit decide(SolverFactors& factors, FitData& data,
                    std::shared_ptr<AceBasis const> const& basis, FitOptions const& options,
                    std::vector<double> const& shortest_distances, Communicator const& ranks);

} // namespace kolace
