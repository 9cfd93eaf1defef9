// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/linalg/lbfgs.hpp>

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>

namespace kolace {
namespace {

using Vector = std::vector<double>;

double dot(Vector const& a, Vector const& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    sum += a[i] * b[i];
  return sum;
}

double sign(double x) {
  return x > 0 ? 1 : x < 0 ? -1 : 0;
}

/// The loss |A c - y|^2 + sum l2 c^2 + sum l1 |c| and its gradient.
struct Loss {
  TriangularFactor const& factor;
  Vector const &l1, &l2;

  double operator()(Vector const& c, Vector& gradient) const {
    Vector const r = residual(factor, c);
    double value = dot(r, r);
    int const n = factor.n_unknowns();
    for (int j = 0; j < n; ++j) {
      double sum = 0;
      for (int i = 0; i <= j; ++i)
        sum += factor(i, j) * r[i];
      gradient[j] = 2 * sum + 2 * l2[j] * c[j] + l1[j] * sign(c[j]);
      value += l2[j] * c[j] * c[j] + l1[j] * std::abs(c[j]);
    }
    return value;
  }

  /// Curvature along d: 2 |A d|^2 + 2 sum l2 d^2.
  double curvature(Vector const& d) const {
    double sum = 0;
    int const n = factor.n_unknowns();
    Vector product(n, 0.);
    for (int j = 0; j < n; ++j) {
      for (int i = 0; i <= j; ++i)
        product[i] += factor(i, j) * d[j];
      sum += l2[j] * d[j] * d[j];
    }
    return 2 * (dot(product, product) + sum);
  }
};

/// A step, the change of the gradient over it, and 1 / (step · change).
struct Pair {
  Vector step, change;
  double inverse;
};

/// -H gradient by the two-loop recursion, H: approximate inverse Hessian.
Vector direction(std::deque<Pair> const& pairs, Vector const& gradient) {
  Vector d = gradient;
  Vector weights(pairs.size());
  for (std::size_t k = pairs.size(); k-- > 0;) {
    weights[k] = pairs[k].inverse * dot(pairs[k].step, d);
    for (std::size_t i = 0; i < d.size(); ++i)
      d[i] -= weights[k] * pairs[k].change[i];
  }
  double const scale =
      pairs.empty() ? 1
                    : 1 / (pairs.back().inverse * dot(pairs.back().change, pairs.back().change));
  for (double& x : d)
    x *= -scale;
  for (std::size_t k = 0; k < pairs.size(); ++k) {
    double const weight = -weights[k] - pairs[k].inverse * dot(pairs[k].change, d);
    for (std::size_t i = 0; i < d.size(); ++i)
      d[i] += weight * pairs[k].step[i];
  }
  return d;
}

} // namespace

LbfgsResult minimize_lbfgs(TriangularFactor const& factor, Vector const& l1, Vector const& l2,
                           TriangularFactor const* validation, LbfgsOptions const& options) {
  int const n = factor.n_unknowns();
  Loss const loss{factor, l1, l2};
  bool const smooth = std::all_of(l1.begin(), l1.end(), [](double w) { return w == 0; });
  Vector c = options.start, gradient(n), next(n), next_gradient(n);
  c.resize(n, 0.);
  double value = loss(c, gradient);
  double const start = std::sqrt(dot(gradient, gradient));
  LbfgsResult result;
  auto const record = [&](int iteration) {
    LearningPoint point{iteration,
                        value,
                        validation ? validation->residual_square(c)
                                   : std::numeric_limits<double>::quiet_NaN(),
                        {}};
    for (TriangularFactor const* const rows : options.watched)
      point.watched.push_back(rows->residual_square(c));
    result.curve.push_back(std::move(point));
  };
  record(0);
  std::deque<Pair> pairs;
  for (int iteration = 1; iteration <= options.max_iterations; ++iteration) {
    if (std::sqrt(dot(gradient, gradient)) <= options.gradient_tolerance * start) {
      result.converged = true;
      break;
    }
    Vector d = direction(pairs, gradient);
    double slope = dot(d, gradient);
    if (!(slope < 0)) { // rounding errors: restart along the gradient
      pairs.clear();
      d = direction(pairs, gradient);
      slope = dot(d, gradient);
    }
    double const curvature = loss.curvature(d);
    double step = curvature > 0 ? -slope / curvature : 1;
    double next_value = 0;
    for (int halvings = 0;; ++halvings) {
      for (int i = 0; i < n; ++i)
        next[i] = c[i] + step * d[i];
      next_value = loss(next, next_gradient);
      if (smooth || next_value <= value + 1e-4 * step * slope || halvings == 60)
        break;
      step /= 2;
    }
    // A smooth loss has been minimized exactly along d: such a step is accepted even if rounding
    // hides the decrease.
    if (!smooth && !(next_value < value)) {
      if (pairs.empty())
        break;
      pairs.clear();
      continue;
    }
    Pair pair{Vector(n), Vector(n), 0};
    for (int i = 0; i < n; ++i) {
      pair.step[i] = next[i] - c[i];
      pair.change[i] = next_gradient[i] - gradient[i];
    }
    double const product = dot(pair.step, pair.change);
    if (product > 0) {
      pair.inverse = 1 / product;
      pairs.push_back(std::move(pair));
      if (static_cast<int>(pairs.size()) > options.memory)
        pairs.pop_front();
    }
    std::swap(c, next);
    std::swap(gradient, next_gradient);
    value = next_value;
    record(iteration);
  }
  result.coefficients = c;
  return result;
}

} // namespace kolace
