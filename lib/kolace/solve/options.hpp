// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>

namespace kolace {

/// Prior whose penalties grow with n, l and rank: the penalty weight of a coefficient is the square
/// of rank_factor^(nu - 1) · sum over its factors of n^power + l_weight · l^power.
struct SmoothnessPrior {
  double power = 2;
  double l_weight = 1;
  double rank_factor = 1;
};

/// Method that minimizes the loss, and criterion that chooses the regularization strength.
struct SolverOptions {
  enum class Kind {
    /// ridge; cross-validation chooses the strength and, on request, the shares of the kinds.
    automatic,
    least_squares, ///< minimum of the loss with its L1_coeffs and L2_coeffs, computed directly
    ridge,         ///< penalty strength · sum w c^2 with w = 1 or from the prior
    truncated_svd, ///< singular values below strength · (largest one) are treated as zero
    elastic_net,   ///< penalty strength · sum w |c| plus L2_coeffs of the loss
    evidence,      ///< Bayesian ridge; noise and prior width maximize the evidence
    ard,           ///< one prior width per coefficient, all of which maximize the evidence
    lbfgs,         ///< quasi-Newton steps from zero, with a learning curve
    lsqr           ///< iterative on the rows, without forming R
  };
  enum class Choice { given, validation, evidence, gcv, folds };

  Kind kind = Kind::least_squares;
  Choice choice = Choice::given;
  double strength = 0; ///< used if the choice is `given`
  int folds = 5;
  std::optional<SmoothnessPrior> prior;
  int max_iterations = 0; ///< 0: 3000 (lbfgs), 200 (lsqr), 300 (ard)
  double tolerance = 0;   ///< 0: 1e-12 (lbfgs), 1e-10 (lsqr), 1e-4 (ard)
  int committee = 0;      ///< number of draws from the posterior
  std::uint64_t seed = 42;
};

} // namespace kolace
