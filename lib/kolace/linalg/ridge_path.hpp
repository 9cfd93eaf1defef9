#pragma once

#include <kolace/linalg/flat_directions.hpp>
#include <kolace/linalg/triangular_factor.hpp>

#include <functional>
#include <vector>

namespace kolace {

/// Generalised ridge for every strength at once: minimises |A c - y|^2 + lambda sum_i w_i c_i^2.
///
/// Unknowns of weight 0 are free, as far as the rows determine them (FlatDirections), and
/// eliminated first. What is left is brought to standard form, R W^-1/2 = U S V^T, once; a strength
/// then costs O(n^2) for coefficients and O(n) for the rest.
class RidgePath {
public:
  /// @param weights [n_unknowns], not negative
  /// @throws std::invalid_argument for a wrong number of weights or a negative one
  RidgePath(TriangularFactor const& factor, std::vector<double> const& weights);

  /// Singular values of R W^-1/2, descending.
  std::vector<double> const& singular_values() const { return s_; }
  double n_rows() const { return n_rows_; }
  int n_free() const { return n_free_; }

  /// The minimiser, O(n^2). strength 0: least squares of least sum w c^2.
  std::vector<double> coefficients(double strength) const;
  /// The minimiser by a QR update with the penalty and back substitution, O(n^3): its loss is right
  /// at any condition and for columns of any length, and it is the posterior mean of
  /// solve_evidence. @pre strength > 0
  std::vector<double> solve(double strength) const;
  /// Least squares in the space of the `rank` largest singular values (truncated SVD).
  std::vector<double> truncated(int rank) const;

  /// |A c - y|^2 at the minimiser.
  double residual_square(double strength) const;
  double truncated_residual_square(int rank) const;
  /// Effective number of parameters, the trace of the matrix that maps y to A c.
  double degrees_of_freedom(double strength) const;

  /// Generalised cross-validation M |A c - y|^2 / (M - dof)^2 with M rows; to be minimised.
  double gcv(double strength) const;
  double truncated_gcv(int rank) const;

  /// Noise precision beta that maximises the evidence at this strength:
  /// (M - n_free) / (|A c - y|^2 + lambda sum w c^2).
  double noise_precision(double strength) const;
  /// Logarithm of the evidence p(y | lambda, beta) at that beta, for Gaussian noise of precision
  /// beta, a prior of precision beta lambda w_i on c_i and flat priors on free unknowns (MacKay
  /// 1992).
  double log_evidence(double strength) const;

private:
  std::vector<double> unknowns_from(std::vector<double> const& rotated) const;
  double gcv_of(double residual_square, double dof) const;

  FlatDirections flat_;
  int n_ = 0, n_free_ = 0;              ///< reduced unknowns, and the free ones among them
  double n_rows_ = 0, rest_square_ = 0; ///< |y|^2 outside the columns
  double log_free_ = 0;                 ///< log det of the free block and of W
  TriangularFactor ordered_;            ///< free unknowns first
  std::vector<double> root_weights_;    ///< of the penalised unknowns, in order
  std::vector<double> s_, along_;       ///< U^T y
  std::vector<double> vt_;
};

/// The minimiser of |A c - y|^2 + strength sum_i w_i c_i^2 by a QR update with the penalty and back
/// substitution. @pre strength > 0
std::vector<double> solve_ridge(TriangularFactor const& factor, std::vector<double> const& weights,
                                double strength);

/// A minimum of a function of a logarithmic strength: a grid over [low, high], then golden section
/// around its best point. `grid` receives the points of the grid and their values if given.
double minimise_strength(std::function<double(double)> const& score, double low, double high,
                         int points, std::vector<std::pair<double, double>>* grid = nullptr);

} // namespace kolace
