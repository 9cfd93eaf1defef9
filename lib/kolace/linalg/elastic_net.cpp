// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/linalg/elastic_net.hpp>

#include <kolace/linalg/detail/svd.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace kolace {
namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();

double dot(double const* a, double const* b, int n) {
  double sum = 0;
  for (int i = 0; i < n; ++i)
    sum += a[i] * b[i];
  return sum;
}

} // namespace

ElasticNet::ElasticNet(TriangularFactor const& factor, std::vector<double> const& weights)
    : n_(factor.n_unknowns()), weights_(weights), matrix_(detail::unknowns_of(factor)),
      blocked_(n_, 0), coefficients_(n_, 0.) {
  if (static_cast<int>(weights.size()) != n_ ||
      std::any_of(weights.begin(), weights.end(), [](double w) { return !(w >= 0); }))
    throw std::invalid_argument("ElasticNet: expected one non-negative weight per unknown");
  for (int i = 0; i < n_; ++i)
    matrix_.push_back(factor(i, n_));
  double const size = std::sqrt(dot(column(n_), column(n_), n_));
  for (int j = 0; j < n_; ++j)
    scale_.push_back(epsilon * n_ * size * std::sqrt(dot(column(j), column(j), n_)));
  for (int j = 0; j < n_; ++j)
    if (weights_[j] == 0)
      enter(j, 0);
  settle(0);
}

/// A^T (y - A c), one entry per unknown.
std::vector<double> ElasticNet::gradient() {
  std::vector<double> residual(column(n_), column(n_) + n_);
  for (std::size_t a = 0; a < active_.size(); ++a)
    for (std::size_t i = 0; i <= a; ++i)
      residual[i] -= column(active_[a])[i] * coefficients_[active_[a]];
  std::vector<double> result(n_);
  for (int j = 0; j < n_; ++j)
    result[j] = dot(column(j), residual.data(), n_);
  return result;
}

double ElasticNet::largest_strength() {
  // Remove all penalized unknowns, and move the free ones to their optimum.
  for (int a = n_active() - 1; a >= 0; --a)
    if (weights_[active_[a]] > 0)
      leave(a);
  settle(0);
  std::vector<double> const g = gradient();
  double largest = 0;
  for (int j = 0; j < n_; ++j)
    if (weights_[j] > 0)
      largest = std::max(largest, 2 * std::abs(g[j]) / weights_[j]);
  return largest;
}

/// Activates an unknown: appends its column to the triangle by a Householder reflection of the rows
/// below. Returns false if the column depends linearly on the active ones.
bool ElasticNet::enter(int unknown, double sign) {
  int const k = n_active(), m = n_ - k;
  std::vector<double> v(column(unknown) + k, column(unknown) + n_);
  double const length = std::sqrt(dot(v.data(), v.data(), m));
  double const whole = std::sqrt(dot(column(unknown), column(unknown), n_));
  if (length <= epsilon * n_ * whole) {
    blocked_[unknown] = 1;
    return false;
  }
  double const pivot = v[0] > 0 ? -length : length;
  v[0] -= pivot;
  double const factor = 2 / dot(v.data(), v.data(), m);
  std::vector<char> is_active(n_ + 1, 0);
  for (int const a : active_)
    is_active[a] = 1; // their columns are zero in these rows
  for (int j = 0; j <= n_; ++j) {
    if (is_active[j])
      continue;
    double* const x = column(j) + k;
    double const along = factor * dot(v.data(), x, m);
    for (int i = 0; i < m; ++i)
      x[i] -= along * v[i];
  }
  std::fill(column(unknown) + k, column(unknown) + n_, 0.);
  column(unknown)[k] = pivot;
  active_.push_back(unknown);
  signs_.push_back(sign);
  return true;
}

