// SPDX-License-Identifier: BSD-3-Clause
#include "support/random_rows.hpp"

#include <kolace/linalg/bidiagonal_ridge.hpp>
#include <kolace/linalg/bounded_ridge.hpp>
#include <kolace/linalg/posterior.hpp>
#include <kolace/linalg/ridge_path.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace kolace {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using test::factor_of_rows;
using test::list_of;
using test::random_rows;
using test::vector_of;

constexpr double infinity = std::numeric_limits<double>::infinity();

/// 40 rows over 7 unknowns. The last is not penalized; the second and the fifth have columns of
/// zeros; the second consists of a shared part only, the fifth is in none.
struct SharedProblem {
  MatrixXd rows = random_rows(40, 8, 31);
  RidgeWeights weights{{2, infinity, 0.5, 1, 3, 1, 0}};
  VectorXd y;

  SharedProblem() {
    rows.col(1).setZero();
    rows.col(4).setZero();
    y = rows.col(7);
    weights.shared = {{{{0, 1.}, {1, 2.}, {2, 1.}}, 0.3}, {{{3, 1.}, {5, 1.}}, 0.7}};
  }
  /// Columns: the own parts with data, the shared parts, the unpenalized unknown.
  MatrixXd expansion() const {
    MatrixXd e = MatrixXd::Zero(7, 7);
    int k = 0;
    for (int const own : {0, 2, 3, 5})
      e(own, k++) = 1;
    for (SharedPart const& part : weights.shared) {
      for (auto const& [unknown, factor] : part.members)
        e(unknown, k) = factor;
      ++k;
    }
    e(6, k) = 1;
    return e;
  }
  VectorXd penalties() const {
    VectorXd w(7);
    w << 2, 0.5, 1, 1, 0.3, 0.7, 0;
    return w;
  }
  MatrixXd precision(double strength) const {
    MatrixXd const a = rows.leftCols(7) * expansion();
    return a.transpose() * a + strength * MatrixXd(penalties().asDiagonal());
  }
  VectorXd closed_form(double strength) const {
    MatrixXd const e = expansion();
    return e * precision(strength).ldlt().solve((rows.leftCols(7) * e).transpose() * y);
  }
};

TEST(RidgeWeights, SharedPartsEqualTheClosedForm) {
  SharedProblem const p;
  TriangularFactor const factor = factor_of_rows(p.rows);
  RidgePath const path(factor, p.weights);
  BidiagonalRidge const bidiagonal(factor, p.weights);
  for (double const strength : {0.02, 0.2, 7.}) {
    VectorXd const expected = p.closed_form(strength);
    EXPECT_NE(expected(1), 0); // predicted by its group
    Posterior const posterior = ridge_posterior(factor, p.weights, strength);
    for (auto const& c :
         {path.coefficients(strength), path.solve(strength), posterior.mean(),
          bidiagonal.coefficients(strength), solve_ridge(factor, p.weights, strength)}) {
      EXPECT_LT((vector_of(c) - expected).norm(), 1e-12 * expected.norm());
      EXPECT_EQ(c[4], 0);
    }
    double const residual = (p.rows.leftCols(7) * expected - p.y).squaredNorm();
    EXPECT_NEAR(path.residual_square(strength), residual, 1e-12 * residual);
    MatrixXd const e = p.expansion(), a = p.rows.leftCols(7) * e;
    EXPECT_NEAR(path.degrees_of_freedom(strength),
                (a * p.precision(strength).ldlt().solve(a.transpose())).trace(), 1e-11);
    MatrixXd const covariance =
        e * p.precision(strength).inverse() * e.transpose() / posterior.noise_precision();
    auto const variances = posterior.variances();
    for (int i = 0; i < 7; ++i) {
      for (int j = 0; j < 7; ++j)
        EXPECT_NEAR(posterior.covariance(i, j), covariance(i, j), 1e-11 * covariance.norm());
      EXPECT_NEAR(variances[i], i == 6 ? 0 : covariance(i, i), 1e-11 * covariance.norm());
    }
    // |R T^-1 D^1/2|^2 for rows that are not those of the fit.
    MatrixXd const others = random_rows(11, 8, 77);
    EXPECT_NEAR(posterior.variance_of(factor_of_rows(others)),
                (others.leftCols(7) * covariance * others.leftCols(7).transpose()).trace(),
                1e-10 * covariance.norm());
  }
}

TEST(RidgeWeights, SelectsMembersOfSharedParts) {
  RidgeWeights const part = SharedProblem().weights.select({6, 2, 0});
  EXPECT_EQ(part.own, (std::vector<double>{0, 0.5, 2}));
  ASSERT_EQ(part.shared.size(), 1u);
  EXPECT_EQ(part.shared[0].weight, 0.3);
  EXPECT_EQ(part.shared[0].members, (std::vector<std::pair<int, double>>{{2, 1.}, {1, 1.}}));
}

