#pragma once

#include <kolace/linalg/triangular_factor.hpp>

#include <vector>

namespace kolace {

/// Minimises |A c - y|^2 + strength · sum_i w_i |c_i| exactly, by active sets on R.
///
/// Unknowns enter by their gradient and leave where they would change sign (as in Lawson and
/// Hanson's method for non-negative least squares); R of the active columns is updated by
/// reflections and rotations, never formed from normal equations, so that conditions of 1e12 are no
/// obstacle. An update costs O(n^2). Solving for falling strengths starts from the last solution.
/// Squares c_i^2 (the elastic net) are added to the factor before: TriangularFactor::add_penalty.
class ElasticNet {
public:
  /// @param weights [n_unknowns], not negative; 0: not penalised
  /// @throws std::invalid_argument for a wrong number of weights or a negative one
  ElasticNet(TriangularFactor const& factor, std::vector<double> const& weights);

  /// The smallest strength at which every penalised unknown is zero.
  double largest_strength();

  /// The minimiser at this strength; the better from the last one the closer the two are.
  /// @pre strength >= 0
  /// @throws std::runtime_error if the active set does not settle
  std::vector<double> const& solve(double strength);

  /// Unknowns that are not zero.
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
  std::vector<double> scale_;  ///< rounding error of each gradient
  std::vector<int> active_;
  std::vector<double> signs_; ///< of active unknowns, 0 where free
  std::vector<char> blocked_; ///< depends on the active ones, or fell back at once
  std::vector<double> coefficients_;
};

} // namespace kolace
