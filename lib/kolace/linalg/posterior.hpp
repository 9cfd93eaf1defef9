#pragma once

#include <kolace/linalg/flat_directions.hpp>
#include <kolace/linalg/triangular_factor.hpp>

#include <cstdint>
#include <vector>

namespace kolace {

/// A Gaussian over the unknowns: mean, and a triangle T with covariance T^-1 D T^-T. D is 1/beta
/// times the identity unless calibrate() has set it. Unknowns that were pruned are exactly zero.
class Posterior {
public:
  Posterior() = default;
  /// @param precision R of the rows and the prior together, over the reduced unknowns `kept`, in
  /// units of the noise
  Posterior(TriangularFactor const& precision, std::vector<int> kept, FlatDirections const& flat,
            double noise_precision);

  std::vector<double> const& mean() const { return mean_; }
  double noise_precision() const { return beta_; }
  int n_kept() const { return static_cast<int>(kept_.size()); }
  /// Unknowns with a prior that were not pruned.
  std::vector<int> kept() const;

  /// Covariance of two unknowns.
  double covariance(int i, int j) const;
  /// Variance of each unknown with a prior; 0 for the others and where pruned.
  std::vector<double> variances() const;
  /// A draw from the posterior; the same for the same seed on every platform.
  std::vector<double> sample(std::uint64_t seed) const;
  /// Sum over rows x of the variance of x . c, the noise left out: |R T^-1 D^1/2|^2 for the rows'
  /// factor R.
  double variance_of(TriangularFactor const& rows) const;
  /// Standard deviation of x . c for each row x.
  /// @param rows column-major, the unknowns' columns first, leading dimension ld >= m
  std::vector<double> deviations(double const* rows, int m, int ld) const;

  /// X T^-1 of m rows X, column-major [n_kept][m]: the leverages X A^-1 X^T, A = T^T T, are
  /// products of its rows. Layout of `rows` as in deviations().
  std::vector<double> whitened_rows(double const* rows, int m, int ld) const;
  /// R T^-1 of the part of the rows that the posterior was made of, column-major
  /// [n_kept][n_unknowns].
  std::vector<double> whitened_part(TriangularFactor const& part) const;

  /// Sets D = rest I + (along - rest) G with G = T^-T R^T R T^-1 between 0 and 1: directions get a
  /// mixture of two variances by the share of their precision that comes from the rows of `part`.
  /// @param part R of some of the rows that the posterior was made of
  /// @return false where rounding leaves no such D (conditions beyond 1e16): nothing is changed
  /// @pre along >= 0, rest >= 0, not both zero
  bool calibrate(TriangularFactor const& part, double along, double rest);

private:
  /// T^-T times the share of each kept reduced unknown in an unknown.
  std::vector<double> whitened(int unknown) const;
  /// Rows (column-major, [n_kept] columns) times D^1/2.
  void scale_rows(std::vector<double>& rows, int m) const;

  FlatDirections flat_;
  std::vector<int> kept_;        ///< of the reduced unknowns
  std::vector<double> triangle_; ///< T, upper, column-major [n_kept][n_kept]
  std::vector<double> root_;     ///< U with D = U^T U, as T; empty: beta^-1/2 I
  std::vector<double> mean_;
  double beta_ = 1;
};

/// The posterior whose mean is solve_ridge's: noise of precision beta, estimated from the residual,
/// and a prior of precision beta strength w_i. Columns of zeros are left out. @pre strength > 0
Posterior ridge_posterior(TriangularFactor const& factor, std::vector<double> const& weights,
                          double strength);

} // namespace kolace
