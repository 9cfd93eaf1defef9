// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/linalg/reduced_unknowns.hpp>
#include <kolace/linalg/triangular_factor.hpp>

#include <functional>
#include <vector>

namespace kolace {

/// Generalized ridge regression for all strengths lambda: minimizes |A c - y|^2 + lambda sum_i w_i
/// c_i^2.
///
/// Unknowns of weight 0 are free as far as the rows determine them (ReducedUnknowns) and are
/// eliminated first. The remaining problem is brought to standard form, R W^-1/2 = U S V^T, once;
/// each strength then costs O(n^2) for the coefficients and O(n) for everything else.
class RidgePath {
public:
  /// @param weights [n_unknowns], non-negative
  /// @throws std::invalid_argument for a wrong number of weights or a negative weight
  RidgePath(TriangularFactor const& factor, RidgeWeights const& weights);

  /// Singular values of R W^-1/2, descending.
  std::vector<double> const& singular_values() const { return s_; }
  /// Number of rows of the factor.
  double n_rows() const { return n_rows_; }
  /// Number of directions of unpenalized unknowns that the rows determine.
  int n_free() const { return n_free_; }

  /// The minimizer, O(n^2). strength 0: the least-squares solution with the smallest sum w c^2.
  std::vector<double> coefficients(double strength) const;
  /// The minimizer by a QR update with the penalty and back substitution, O(n^3). Its loss is
  /// accurate for any condition number and columns of any length, and it equals the posterior mean
  /// of solve_evidence(). @pre strength > 0
  std::vector<double> solve(double strength) const;
  /// Least squares restricted to the `rank` largest singular values (truncated SVD).
  std::vector<double> truncated(int rank) const;

  /// |A c - y|^2 at the minimizer.
  double residual_square(double strength) const;
  double truncated_residual_square(int rank) const;
  /// Effective number of parameters, the trace of the matrix that maps y to A c.
  double degrees_of_freedom(double strength) const;

  /// Generalized cross-validation M |A c - y|^2 / (M - dof)^2 with M rows; to be minimized.
  double gcv(double strength) const;
  double truncated_gcv(int rank) const;

  /// Noise precision beta that maximizes the evidence at this strength: (M - n_free) / (|A c - y|^2
  /// + lambda sum w c^2).
  double noise_precision(double strength) const;
  /// Logarithm of the evidence p(y | lambda, beta) at this beta, for Gaussian noise of precision
  /// beta, a prior of precision beta lambda w_i on c_i, and flat priors (density 1) on the free
  /// unknowns (MacKay 1992).
  double log_evidence(double strength) const;

private:
  std::vector<double> unknowns_from(std::vector<double> const& rotated) const;
  double gcv_of(double residual_square, double dof) const;

  ReducedUnknowns flat_;
  int n_ = 0, n_free_ = 0;              ///< reduced unknowns, and the free ones among them
  double n_rows_ = 0, rest_square_ = 0; ///< number of rows; |y|^2 outside the column space
  double log_free_ = 0;                 ///< log |det| of the free unknowns' block of R
  TriangularFactor ordered_;            ///< free unknowns first
  std::vector<double> root_weights_;    ///< of the penalized unknowns, in order
  std::vector<double> s_, along_;       ///< S; U^T y
  std::vector<double> vt_;
};

/// The minimizer of |A c - y|^2 + strength sum_i w_i c_i^2 by a QR update with the penalty and back
/// substitution. @pre strength > 0
std::vector<double> solve_ridge(TriangularFactor const& factor, RidgeWeights const& weights,
                                double strength);

/// Minimizes score(strength) over the logarithm of the strength: a grid over [low, high], then
/// golden section around the best grid point. `grid`, if given, receives the grid's strengths and
/// scores.
double minimize_strength(std::function<double(double)> const& score, double low, double high,
                         int points, std::vector<std::pair<double, double>>* grid = nullptr);

} // namespace kolace
