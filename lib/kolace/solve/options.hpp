#pragma once

#include <cstdint>
#include <optional>

namespace kolace {

/// Prior weights that grow with n, l and rank: the penalty of a coefficient is the square of
/// rank_factor^(nu - 1) · sum over its factors of n^power + l_weight · l^power.
struct SmoothnessPrior {
  double power = 2;
  double l_weight = 1;
  double rank_factor = 1;
};

/// How the loss is minimized, and by what the strength of a regularization is chosen.
struct SolverOptions {
  enum class Kind {
    automatic,     ///< ridge; strength and, where asked, weights of the kinds by cross-validation
    least_squares, ///< exact minimum of the loss with its L1_coeffs and L2_coeffs
    ridge,         ///< strength · sum w c^2, w = 1 or of the prior
    truncated_svd, ///< singular values below strength · largest count as zero
    elastic_net,   ///< strength · sum w |c|, and L2_coeffs of the loss
    evidence,      ///< Bayesian ridge: noise and prior by the evidence
    ard,           ///< a prior width for each coefficient, by the evidence
    lbfgs,         ///< gradient steps from zero, with a learning curve
    lsqr           ///< iterative on rows: R is never formed
  };
  enum class Choice { given, validation, evidence, gcv, folds };

  Kind kind = Kind::least_squares;
  Choice choice = Choice::given;
  double strength = 0; ///< used where the choice is `given`
  int folds = 5;
  std::optional<SmoothnessPrior> prior;
  int max_iterations = 0; ///< 0: 3000 (lbfgs), 200 (lsqr), 300 (ard)
  double tolerance = 0;   ///< 0: 1e-12 (lbfgs), 1e-10 (lsqr), 1e-4 (ard)
  int committee = 0;      ///< draws from the posterior
  std::uint64_t seed = 42;
};

} // namespace kolace
