// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/linalg/posterior.hpp>

#include <kolace/core/contracts.hpp>
#include <kolace/core/random_numbers.hpp>
#include <kolace/linalg/cholesky.hpp>
#include <kolace/linalg/dense.hpp>
#include <kolace/linalg/detail/lapack.hpp>
#include <kolace/linalg/detail/svd.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace kolace {
namespace {

double square(double x) {
  return x * x;
}

/// b <- b U^T (rows, side R) or U^T b (columns, side L) for an upper triangle U [n][n].
void multiply_transposed(char side, std::vector<double> const& triangle, int n,
                         std::vector<double>& b) {
  if (n == 0 || b.empty())
    return;
  char const upper = 'U', transposed = 'T', not_unit = 'N';
  double const one = 1;
  int const others = static_cast<int>(b.size() / n);
  int const m = side == 'L' ? n : others, columns = side == 'L' ? others : n;
  dtrmm_(&side, &upper, &transposed, &not_unit, &m, &columns, &one, triangle.data(), &n, b.data(),
         &m);
}

} // namespace

Posterior::Posterior(TriangularFactor const& precision, std::vector<int> kept,
                     ReducedUnknowns const& flat, double noise_precision, std::vector<double> prior)
    : flat_(flat), kept_(std::move(kept)), triangle_(detail::unknowns_of(precision)),
      reduced_mean_(solve_triangle(precision)), prior_(std::move(prior)), beta_(noise_precision) {
  std::vector<double> reduced(flat_.n_reduced(), 0.);
  for (int k = 0; k < n_kept(); ++k)
    reduced[kept_[k]] = reduced_mean_[k];
  mean_ = flat_.expand(reduced);
}

std::vector<int> Posterior::kept() const {
  std::vector<int> result;
  for (int const i : kept_)
    if (flat_.original(i) >= 0)
      result.push_back(flat_.original(i));
  return result;
}

std::vector<double> Posterior::whitened(int unknown) const {
  int const k = n_kept();
  std::vector<double> unit(flat_.n_reduced(), 0.), share(k);
  for (int a = 0; a < k; ++a) {
    unit[kept_[a]] = 1;
    share[a] = flat_.original(kept_[a]) >= 0 ? (flat_.original(kept_[a]) == unknown ? 1. : 0.)
                                             : flat_.expand(unit)[unknown];
    unit[kept_[a]] = 0;
  }
  detail::solve_transposed(triangle_, k, share);
  scale_rows(share, 1);
  return share;
}

void Posterior::scale_rows(std::vector<double>& rows, int m) const {
  if (root_.empty()) {
    for (double& x : rows)
      x /= std::sqrt(beta_);
    return;
  }
  if (m > 0)
    multiply_transposed('R', root_, n_kept(), rows);
}

double Posterior::covariance(int i, int j) const {
  std::vector<double> const a = whitened(i), b = whitened(j);
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.);
}

std::vector<double> Posterior::variances() const {
  int const k = n_kept();
  std::vector<double> unit(static_cast<std::size_t>(k) * k, 0.);
  for (int a = 0; a < k; ++a)
    unit[static_cast<std::size_t>(a) * k + a] = 1;
  detail::solve_right(triangle_, k, unit); // rows e_a T^-1
  scale_rows(unit, k);
  std::vector<double> result(flat_.n_unknowns(), 0.), reduced(flat_.n_reduced(), 0.);
  for (int i = 0; i < k; ++i) {
    for (int a = 0; a < k; ++a)
      if (kept_[a] >= flat_.n_determined())
        reduced[kept_[a]] = unit[static_cast<std::size_t>(i) * k + a];
    std::vector<double> const column = flat_.expand(reduced);
    for (std::size_t j = 0; j < column.size(); ++j)
      result[j] += square(column[j]);
  }
  return result;
}

std::vector<double> Posterior::sample(std::uint64_t seed) const {
  RandomNumbers random(seed);
  int const k = n_kept();
  std::vector<double> normal(k);
  for (double& z : normal)
    z = random.normal();
  if (root_.empty())
    for (double& z : normal)
      z /= std::sqrt(beta_);
  else
    multiply_transposed('L', root_, k, normal);
  detail::solve(triangle_, k, normal);
  std::vector<double> reduced(flat_.n_reduced(), 0.);
  for (int j = 0; j < k; ++j)
    reduced[kept_[j]] = normal[j];
  std::vector<double> draw = flat_.expand(reduced);
  for (std::size_t i = 0; i < draw.size(); ++i)
    draw[i] += mean_[i];
  return draw;
}

double Posterior::variance_of(TriangularFactor const& rows) const {
  int const k = n_kept();
  std::vector<double> part = detail::unknowns_of(flat_.reduce(rows).select(kept_));
  detail::solve_right(triangle_, k, part); // R T^-1
  scale_rows(part, k);
  double sum = 0;
  for (double const x : part)
    sum += x * x;
  return sum;
}

