// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/linalg/triangular_factor.hpp>

#include <vector>

namespace kolace {

/// Minimizes |A c - y|^2 + strength · sum_i w_i |c_i| exactly, by an active-set method on R.
///
/// Unknowns enter by their gradient and leave when they would change sign (as in Lawson and
/// Hanson's method for non-negative least squares). R of the active columns is updated by
/// reflections and rotations, never formed from normal equations, so that condition numbers of 1e12
/// pose no problem. An update costs O(n^2). Solving for decreasing strengths starts from the last
/// solution. To add squares c_i^2 (elastic net), call TriangularFactor::add_penalty on the factor
/// first.
class ElasticNet {
public:
  /// @param weights [n_unknowns], non-negative; 0: not penalized
  /// @throws std::invalid_argument for a wrong number of weights or a negative weight
  ElasticNet(TriangularFactor const& factor, std::vector<double> const& weights);

  /// The smallest strength at which every penalized unknown is zero.
  double largest_strength();

  /// The minimizer at this strength, found starting from the last solution: faster the closer the
  /// two strengths are.
  /// @pre strength >= 0
  /// @throws std::runtime_error if the active set does not settle
  std::vector<double> const& solve(double strength);

  /// Number of active unknowns; all others are zero.
  int n_active() const { return static_cast<int>(active_.size()); }

private:
  double* column(int j) { return matrix_.data() + static_cast<std::size_t>(j) * n_; }
  std::vector<double> gradient();
  bool enter(int unknown, double sign);
  void leave(int position);
  void settle(double strength);
  std::vector<double> target(double strength);

  int n_;
  std::vector<double> weights_;
  std::vector<double> matrix_; ///< Q^T [R | y], column-major; active columns: upper triangular
  std::vector<double> scale_;  ///< rounding error of each unknown's gradient
  std::vector<int> active_;
  std::vector<double> signs_; ///< signs of the active unknowns; 0: not penalized
  std::vector<char> blocked_; ///< depends on the active ones, or left again at once
  std::vector<double> coefficients_;
};

} // namespace kolace
