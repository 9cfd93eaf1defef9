// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/linalg/bounded_ridge.hpp>

#include <kolace/linalg/cholesky.hpp>
#include <kolace/linalg/detail/lapack.hpp>
#include <kolace/linalg/detail/svd.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace kolace {
namespace {

/// The dual problem: multipliers f >= 0 that minimize |G^T f|^2 / 2 + |f|^2 / (2 stiffness) - f .
/// h.
class Multipliers {
public:
  /// @param g rows of the bounds, one after the other [m][n]
  Multipliers(std::vector<double> const& g, int n, std::vector<double> const& h, double stiffness)
      : g_(g), n_(n), m_(static_cast<int>(h.size())), h_(h), compliance_(1 / stiffness),
        multiplier_(m_, 0.), along_(n, 0.), implied_(m_, 0) {}

  /// G^T f [n].
  std::vector<double> const& along() const { return along_; }
  /// Bounds with a multiplier, ascending.
  std::vector<int> acting() const {
    std::vector<int> acting = acting_;
    std::sort(acting.begin(), acting.end());
    return acting;
  }

  void solve() {
    double const scale = m_ > 0 ? *std::max_element(h_.begin(), h_.end()) : 0;
    for (int step = 0; step < 3 * m_; ++step) {
      int const next = most_violated(1e-10 * scale);
      if (next < 0)
        return;
      add(next);
      settle();
    }
  }

private:
  double product(int i, double const* x) const {
    return std::inner_product(x, x + n_, g_.begin() + static_cast<std::ptrdiff_t>(i) * n_, 0.);
  }

  /// Bound with the largest violation among those without a multiplier; -1: none above the
  /// tolerance.
  int most_violated(double tolerance) const {
    int worst = -1;
    double largest = tolerance;
    for (int i = 0; i < m_; ++i)
      if (multiplier_[i] == 0 && !implied_[i])
        if (double const violation = h_[i] - product(i, along_.data()); violation > largest) {
          largest = violation;
          worst = i;
        }
    return worst;
  }

  void add(int bound) {
    std::vector<double> row;
    acting_.push_back(bound);
    for (int const other : acting_)
      row.push_back(product(other, g_.data() + static_cast<std::size_t>(bound) * n_));
    products_.push_back(std::move(row));
  }
  void remove(std::size_t at) {
    acting_.erase(acting_.begin() + static_cast<std::ptrdiff_t>(at));
    products_.erase(products_.begin() + static_cast<std::ptrdiff_t>(at));
    for (std::size_t k = at; k < products_.size(); ++k)
      products_[k].erase(products_[k].begin() + static_cast<std::ptrdiff_t>(at));
  }

  /// Minimizes over the multipliers of the acting bounds; bounds whose multiplier would become
  /// negative are removed.
  void settle() {
    while (!acting_.empty()) {
      int const p = static_cast<int>(acting_.size());
      std::vector<double> matrix(static_cast<std::size_t>(p) * p, 0.), wanted;
      for (int b = 0; b < p; ++b) {
        wanted.push_back(h_[acting_[b]]);
        std::copy(products_[b].begin(), products_[b].end(),
                  matrix.begin() + static_cast<std::ptrdiff_t>(b) * p);
        matrix[static_cast<std::size_t>(b) * p + b] += compliance_;
      }
      if (!cholesky(matrix, p)) { // the newest depends on the others
        implied_[acting_.back()] = 1;
        multiplier_[acting_.back()] = 0;
        remove(acting_.size() - 1);
        break;
      }
      cholesky_solve(matrix, p, wanted);
      int first_zero = -1; // on the way to the wanted multipliers
      double share = 1;
      for (int a = 0; a < p; ++a)
        if (double const now = multiplier_[acting_[a]]; wanted[a] <= 0)
          if (double const to_zero = now / (now - wanted[a]); first_zero < 0 || to_zero < share) {
            share = to_zero;
            first_zero = a;
          }
      for (int a = 0; a < p; ++a)
        multiplier_[acting_[a]] =
            std::max(multiplier_[acting_[a]] + share * (wanted[a] - multiplier_[acting_[a]]), 0.);
      if (first_zero < 0)
        break;
      multiplier_[acting_[first_zero]] = 0;
      remove(first_zero);
      std::fill(implied_.begin(), implied_.end(), 0);
    }
    std::fill(along_.begin(), along_.end(), 0.);
    for (int const i : acting_)
      for (int j = 0; j < n_; ++j)
        along_[j] += g_[static_cast<std::size_t>(i) * n_ + j] * multiplier_[i];
  }

  std::vector<double> const& g_;
  int n_, m_;
  std::vector<double> const& h_;
  double compliance_;
  std::vector<double> multiplier_, along_;
  std::vector<char> implied_; ///< 1: the bound follows from others, up to rounding errors
  std::vector<int> acting_;   ///< bounds with a multiplier
  std::vector<std::vector<double>>
      products_; ///< products of the rows of acting bounds, lower triangle
};

} // namespace

BoundedRidge::BoundedRidge(TriangularFactor const& factor, RidgeWeights const& weights,
                           double strength)
    : reduced_(factor, weights), n_(reduced_.n_reduced()) {
  TriangularFactor total = reduced_.reduce(factor);
  std::vector<double> penalties = reduced_.weights();
  for (double& w : penalties)
    w *= strength;
  total.add_penalty(penalties);
  triangle_ = detail::unknowns_of(total);
  unbounded_ = reduced_.expand(solve_triangle(total));
}

BoundedSolution BoundedRidge::solve(LowerBounds const& bounds, double stiffness) const {
  int const m = static_cast<int>(bounds.bounds.size());
  std::vector<double> missing = bounds.bounds; // bound - a . c of the unbounded minimizer
  for (std::size_t j = 0; j < unbounded_.size(); ++j)
    for (int i = 0; i < m; ++i)
      missing[i] -= bounds.rows[j * m + i] * unbounded_[j];
  std::vector<double> columns = reduced_.reduce_rows(bounds.rows.data(), m, m);
  detail::solve_right(triangle_, n_, columns); // a T^-1
  std::vector<double> rows(columns.size());
  for (int j = 0; j < n_; ++j)
    for (int i = 0; i < m; ++i)
      rows[static_cast<std::size_t>(i) * n_ + j] = columns[static_cast<std::size_t>(j) * m + i];
  Multipliers multipliers(rows, n_, missing, stiffness);
  multipliers.solve();
  std::vector<double> change = multipliers.along();
  detail::solve(triangle_, n_, change);
  BoundedSolution solution{reduced_.expand(change), multipliers.acting()};
  for (std::size_t j = 0; j < unbounded_.size(); ++j)
    solution.coefficients[j] += unbounded_[j];
  return solution;
}

} // namespace kolace
