#include <kolace/linalg/bayes.hpp>

#include <kolace/linalg/detail/lapack.hpp>
#include <kolace/linalg/detail/svd.hpp>
#include <kolace/linalg/ridge_path.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <random>

namespace kolace {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// The factor over `kept` with the prior folded in, in units of the noise: R^T R +
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

Posterior::Posterior(TriangularFactor const& precision, std::vector<int> kept, int n_unknowns,
                     double noise_precision)
    : n_(n_unknowns), kept_(std::move(kept)), place_(n_unknowns, -1),
      inverse_(detail::unknowns_of(precision)), mean_(n_unknowns, 0.), beta_(noise_precision) {
  int const k = n_kept();
  // A direction that neither rows nor prior determine has no bound: a tiny pivot stands for it.
  double largest = 0;
  for (int i = 0; i < k; ++i)
    largest = std::max(largest, std::abs(precision(i, i)));
  for (int i = 0; i < k; ++i) {
    double& pivot = inverse_[static_cast<std::size_t>(i) * k + i];
    double const least = 1e-2 * std::numeric_limits<double>::epsilon() * largest;
    if (std::abs(pivot) <= least)
      pivot = least > 0 ? least : 1;
  }
  char const upper = 'U', not_unit = 'N';
  int info = 0;
  if (k > 0)
    dtrtri_(&upper, &not_unit, &k, inverse_.data(), &k, &info);
  detail::check(info, "dtrtri");
  for (int j = 0; j < k; ++j) {
    place_[kept_[j]] = j;
    for (int i = 0; i <= j; ++i)
      mean_[kept_[i]] += inverse_[static_cast<std::size_t>(j) * k + i] * precision(j, k);
  }
}

double Posterior::covariance(int i, int j) const {
  int const a = place_[i], b = place_[j], k = n_kept();
  if (a < 0 || b < 0)
    return 0;
  double sum = 0;
  for (int c = std::max(a, b); c < k; ++c)
    sum += inverse_[static_cast<std::size_t>(c) * k + a] *
           inverse_[static_cast<std::size_t>(c) * k + b];
  return sum / beta_;
}

std::vector<double> Posterior::sample(std::uint64_t seed) const {
  std::mt19937_64 random(seed);
  auto const uniform = [&] { return (static_cast<double>(random() >> 11) + 0.5) * 0x1p-53; };
  std::vector<double> draw = mean_;
  int const k = n_kept();
  for (int j = 0; j < k; ++j) {
    double const normal = // Box and Muller
        std::sqrt(-2 * std::log(uniform())) * std::cos(2 * std::numbers::pi * uniform());
    for (int i = 0; i <= j; ++i)
      draw[kept_[i]] += inverse_[static_cast<std::size_t>(j) * k + i] * normal / std::sqrt(beta_);
  }
  return draw;
}

double Posterior::variance_of(TriangularFactor const& rows) const {
  int const k = n_kept();
  TriangularFactor const part = rows.select(kept_);
  double sum = 0;
  std::vector<double> product(k);
  for (int c = 0; c < k; ++c) { // column c of R T^-1
    std::fill(product.begin(), product.end(), 0.);
    for (int j = 0; j <= c; ++j) {
      double const x = inverse_[static_cast<std::size_t>(c) * k + j];
      for (int i = 0; i <= j; ++i)
        product[i] += part(i, j) * x;
    }
    for (int i = 0; i <= c; ++i)
      sum += product[i] * product[i];
  }
  return sum / beta_;
}

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

BayesianSolution solve_evidence(TriangularFactor const& factor,
                                std::vector<double> const& weights) {
  RidgePath const path(factor, weights);
  double const largest = path.singular_values().empty() ? 1 : square(path.singular_values()[0]);
  double const strength = minimise_strength([&](double s) { return -path.log_evidence(s); },
                                            1e-28 * (largest > 0 ? largest : 1),
                                            1e2 * (largest > 0 ? largest : 1), 121);
  BayesianSolution solution;
  double const beta = path.noise_precision(strength);
  for (double const w : weights)
    solution.precisions.push_back(beta * strength * w);
  std::vector<int> kept(factor.n_unknowns());
  std::iota(kept.begin(), kept.end(), 0);
  solution.posterior = Posterior(with_prior(factor, kept, solution.precisions, beta), kept,
                                 factor.n_unknowns(), beta);
  solution.log_evidence = path.log_evidence(strength);
  solution.degrees_of_freedom = path.degrees_of_freedom(strength);
  return solution;
}

BayesianSolution solve_ard(TriangularFactor const& factor, std::vector<double> const& weights,
                           int max_iterations, double tolerance) {
  int const n = factor.n_unknowns();
  double const m = static_cast<double>(factor.n_rows());
  BayesianSolution solution = solve_evidence(factor, weights);
  std::vector<double> alpha = solution.precisions;
  for (int iteration = 1; iteration <= max_iterations; ++iteration) {
    Posterior const& now = solution.posterior;
    double change = 0, determined = 0;
    std::vector<double> next(n, infinity);
    for (int const i : now.kept()) {
      if (weights[i] == 0) {
        next[i] = 0;
        determined += 1;
        continue;
      }
      double const variance = now.covariance(i, i), c = now.mean()[i];
      double const gamma = std::clamp(1 - alpha[i] * variance, 0., 1.);
      // With this unknown left out: sparsity s, quality q. No finite alpha is best if q^2 <= s.
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
    std::vector<int> kept;
    for (int i = 0; i < n; ++i)
      if (std::isfinite(next[i]))
        kept.push_back(i);
    bool const pruned = static_cast<int>(kept.size()) < now.n_kept();
    alpha = next;
    solution.posterior = Posterior(with_prior(factor, kept, alpha, beta), kept, n, beta);
    solution.degrees_of_freedom = determined;
    solution.iterations = iteration;
    if (!pruned && change < tolerance)
      break;
  }
  solution.precisions = alpha;
  solution.log_evidence = log_evidence(factor, alpha, solution.posterior.noise_precision());
  return solution;
}

} // namespace kolace
