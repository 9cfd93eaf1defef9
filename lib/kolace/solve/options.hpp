// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>

namespace kolace {

/// Prior whose penalties grow with n, l and rank: the penalty weight of a coefficient is the square
/// of rank_factor^(nu - 1) s. With decay = 0, s is the sum over its factors of n^power + l_weight ·
/// l^power; with decay > 0, it is exp(decay · sum over its factors of n + l_weight · l), and
/// coefficients are expected to decrease exponentially, as those of analytic functions do.
struct SmoothnessPrior {
  double power = 2;       ///< exponent of n and l
  double decay = 0;       ///< exponent per unit of n, non-negative
  double l_weight = 1;    ///< weight of l relative to n
  double rank_factor = 1; ///< factor per rank above 1, before squaring
};

/// Method that minimizes the loss, and criterion that chooses the regularization strength.
struct SolverOptions {
  /// Method that minimizes the loss.
  enum class Kind {
    /// ridge; cross-validation chooses the strength and, on request, the shares of the kinds.
    automatic,
    least_squares, ///< minimum of the loss with its L1_coeffs and L2_coeffs, computed directly
    ridge,         ///< penalty strength · sum w c^2 with w = 1 or from the prior
    truncated_svd, ///< singular values below strength · (largest one) are treated as zero
    elastic_net,   ///< penalty strength · sum w |c| plus L2_coeffs of the loss
    evidence,      ///< Bayesian ridge; noise and prior width maximize the evidence
    ard,           ///< one prior width per coefficient, all of which maximize the evidence
    lbfgs,         ///< quasi-Newton steps, with a learning curve
    lsqr           ///< iterative on the rows, without forming R
  };
  /// Criterion that chooses the strength of ridge, truncated_svd and elastic_net.
  enum class Choice {
    given,      ///< no choice: `strength` is used
    validation, ///< loss of the test set
    evidence,   ///< Bayesian evidence; ridge only
    gcv,        ///< generalized cross-validation
    folds       ///< cross-validation: loss of the folds, each left out of the fit in turn
  };

  Kind kind = Kind::least_squares;      ///< method
  Choice choice = Choice::given;        ///< criterion for the strength
  double strength = 0;                  ///< used if the choice is `given`
  int folds = 5;                        ///< number of folds for Choice::folds
  std::optional<SmoothnessPrior> prior; ///< weights of the penalties; none: all 1
  int max_iterations = 0;               ///< 0: 3000 (lbfgs), 200 (lsqr), 300 (ard)
  double tolerance = 0;                 ///< 0: 1e-12 (lbfgs), 1e-10 (lsqr), 1e-4 (ard)
  int committee = 0;                    ///< number of draws from the posterior
  std::uint64_t seed = 42;              ///< of the draws: draw k, from 0, uses seed + k; of lbfgs
  double start = 0; ///< lbfgs: standard deviation of the initial coefficients, eV; 0: from zero
};

} // namespace kolace