std::vector<double> Posterior::whitened_rows(double const* rows, int m, int ld) const {
  std::vector<double> const reduced = flat_.reduce_rows(rows, m, ld);
  std::vector<double> result;
  result.reserve(static_cast<std::size_t>(n_kept()) * m);
  for (int const k : kept_) {
    auto const first = reduced.begin() + static_cast<std::ptrdiff_t>(k) * m;
    result.insert(result.end(), first, first + m);
  }
  detail::solve_right(triangle_, n_kept(), result);
  return result;
}

std::vector<double> Posterior::deviations(double const* rows, int m, int ld) const {
  KOLACE_EXPECT(m >= 0 && ld >= m, m, ld);
  std::vector<double> scaled = whitened_rows(rows, m, ld), result(m, 0.);
  scale_rows(scaled, m);
  for (int k = 0; k < n_kept(); ++k)
    for (int i = 0; i < m; ++i)
      result[i] += square(scaled[static_cast<std::size_t>(k) * m + i]);
  for (double& x : result)
    x = std::sqrt(x);
  return result;
}

std::vector<double> Posterior::whitened_part(TriangularFactor const& part) const {
  int const n = part.n_unknowns();
  return whitened_rows(detail::unknowns_of(part).data(), n, n);
}

std::vector<double> Posterior::whitened_prior() const {
  int const k = n_kept();
  if (prior_.empty())
    return {};
  std::vector<double> roots(static_cast<std::size_t>(k) * k, 0.);
  for (int a = 0; a < k; ++a)
    roots[static_cast<std::size_t>(a) * k + a] = std::sqrt(prior_[a]);
  detail::solve_right(triangle_, k, roots);
  return roots;
}

std::optional<double> Posterior::prior_width(TriangularFactor const& rows) const {
  if (prior_.empty())
    return {};
  int const k = n_kept();
  std::vector<double> const part = detail::unknowns_of(flat_.reduce(rows).select(kept_));
  std::vector<double> predicted(k, 0.);
  double by_prior = 0, by_mean = 0;
  for (int a = 0; a < k; ++a)
    for (int i = 0; i < k && prior_[a] > 0; ++i) {
      double const x = part[static_cast<std::size_t>(a) * k + i];
      predicted[i] += x * reduced_mean_[a];
      by_prior += x * x / prior_[a];
    }
  for (double const x : predicted)
    by_mean += x * x;
  if (!(by_prior > 0))
    return {};
  return by_mean / by_prior;
}

bool Posterior::calibrate(TriangularFactor const& part, double along, double rest,
                          std::optional<double> prior) {
  int const k = n_kept();
  std::vector<double> d(static_cast<std::size_t>(k) * k, 0.), product(d.size());
  for (int a = 0; a < k; ++a)
    d[static_cast<std::size_t>(a) * k + a] = rest;
  auto const add = [&](std::vector<double> const& w, double width) { // d += width W^T W, W: [k][n]
    int const n = k > 0 ? static_cast<int>(w.size() / k) : 0;
    multiply(k, k, n, transposed(w, k).data(), k, w.data(), n, product.data(), k);
    for (std::size_t i = 0; i < d.size(); ++i)
      d[i] += width * product[i];
  };
  add(whitened_part(part), along - rest);
  if (prior && !prior_.empty())
    add(whitened_prior(), *prior - rest);
  // Rounding may leave the sum of the shares above one, the more so the worse the condition of T.
  // The diagonal of D is raised by the smallest tried share of the largest width that makes D
  // positive definite.
  double const widest = std::max({along, rest, prior.value_or(0)});
  for (double share = 1e-10; share < 1; share *= 100) {
    std::vector<double> root = d;
    for (int j = 0; j < k; ++j)
      root[static_cast<std::size_t>(j) * k + j] += share * widest;
    if (cholesky(root, k)) {
      root_ = std::move(root);
      beta_ = 1;
      return true;
    }
  }
  return false;
}

Posterior ridge_posterior(TriangularFactor const& factor, RidgeWeights const& weights,
                          double strength) {
  ReducedUnknowns const flat(factor, weights);
  TriangularFactor total = flat.reduce(factor);
  std::vector<double> penalties = flat.weights();
  for (double& w : penalties)
    w *= strength;
  total.add_penalty(penalties);
  std::vector<int> kept(flat.n_reduced());
  std::iota(kept.begin(), kept.end(), 0);
  int const n = total.n_unknowns();
  double const square_left = square(total(n, n)); // residual and penalty
  double const noise = static_cast<double>(std::max(factor.n_rows() - flat.n_determined(), 1L)) /
                       std::max(square_left, std::numeric_limits<double>::min());
  return Posterior(total, kept, flat, noise, penalties);
}

} // namespace kolace
