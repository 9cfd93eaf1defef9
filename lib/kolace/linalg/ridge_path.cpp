// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/linalg/ridge_path.hpp>

#include <kolace/linalg/detail/free_unknowns.hpp>
#include <kolace/linalg/detail/svd.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace kolace {

RidgePath::RidgePath(TriangularFactor const& factor, RidgeWeights const& weights)
    : flat_(factor, weights), n_(flat_.n_reduced()), n_free_(flat_.n_determined()),
      n_rows_(static_cast<double>(factor.n_rows())), ordered_(flat_.reduce(factor)) {
  TriangularFactor const rest = ordered_.trailing(n_free_);
  int const n = n_ - n_free_;
  for (int j = n_free_; j < n_; ++j)
    root_weights_.push_back(std::sqrt(flat_.weights()[j]));
  std::vector<double> standard = detail::unknowns_of(rest);
  for (int j = 0; j < n; ++j)
    for (int i = 0; i < n; ++i)
      standard[static_cast<std::size_t>(j) * n + i] /= root_weights_[j];
  auto svd = detail::singular_values(std::move(standard), n);
  along_.assign(n, 0.);
  for (int k = 0; k < n; ++k)
    for (int i = 0; i < n; ++i)
      along_[k] += svd.u[static_cast<std::size_t>(k) * n + i] * rest(i, n);
  s_ = std::move(svd.s);
  vt_ = std::move(svd.vt);
  rest_square_ = rest(n, n) * rest(n, n);
  for (int j = 0; j < n_free_; ++j)
    log_free_ += std::log(std::abs(ordered_(j, j)));
}

std::vector<double> RidgePath::unknowns_from(std::vector<double> const& rotated) const {
  int const n = n_ - n_free_;
  std::vector<double> inner(n_, 0.);
  for (int j = 0; j < n; ++j) {
    double sum = 0;
    for (int k = 0; k < n; ++k)
      sum += vt_[static_cast<std::size_t>(j) * n + k] * rotated[k];
    inner[n_free_ + j] = sum / root_weights_[j];
  }
  detail::solve_free_unknowns(ordered_, n_free_, inner);
  return flat_.expand(inner);
}

std::vector<double> RidgePath::coefficients(double strength) const {
  std::vector<double> rotated(s_.size(), 0.);
  double const cutoff = strength > 0 || s_.empty() ? 0
                                                   : std::numeric_limits<double>::epsilon() *
                                                         static_cast<double>(s_.size()) * s_[0];
  for (std::size_t k = 0; k < s_.size(); ++k)
    if (s_[k] > cutoff)
      rotated[k] = s_[k] * along_[k] / (s_[k] * s_[k] + strength);
  return unknowns_from(rotated);
}

namespace {

std::vector<double> solve_reduced(ReducedUnknowns const& flat, TriangularFactor factor,
                                  double strength) {
  std::vector<double> penalties = flat.weights();
  for (double& p : penalties)
    p *= strength;
  factor.add_penalty(penalties);
  return flat.expand(solve_triangle(factor));
}

} // namespace

std::vector<double> RidgePath::solve(double strength) const {
  return solve_reduced(flat_, ordered_, strength);
}

std::vector<double> solve_ridge(TriangularFactor const& factor, RidgeWeights const& weights,
                                double strength) {
  ReducedUnknowns const flat(factor, weights);
  return solve_reduced(flat, flat.reduce(factor), strength);
}

std::vector<double> RidgePath::truncated(int rank) const {
  std::vector<double> rotated(s_.size(), 0.);
  for (int k = 0; k < rank && s_[k] > 0; ++k)
    rotated[k] = along_[k] / s_[k];
  return unknowns_from(rotated);
}

double RidgePath::residual_square(double strength) const {
  double sum = rest_square_;
  for (std::size_t k = 0; k < s_.size(); ++k) {
    double const shrink = strength > 0 ? strength / (s_[k] * s_[k] + strength) : s_[k] == 0;
    sum += std::pow(shrink * along_[k], 2);
  }
  return sum;
}

double RidgePath::truncated_residual_square(int rank) const {
  double sum = rest_square_;
  for (std::size_t k = rank; k < s_.size(); ++k)
    sum += along_[k] * along_[k];
  return sum;
}

double RidgePath::degrees_of_freedom(double strength) const {
  double dof = n_free_;
  for (double const s : s_)
    dof += s > 0 ? s * s / (s * s + strength) : 0;
  return dof;
}

double RidgePath::gcv_of(double residual_square, double dof) const {
  double const left = n_rows_ - dof;
  return left > 0 ? n_rows_ * residual_square / (left * left)
                  : std::numeric_limits<double>::infinity();
}

double RidgePath::gcv(double strength) const {
  return gcv_of(residual_square(strength), degrees_of_freedom(strength));
}

double RidgePath::truncated_gcv(int rank) const {
  return gcv_of(truncated_residual_square(rank), n_free_ + rank);
}

namespace {

/// Minimum of |A c - y|^2 + lambda sum w c^2 over c.
double penalized_minimum(std::vector<double> const& s, std::vector<double> const& along,
                         double rest_square, double strength) {
  double sum = rest_square;
  for (std::size_t k = 0; k < s.size(); ++k)
    sum += strength / (s[k] * s[k] + strength) * along[k] * along[k];
  return std::max(sum, std::numeric_limits<double>::min()); // positive even for an exact fit
}

} // namespace

double RidgePath::noise_precision(double strength) const {
  return (n_rows_ - n_free_) / penalized_minimum(s_, along_, rest_square_, strength);
}

double RidgePath::log_evidence(double strength) const {
  // y ~ N(0, (1 + A (lambda W)^-1 A^T) / beta) on the rows orthogonal to the columns of the free
  // unknowns.
  double const m = n_rows_ - n_free_, beta = noise_precision(strength);
  double sum = 0.5 * m * (std::log(beta / (2 * std::numbers::pi)) - 1) - log_free_;
  for (double const s : s_)
    sum -= 0.5 * std::log1p(s * s / strength);
  return sum;
}

double minimize_strength(std::function<double(double)> const& score, double low, double high,
                         int points, std::vector<std::pair<double, double>>* grid) {
  double const from = std::log(low), step = (std::log(high) - from) / (points - 1);
  double best = from, best_score = std::numeric_limits<double>::infinity();
  for (int k = 0; k < points; ++k) {
    double const at = from + k * step, value = score(std::exp(at));
    if (grid)
      grid->emplace_back(std::exp(at), value);
    if (value < best_score)
      best = at, best_score = value;
  }
  constexpr double golden = 0.6180339887498949;
  double a = std::max(best - step, from), b = std::min(best + step, std::log(high));
  double x1 = b - golden * (b - a), x2 = a + golden * (b - a);
  double f1 = score(std::exp(x1)), f2 = score(std::exp(x2));
  while (b - a > 1e-4) {
    if (f1 <= f2) {
      b = x2, x2 = x1, f2 = f1;
      x1 = b - golden * (b - a), f1 = score(std::exp(x1));
    } else {
      a = x1, x1 = x2, f1 = f2;
      x2 = a + golden * (b - a), f2 = score(std::exp(x2));
    }
  }
  double const middle = 0.5 * (a + b);
  return std::exp(score(std::exp(middle)) <= best_score ? middle : best);
}

} // namespace kolace