/// Deactivates an unknown: removes its column from the triangle, which rotations of adjacent rows
/// restore.
void ElasticNet::leave(int position) {
  coefficients_[active_[position]] = 0;
  active_.erase(active_.begin() + position);
  signs_.erase(signs_.begin() + position);
  int const k = n_active();
  std::vector<double> cosine, sine;
  std::vector<char> done(n_ + 1, 0);
  auto const rotate = [&](double* x, int count) {
    for (int r = 0; r < count; ++r) {
      double const a = x[position + r], b = x[position + r + 1];
      x[position + r] = cosine[r] * a + sine[r] * b;
      x[position + r + 1] = cosine[r] * b - sine[r] * a;
    }
  };
  for (int a = position; a < k; ++a) {
    double* const x = column(active_[a]);
    rotate(x, a - position);
    double const length = std::hypot(x[a], x[a + 1]);
    cosine.push_back(length > 0 ? x[a] / length : 1);
    sine.push_back(length > 0 ? x[a + 1] / length : 0);
    x[a] = length;
    x[a + 1] = 0;
  }
  for (int a = 0; a < k; ++a)
    done[active_[a]] = 1;
  for (int j = 0; j <= n_; ++j)
    if (!done[j])
      rotate(column(j), k - position);
  std::fill(blocked_.begin(), blocked_.end(), 0);
}

/// The minimizer over the active unknowns for fixed signs: T c = z - T^-T (strength w s) / 2.
std::vector<double> ElasticNet::target(double strength) {
  int const k = n_active();
  std::vector<double> pull(k), c(k);
  for (int a = 0; a < k; ++a) {
    double const* t = column(active_[a]);
    double const force = 0.5 * strength * weights_[active_[a]] * signs_[a];
    pull[a] = (force - dot(t, pull.data(), a)) / t[a];
  }
  for (int a = 0; a < k; ++a)
    c[a] = column(n_)[a] - pull[a];
  for (int a = k - 1; a >= 0; --a) {
    double const* t = column(active_[a]);
    c[a] /= t[a];
    for (int i = 0; i < a; ++i)
      c[i] -= t[i] * c[a];
  }
  return c;
}

/// Moves to the minimizer over the active unknowns; those that would change sign become zero and
/// inactive.
void ElasticNet::settle(double strength) {
  while (true) {
    std::vector<double> const c = target(strength);
    double step = 1;
    int first = -1;
    for (int a = 0; a < n_active(); ++a) {
      if (signs_[a] == 0 || c[a] * signs_[a] > 0)
        continue;
      double const now = coefficients_[active_[a]];
      double const at = now == c[a] ? 0 : now / (now - c[a]);
      if (at < step || first < 0)
        step = at, first = a;
    }
    for (int a = 0; a < n_active(); ++a) {
      double& now = coefficients_[active_[a]];
      now = first < 0 ? c[a] : now + step * (c[a] - now);
    }
    if (first < 0)
      return;
    int const unknown = active_[first];
    leave(first);
    if (step == 0)
      blocked_[unknown] = 1; // it entered only because of rounding errors
  }
}

std::vector<double> const& ElasticNet::solve(double strength) {
  std::fill(blocked_.begin(), blocked_.end(), 0);
  settle(strength);
  for (int step = 0; step < 50 * (n_ + 1); ++step) {
    std::vector<double> const g = gradient();
    int best = -1;
    double excess = 0;
    std::vector<char> is_active(n_, 0);
    for (int const a : active_)
      is_active[a] = 1;
    for (int j = 0; j < n_; ++j) {
      double const above = std::abs(g[j]) - 0.5 * strength * weights_[j] * (1 + 1e-10) - scale_[j];
      if (!is_active[j] && !blocked_[j] && above > excess)
        best = j, excess = above;
    }
    if (best < 0)
      return coefficients_;
    if (enter(best, g[best] > 0 ? 1 : -1))
      settle(strength);
  }
  throw std::runtime_error("the active set of the L1 solver did not converge");
}

} // namespace kolace
