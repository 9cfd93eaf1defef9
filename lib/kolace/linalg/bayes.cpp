// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/linalg/bayes.hpp>

#include <kolace/linalg/ridge_path.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <stdexcept>

namespace kolace {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Factor over the unknowns `kept` after a QR update with the prior, in units of the noise: R^T R +
/// diag(alpha/beta).
TriangularFactor with_prior(TriangularFactor const& factor, std::vector<int> const& kept,
                            std::vector<double> const& precisions, double beta) {
  TriangularFactor total = factor.select(kept);
  std::vector<double> weights;
  for (int const j : kept)
    weights.push_back(precisions[j] / beta);
  total.add_penalty(weights);
  return total;
}

double square(double x) {
  return x * x;
}

} // namespace

double log_evidence(TriangularFactor const& factor, std::vector<double> const& prior_precisions,
                    double noise_precision) {
  std::vector<int> kept;
  int n_flat = 0;
  double sum = 0;
  for (int j = 0; j < factor.n_unknowns(); ++j)
    if (std::isfinite(prior_precisions[j])) {
      kept.push_back(j);
      n_flat += prior_precisions[j] == 0;
      if (prior_precisions[j] > 0)
        sum += 0.5 * std::log(prior_precisions[j]);
    }
  TriangularFactor const total = with_prior(factor, kept, prior_precisions, noise_precision);
  int const k = static_cast<int>(kept.size());
  for (int i = 0; i < k; ++i)
    sum -= std::log(std::abs(total(i, i)) * std::sqrt(noise_precision));
  double const m = static_cast<double>(factor.n_rows());
  return sum + 0.5 * m * std::log(noise_precision) -
         0.5 * (m - n_flat) * std::log(2 * std::numbers::pi) -
         0.5 * noise_precision * square(total(k, k));
}

namespace {

/// Expands the prior precisions of the reduced unknowns to all unknowns.
std::vector<double> expand_precisions(ReducedUnknowns const& flat,
                                      std::vector<double> const& reduced) {
  std::vector<double> all(flat.n_unknowns(), 0.);
  for (int i = flat.n_determined(); i < flat.n_reduced(); ++i)
    all[flat.original(i)] = reduced[i];
  return all;
}

/// Maximizes the evidence over the reduced unknowns; `precisions` of the result are those of the
/// reduced unknowns.
BayesianSolution reduced_evidence(TriangularFactor const& reduced, ReducedUnknowns const& flat) {
  if (reduced.n_rows() <= flat.n_determined())
    throw std::invalid_argument("expected more rows than unknowns without a prior");
  RidgePath const path(reduced, flat.weights());
  double const top = path.singular_values().empty() ? 0 : path.singular_values()[0];
  double const largest = top > 0 ? top * top : 1;
  double const strength = minimize_strength([&](double s) { return -path.log_evidence(s); },
                                            1e-28 * largest, 1e2 * largest, 121);
  BayesianSolution solution;
  double const beta = path.noise_precision(strength);
  for (double const w : flat.weights())
    solution.precisions.push_back(beta * strength * w);
  std::vector<int> kept(flat.n_reduced());
  std::iota(kept.begin(), kept.end(), 0);
  solution.posterior =
      Posterior(with_prior(reduced, kept, solution.precisions, beta), kept, flat, beta);
  solution.log_evidence = path.log_evidence(strength);
  solution.degrees_of_freedom = path.degrees_of_freedom(strength);
  return solution;
}

} // namespace

BayesianSolution solve_evidence(TriangularFactor const& factor,
                                std::vector<double> const& weights) {
  ReducedUnknowns const flat(factor, weights);
  BayesianSolution solution = reduced_evidence(flat.reduce(factor), flat);
  solution.precisions = expand_precisions(flat, solution.precisions);
  return solution;
}

BayesianSolution solve_ard(TriangularFactor const& factor, std::vector<double> const& weights,
                           int max_iterations, double tolerance) {
  ReducedUnknowns const flat(factor, weights);
  TriangularFactor const reduced = flat.reduce(factor);
  int const n = flat.n_reduced();
  double const m = static_cast<double>(factor.n_rows());
  BayesianSolution solution = reduced_evidence(reduced, flat);
  std::vector<double> alpha = solution.precisions;
  std::vector<int> kept(n);
  std::iota(kept.begin(), kept.end(), 0);
  for (int iteration = 1; iteration <= max_iterations; ++iteration) {
    Posterior const& now = solution.posterior;
    double change = 0, determined = flat.n_determined();
    std::vector<double> next(n, infinity);
    std::fill(next.begin(), next.begin() + flat.n_determined(), 0.);
    std::vector<double> const variances = now.variances();
    for (int const i : kept) {
      if (i < flat.n_determined())
        continue;
      int const unknown = flat.original(i);
      double const variance = variances[unknown], c = now.mean()[unknown];
      double const gamma = std::clamp(1 - alpha[i] * variance, 0., 1.);
      // Sparsity s and quality q of the unknown, computed with it left out. If q^2 <= s, the
      // evidence has no maximum at finite alpha.
      double const sparsity = std::max(1 / variance - alpha[i], 0.), quality = c / variance;
      determined += gamma;
      if (quality * quality <= sparsity && gamma < 1e-3)
        continue;
      next[i] = std::max(gamma, 1e-12) / std::max(c * c, 1e-300);
      if (gamma > 1e-3)
        change = std::max(change, std::abs(std::log(next[i] / alpha[i])));
    }
    double const beta =
        std::max(m - determined, 1.) / std::max(factor.residual_square(now.mean()), 1e-300);
    std::size_t const before = kept.size();
    kept.clear();
    for (int i = 0; i < n; ++i)
      if (std::isfinite(next[i]))
        kept.push_back(i);
    alpha = next;
    solution.posterior = Posterior(with_prior(reduced, kept, alpha, beta), kept, flat, beta);
    solution.degrees_of_freedom = determined;
    solution.iterations = iteration;
    if (kept.size() == before && change < tolerance)
      break;
  }
  solution.log_evidence = log_evidence(reduced, alpha, solution.posterior.noise_precision());
  solution.precisions = expand_precisions(flat, alpha);
  return solution;
}

} // namespace kolace
