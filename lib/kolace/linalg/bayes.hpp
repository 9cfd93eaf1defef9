// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/linalg/posterior.hpp>
#include <kolace/linalg/triangular_factor.hpp>

#include <vector>

namespace kolace {

/// Bayesian solution: the posterior distribution and the hyperparameters that maximize the
/// evidence.
struct BayesianSolution {
  Posterior posterior;            ///< distribution of the coefficients at these hyperparameters
  double log_evidence = 0;        ///< natural logarithm of the evidence, as by log_evidence()
  double degrees_of_freedom = 0;  ///< effective number of parameters
  std::vector<double> precisions; ///< prior precision of each coefficient; infinite if pruned
  int iterations = 0;             ///< iterations of solve_ard(); 0 for solve_evidence()
};

/// Bayesian ridge regression: noise and prior precision maximize the evidence of the rows
/// (RidgePath).
/// @param weights [n_unknowns] of the prior; 0: flat prior
/// @throws std::invalid_argument if there are not more rows than free unknowns
BayesianSolution solve_evidence(TriangularFactor const& factor, std::vector<double> const& weights);

/// Automatic relevance determination: one prior precision per unknown of positive weight, by
/// MacKay's fixed point alpha_i = gamma_i / c_i^2. Unknowns whose evidence increases without bound
/// as alpha_i does are pruned (Tipping and Faul 2003).
BayesianSolution solve_ard(TriangularFactor const& factor, std::vector<double> const& weights,
                           int max_iterations = 300, double tolerance = 1e-4);

/// log p(y) of rows with Gaussian noise, for given precisions of the noise and of the prior of each
/// unknown. An infinite precision leaves the unknown out; a flat prior (precision 0) has density 1.
double log_evidence(TriangularFactor const& factor, std::vector<double> const& prior_precisions,
                    double noise_precision);

} // namespace kolace
