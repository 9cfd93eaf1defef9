// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/linalg/reduced_unknowns.hpp>
#include <kolace/linalg/triangular_factor.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace kolace {

/// Gaussian distribution of the unknowns: the mean, and a triangle T with covariance T^-1 D T^-T. D
/// is 1/beta times the identity unless calibrate() has set it. Pruned unknowns are exactly zero.
class Posterior {
public:
  Posterior() = default;
  /// @param precision R of the rows and the prior together, over the reduced unknowns `kept`, in
  /// units of the noise
  /// @param prior precisions of the prior in these units [n_kept]; empty: calibrate() treats the
  /// prior like rows
  Posterior(TriangularFactor const& precision, std::vector<int> kept, ReducedUnknowns const& flat,
            double noise_precision, std::vector<double> prior = {});

  /// Mean of all unknowns [n_unknowns]; exactly 0 for pruned ones.
  std::vector<double> const& mean() const { return mean_; }
  /// Inverse variance of the noise, beta; 1 once calibrate() has set D.
  double noise_precision() const { return beta_; }
  /// Number of reduced unknowns in the distribution: those without a prior, and those not pruned.
  int n_kept() const { return static_cast<int>(kept_.size()); }
  /// Indices of the unknowns with a prior that were not pruned.
  std::vector<int> kept() const;

  /// Covariance of two unknowns.
  double covariance(int i, int j) const;
  /// Variance of each unknown with a prior; 0 for pruned unknowns and those without a prior.
  std::vector<double> variances() const;
  /// A sample from the posterior; the same for the same seed on every platform.
  std::vector<double> sample(std::uint64_t seed) const;
  /// Sum over rows x of the variance of x . c, without the noise: |R T^-1 D^1/2|^2 for the factor R
  /// of the rows.
  double variance_of(TriangularFactor const& rows) const;
  /// Standard deviation of x . c for each row x.
  /// @param rows column-major [m][>= n_unknowns], columns of the unknowns first, leading dimension
  /// ld >= m
  std::vector<double> deviations(double const* rows, int m, int ld) const;

  /// X T^-1 for m rows X, column-major [n_kept][m]. Inner products of its rows are the leverages X
  /// A^-1 X^T, A = T^T T. Layout of `rows` as in deviations().
  std::vector<double> whitened_rows(double const* rows, int m, int ld) const;
  /// R T^-1 for the factor R of some of the rows that the posterior was made of, column-major
  /// [n_kept][n_unknowns].
  std::vector<double> whitened_part(TriangularFactor const& part) const;

  /// P^1/2 T^-1 for the prior's precisions P, column-major [n_kept][n_kept]; empty without them.
  std::vector<double> whitened_prior() const;
  /// Variance w, in units of the prior's inverse precision P^-1, at which the prior predicts rows x
  /// to be as large as the mean does: sum (x c)^2 = w sum x P^-1 x^T over the unknowns with a
  /// prior. None without such unknowns, or if the rows do not depend on them.
  ///
  /// The obvious estimate, the mean of P c^2, is larger by orders of magnitude because of large
  /// coefficients that cancel in all rows. A prior of that width would predict much too large
  /// values for rows in which they do not cancel.
  /// @param rows R of the rows
  std::optional<double> prior_width(TriangularFactor const& rows) const;

  /// Sets D = rest I + (along - rest) G + (prior - rest) G_P with G = T^-T R^T R T^-1 and G_P =
  /// T^-T P T^-1, whose eigenvalues lie between 0 and 1. Each direction gets a mixture of three
  /// variances, weighted by the shares of its precision that come from the rows of `part`, from the
  /// prior and from all other rows.
  /// @param part R of some of the rows that the posterior was made of
  /// @param prior none: `rest`
  /// @return false if rounding errors prevent a positive definite D (condition numbers beyond
  /// 1e16); nothing is changed then
  /// @pre along >= 0, rest >= 0, prior >= 0, not all zero
  bool calibrate(TriangularFactor const& part, double along, double rest,
                 std::optional<double> prior = {});

private:
  /// D^1/2 T^-T x for the derivatives x of an unknown with respect to the kept reduced unknowns.
  std::vector<double> whitened(int unknown) const;
  /// Rows (column-major, [n_kept] columns) times D^1/2.
  void scale_rows(std::vector<double>& rows, int m) const;

  ReducedUnknowns flat_;
  std::vector<int> kept_;        ///< indices of reduced unknowns
  std::vector<double> triangle_; ///< T, upper, column-major [n_kept][n_kept]
  std::vector<double> root_;     ///< U with D = U^T U, in the layout of T; empty: beta^-1/2 I
  std::vector<double> mean_;
  std::vector<double> reduced_mean_, prior_; ///< [n_kept]; the latter may be empty
  double beta_ = 1;
};

/// The posterior with the mean of solve_ridge(): noise of precision beta, estimated from the
/// residual, and a prior of precision beta strength w_i. Penalized columns of zeros are left out.
/// @pre strength > 0
Posterior ridge_posterior(TriangularFactor const& factor, RidgeWeights const& weights,
                          double strength);

} // namespace kolace
