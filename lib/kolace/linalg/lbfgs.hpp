// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/linalg/triangular_factor.hpp>

#include <functional>
#include <vector>

namespace kolace {

/// One iteration of a learning curve.
struct LearningPoint {
  int iteration = 0;             ///< 0: before the first step
  double train = 0;              ///< the minimized loss, including penalties
  double validation = 0;         ///< sum of squares of the validation rows; NaN without any
  std::vector<double> watched{}; ///< sums of squares of LbfgsOptions::watched
};

/// Stopping criteria and memory of minimize_lbfgs().
struct LbfgsOptions {
  int max_iterations = 3000;         ///< stop after this many iterations
  double gradient_tolerance = 1e-12; ///< stop at this |gradient| relative to the initial one
  int memory = 30;                   ///< number of (step, gradient change) pairs kept
  std::vector<double> start{};       ///< initial coefficients [n_unknowns]; empty: zeros
  /// Further factors over the same unknowns whose sums of squares are recorded.
  std::vector<TriangularFactor const*> watched{};
};

/// Solution of minimize_lbfgs() and the way to it.
struct LbfgsResult {
  std::vector<double> coefficients; ///< those of the last iteration [n_unknowns]
  std::vector<LearningPoint> curve; ///< from iteration 0
  bool converged = false;           ///< the gradient fell below its tolerance
};

/// Minimizes |A c - y|^2 + sum l2_i c_i^2 + sum l1_i |c_i| by L-BFGS (Nocedal 1980), as
/// gradient-based fitting codes do. Records the loss at every iteration.
///
/// Gradients are computed from R: 2 n^2 FLOPs per evaluation. A smooth loss is a parabola along
/// each step and is minimized there exactly. With l1 (subgradient 0 at 0), steps are halved until
/// the loss decreases sufficiently, and the iteration ends when it no longer does.
/// @param validation rows whose loss is recorded but not minimized; may be null
LbfgsResult minimize_lbfgs(TriangularFactor const& factor, std::vector<double> const& l1,
                           std::vector<double> const& l2, TriangularFactor const* validation,
                           LbfgsOptions const& options);

} // namespace kolace
