#pragma once

#include <kolace/linalg/flat_directions.hpp>
#include <kolace/linalg/triangular_factor.hpp>

#include <cstdint>
#include <vector>

namespace kolace {

/// A Gaussian over the unknowns: mean, and the triangle T with covariance (beta T^T T)^-1. Unknowns
/// that were pruned are zero for certain.
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
  /// Sum over rows x of the variance of x . c, the noise left out: |R T^-1|^2 / beta for the rows'
  /// factor R.
  double variance_of(TriangularFactor const& rows) const;

private:
  /// T^-T times the share of each kept reduced unknown in an unknown.
  std::vector<double> whitened(int unknown) const;

  FlatDirections flat_;
  std::vector<int> kept_;        ///< of the reduced unknowns
  std::vector<double> triangle_; ///< T, upper, column-major [n_kept][n_kept]
  std::vector<double> mean_;
  double beta_ = 1;
};

/// A solution with its distribution.
struct BayesianSolution {
  Posterior posterior;
  double log_evidence = 0;
  double degrees_of_freedom = 0;  ///< well-determined parameters
  std::vector<double> precisions; ///< of the prior, a coefficient each; infinite where pruned
  int iterations = 0;
};

/// Bayesian ridge: noise and prior precision maximise the evidence of the rows (RidgePath).
/// @param weights [n_unknowns] of the prior, 0: flat
/// @throws std::invalid_argument where there are not more rows than free unknowns
BayesianSolution solve_evidence(TriangularFactor const& factor, std::vector<double> const& weights);

/// Automatic relevance determination: a prior precision for each unknown of positive weight, by
/// MacKay's fixed point alpha_i = gamma_i / c_i^2; unknowns whose evidence grows without end as
/// alpha_i does are pruned (Tipping and Faul 2003).
BayesianSolution solve_ard(TriangularFactor const& factor, std::vector<double> const& weights,
                           int max_iterations = 300, double tolerance = 1e-4);

/// log p(y) of Gaussian rows for given precisions of the noise and of the prior of each unknown
/// that is kept; flat priors (precision 0) count like priors of unit precision.
double log_evidence(TriangularFactor const& factor, std::vector<double> const& prior_precisions,
                    double noise_precision);

} // namespace kolace
