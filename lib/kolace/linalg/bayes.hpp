#pragma once

#include <kolace/linalg/posterior.hpp>
#include <kolace/linalg/triangular_factor.hpp>

#include <vector>

namespace kolace {

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
