// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/fit/fit_data.hpp>

#include <string>
#include <vector>

namespace kolace {

/// Number of groups of structures that are held out in turn.
inline constexpr int automatic_folds = 4;

/// Initial shares of the kinds of labels for the automatic solver: mean squares of energies per
/// atom, force components and virial components per atom are weighted 10 : 1 : 0.25 (in 1/eV^2,
/// A^2/eV^2, 1/eV^2). With these shares, the test errors of both energies and forces are near the
/// best that any shares reach (bench/accuracy), and those of virials within 10 %.
LossShares balanced_shares();

/// Result of cross-validation.
struct RegularizationChoice {
  LossShares shares;
  double strength = 0; ///< strength of the ridge
  /// At these shares: mean logarithm of the held-out mean squares of all folds and kinds, or of the
  /// folds' held-out losses if the shares are fixed.
  std::vector<StrengthScore> scores;
  std::string chosen_by;
  double energy_rmse = 0, force_rmse = 0, virial_rmse = 0; ///< held out; eV/atom, eV/A, eV/atom
};

/// Chooses the strength of a ridge with these weights and, if `free_shares`, the shares of energies
/// and virials relative to forces (1, 1/4 and 4 times those of `start`), by holding out each group
/// in turn.
///
/// The score is the geometric mean of the held-out mean squares of all folds and kinds (virials
/// with half the exponent), which needs no weights of its own; with fixed shares it is the
/// geometric mean of the folds' losses. One structure unlike all others thus spoils its fold only.
/// Of the strengths whose score is at most `tolerance` above the best, the largest is taken, since
/// it gives the smallest coefficients. One bidiagonalization per fold and share.
/// @param factors factors with one group per fold
/// @param weights weights of the penalties [n_unknowns]; 0: not penalized
/// @param tolerance relative increase of the score
RegularizationChoice choose_regularization(SolverFactors const& factors, LossShares start,
                                           bool free_shares, RidgeWeights const& weights,
                                           double tolerance,
                                           std::vector<double> const& factors_tried = {1, 0.25, 4});

} // namespace kolace