TEST(RidgeWeights, ASharedPartOfTheColumnsEqualsCorrelatedCoefficients) {
  // With data for all members, shared and own parts are a prior with covariance 1/u f f^T +
  // diag(1/w).
  MatrixXd const rows = random_rows(30, 5, 4);
  RidgeWeights weights({2, 3, 0.4, 5});
  weights.shared = {{{{0, 1.}, {1, 2.}, {2, 1.}, {3, -1.}}, 0.05}};
  VectorXd const f = (VectorXd(4) << 1, 2, 1, -1).finished();
  MatrixXd const prior =
      f * f.transpose() / 0.05 + MatrixXd(vector_of(weights.own).cwiseInverse().asDiagonal());
  MatrixXd const a = rows.leftCols(4);
  double const strength = 0.3;
  VectorXd const expected =
      (a.transpose() * a + strength * prior.inverse()).ldlt().solve(a.transpose() * rows.col(4));
  VectorXd const c = vector_of(solve_ridge(factor_of_rows(rows), weights, strength));
  EXPECT_LT((c - expected).norm(), 1e-12 * expected.norm());
}

/// Gradient of |A c - y|^2 + strength sum w c^2 + stiffness sum max(0, b - B c)^2, halved.
VectorXd gradient(MatrixXd const& rows, VectorXd const& w, double strength, MatrixXd const& b,
                  VectorXd const& bounds, double stiffness, VectorXd const& c) {
  auto const n = rows.cols() - 1;
  VectorXd g = rows.leftCols(n).transpose() * (rows.leftCols(n) * c - rows.col(n)) +
               strength * w.cwiseProduct(c);
  VectorXd const missing = (bounds - b * c).cwiseMax(0);
  return g - stiffness * b.transpose() * missing;
}

TEST(BoundedRidge, IsTheMinimumOfTheOneSidedLoss) {
  for (unsigned const seed : {1, 2, 3, 4, 5}) {
    MatrixXd const rows = random_rows(60, 11, seed), b = random_rows(25, 10, seed + 100);
    std::vector<double> const weights{1, 2, 0, 0.5, 3, 1, 0, 4, 1, 1};
    double const strength = 0.1;
    BoundedRidge const ridge(factor_of_rows(rows), weights, strength);
    EXPECT_EQ(ridge.unbounded(), solve_ridge(factor_of_rows(rows), weights, strength));
    VectorXd const free = vector_of(ridge.unbounded());
    VectorXd const bounds =
        b * free + random_rows(25, 1, seed + 200).col(0) * 0.4; // half of them act
    for (double const stiffness : {1., 1e4}) {
      BoundedSolution const found =
          ridge.solve({list_of(b.reshaped()), list_of(bounds)}, stiffness);
      VectorXd const c = vector_of(found.coefficients);
      VectorXd const g = gradient(rows, vector_of(weights), strength, b, bounds, stiffness, c);
      VectorXd const before =
          gradient(rows, vector_of(weights), strength, b, bounds, stiffness, free);
      EXPECT_GT(before.norm(), 1e-2);
      EXPECT_LT(g.norm(), 1e-11 * (before.norm() + stiffness)) << seed << " " << stiffness;
      for (int k = 0; k < 25; ++k) {
        bool const acts =
            std::find(found.active.begin(), found.active.end(), k) != found.active.end();
        EXPECT_EQ(acts, b.row(k).dot(c) < bounds(k) - 1e-13) << k;
      }
    }
  }
}

TEST(BoundedRidge, ReturnsTheFreeMinimumWhereNothingActs) {
  MatrixXd const rows = random_rows(20, 5, 9), b = random_rows(3, 4, 10);
  BoundedRidge const ridge(factor_of_rows(rows), std::vector<double>(4, 1.), 0.5);
  VectorXd const bounds = b * vector_of(ridge.unbounded()) - VectorXd::Constant(3, 1e-3);
  BoundedSolution const found = ridge.solve({list_of(b.reshaped()), list_of(bounds)}, 10);
  EXPECT_EQ(found.coefficients, ridge.unbounded());
  EXPECT_TRUE(found.active.empty());
  EXPECT_EQ(ridge.solve({}, 10).coefficients, ridge.unbounded());
}

TEST(BoundedRidge, TakesDuplicateAndContradictingBounds) {
  MatrixXd const rows = random_rows(20, 5, 12);
  std::vector<double> const weights(4, 1.);
  BoundedRidge const ridge(factor_of_rows(rows), weights, 0.5);
  MatrixXd b(4, 4);
  b.row(0) = random_rows(1, 4, 13);
  b.row(1) = b.row(0);
  b.row(2) = -b.row(0);
  b.row(3).setZero(); // 0 >= 1 cannot hold and changes nothing
  double const at = (b.row(0) * vector_of(ridge.unbounded()))(0);
  VectorXd const bounds = (VectorXd(4) << at + 1, at + 1, -at + 2, 1).finished();
  for (double const stiffness : {1., 1e4, 1e15}) {
    BoundedSolution const found = ridge.solve({list_of(b.reshaped()), list_of(bounds)}, stiffness);
    VectorXd const c = vector_of(found.coefficients);
    VectorXd const g = gradient(rows, vector_of(weights), 0.5, b, bounds, stiffness, c);
    EXPECT_TRUE(c.allFinite());
    if (stiffness < 1e8) { // contradicting bounds are as ill-conditioned as they are stiff
      EXPECT_LT(g.norm(), 1e-11 * stiffness) << stiffness;
    }
  }
}

} // namespace
} // namespace kolace
