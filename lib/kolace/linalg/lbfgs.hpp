#pragma once

#include <kolace/linalg/triangular_factor.hpp>

#include <functional>
#include <vector>

namespace kolace {

/// One iteration of a learning curve.
struct LearningPoint {
  int iteration = 0;
  double train = 0;      ///< the loss that is minimised, penalties included
  double validation = 0; ///< loss of the validation rows alone; NaN without any
};

/// How a minimisation goes on and ends.
struct LbfgsOptions {
  int max_iterations = 3000;
  double gradient_tolerance = 1e-12; ///< |gradient| relative to that at the start
  int memory = 30;                   ///< pairs of steps remembered
};

struct LbfgsResult {
  std::vector<double> coefficients;
  std::vector<LearningPoint> curve; ///< from iteration 0
  bool converged = false;           ///< the gradient fell below its tolerance
};

/// Minimises |A c - y|^2 + sum l2_i c_i^2 + sum l1_i |c_i| from c = 0 by L-BFGS (Nocedal 1980), as
/// gradient-based fitting codes do; records the loss at every iteration.
///
/// Gradients are taken on R: 4 n^2 FLOPs an evaluation. A smooth loss is a parabola along each step
/// and minimised there exactly; with l1, whose subgradient is 0 at 0, steps are halved until the
/// loss falls enough, and it ends where it does not fall any more.
/// @param validation rows that are watched, not fitted; may be null
LbfgsResult minimise_lbfgs(TriangularFactor const& factor, std::vector<double> const& l1,
                           std::vector<double> const& l2, TriangularFactor const* validation,
                           LbfgsOptions const& options);

} // namespace kolace
