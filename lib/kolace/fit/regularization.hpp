#pragma once

#include <kolace/fit/fit_data.hpp>

#include <string>
#include <vector>

namespace kolace {

/// Groups of structures that take turns as held-out data.
inline constexpr int automatic_folds = 4;

/// Shares of the kinds of labels that the automatic solver starts from: mean squares of energies
/// per atom, force components and virial components per atom weigh 6.5 : 1 : 4 (in 1/eV^2,
/// A^2/eV^2, 1/eV^2). Measured over five data sets (bench/accuracy): test errors of energies and
/// forces are both near the best that any shares reach.
LossShares balanced_shares();

/// What cross-validation chose.
struct RegularizationChoice {
  LossShares shares;
  double strength = 0;               ///< of the ridge
  std::vector<StrengthScore> scores; ///< at these shares: mean logarithm of the held-out squares
  std::string chosen_by;
  double energy_rmse = 0, force_rmse = 0, virial_rmse = 0; ///< held out; eV/atom, eV/A, eV/atom
};

/// Strength of a ridge of these weights and, where `free_shares`, the shares of energies and
/// virials relative to forces (one, a quarter and four times `start`), by structures held out in
/// turn.
///
/// Judged by the product of the held-out errors of all kinds, which asks for no weights of its own;
/// with fixed shares by the loss. Of the strengths whose held-out error is at most `tolerance`
/// above the best the largest is taken: the tamest coefficients. One bidiagonalization per fold and
/// share.
/// @param factors with one group per fold
/// @param weights of the penalties [n_unknowns], 0: not penalised
/// @param tolerance relative
RegularizationChoice choose_regularization(SolverFactors const& factors, LossShares start,
                                           bool free_shares, std::vector<double> const& weights,
                                           double tolerance,
                                           std::vector<double> const& factors_tried = {1, 0.25, 4});

} // namespace kolace
