// SPDX-License-Identifier: BSD-3-Clause
#include "support/random_rows.hpp"
#include "support/tolerances.hpp"

#include <kolace/linalg/elastic_net.hpp>
#include <kolace/linalg/lbfgs.hpp>
#include <kolace/linalg/lsqr.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace kolace {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using test::factor_of_rows;
using test::random_rows;
using test::vector_of;

/// Checks the optimality conditions of |A c - y|^2 + strength sum w |c| for each unknown, using the
/// rows themselves.
void expect_optimal(MatrixXd const& rows, std::vector<double> const& c,
                    std::vector<double> const& weights, double strength) {
  int const n = static_cast<int>(c.size());
  VectorXd const slope =
      2 * rows.leftCols(n).transpose() * (rows.leftCols(n) * vector_of(c) - rows.col(n));
  MatrixXd const sizes = rows.leftCols(n).cwiseAbs();
  VectorXd const rounding = test::tolerance::formula * sizes.transpose() *
                            (sizes * vector_of(c).cwiseAbs() + rows.col(n).cwiseAbs());
  for (int j = 0; j < n; ++j) {
    double const bound = strength * weights[j];
    double const wanted = c[j] == 0  ? std::clamp(slope(j), -bound, bound)
                          : c[j] > 0 ? -bound
                                     : bound;
    EXPECT_NEAR(slope(j), wanted, rounding(j) + 1e-9 * bound) << j;
  }
}

int count_of_nonzeros(std::vector<double> const& c) {
  return static_cast<int>(std::count_if(c.begin(), c.end(), [](double x) { return x != 0; }));
}

TEST(ElasticNet, IsOptimalCoordinateByCoordinate) {
  MatrixXd const rows = random_rows(80, 31, 30);
  std::vector<double> weights(30, 1.);
  weights[4] = 0, weights[7] = 3;
  ElasticNet net(factor_of_rows(rows), weights);
  double const largest = net.largest_strength();
  for (double const part : {1.001, 0.5, 0.1, 0.01, 1e-4, 0.3}) { // also in ascending order
    auto const& c = net.solve(part * largest);
    expect_optimal(rows, c, weights, part * largest);
    EXPECT_NE(c[4], 0);
    if (part > 1) {
      EXPECT_EQ(net.n_active(), 1); // only the unpenalized one
    }
  }
  auto const n_nonzero = count_of_nonzeros(net.solve(0.1 * largest)); // before n_active() is asked
  EXPECT_EQ(net.n_active(), n_nonzero);
}

TEST(ElasticNet, IsOptimalAtCondition1e12) {
  MatrixXd const rows = test::rows_of_condition(120, 40, 1e12, 31);
  std::vector<double> const weights(40, 1.);
  for (double const part : {0.3, 1e-3, 1e-6}) {
    ElasticNet net(factor_of_rows(rows), weights);
    double const strength = part * net.largest_strength();
    expect_optimal(rows, net.solve(strength), weights, strength);
  }
}

TEST(ElasticNet, CopesWithEqualColumns) {
  MatrixXd rows = random_rows(50, 11, 32);
  rows.col(6) = rows.col(2);
  rows.col(9) = -rows.col(1);
  std::vector<double> const weights(10, 1.);
  ElasticNet net(factor_of_rows(rows), weights);
  double const strength = 0.05 * net.largest_strength();
  expect_optimal(rows, net.solve(strength), weights, strength);
}

TEST(ElasticNet, WithSquaresEqualsTheSoftThreshold) {
  // For orthonormal columns c = soft(A^T y, strength / 2) / (1 + l2).
  MatrixXd rows = random_rows(40, 7, 33);
  rows.leftCols(6) = MatrixXd(rows.leftCols(6).householderQr().householderQ()).leftCols(6);
  TriangularFactor factor = factor_of_rows(rows);
  factor.add_penalty(std::vector<double>(6, 0.25));
  ElasticNet net(factor, std::vector<double>(6, 1.));
  auto const& c = net.solve(0.3);
  for (int j = 0; j < 6; ++j) {
    double const along = rows.col(j).dot(rows.col(6));
    double const soft = std::copysign(std::max(std::abs(along) - 0.15, 0.), along);
    EXPECT_NEAR(c[j], soft / 1.25, 1e-13);
  }
}

TEST(ElasticNet, NoStrengthIsLeastSquares) {
  MatrixXd const rows = random_rows(60, 13, 34);
  ElasticNet net(factor_of_rows(rows), std::vector<double>(12, 1.));
  VectorXd const expected = rows.leftCols(12).colPivHouseholderQr().solve(rows.col(12));
  EXPECT_LT((vector_of(net.solve(0)) - expected).norm(), 1e-11 * expected.norm());
}

std::vector<double> zeros(int n) {
  return std::vector<double>(n, 0.);
}

TEST(Lbfgs, ReachesLeastSquaresAndRecordsEveryIteration) {
  MatrixXd const rows = random_rows(100, 21, 35), others = random_rows(30, 21, 36);
  TriangularFactor const factor = factor_of_rows(rows), validation = factor_of_rows(others);
  auto const [c, curve, converged] = minimize_lbfgs(factor, zeros(20), zeros(20), &validation, {});
  EXPECT_TRUE(converged);
  VectorXd const expected = rows.leftCols(20).colPivHouseholderQr().solve(rows.col(20));
  EXPECT_LT((vector_of(c) - expected).norm(), 1e-7 * expected.norm());
  for (std::size_t k = 0; k < curve.size(); ++k) {
    EXPECT_EQ(curve[k].iteration, static_cast<int>(k));
    EXPECT_TRUE(k == 0 || curve[k].train <= curve[k - 1].train * (1 + test::tolerance::formula))
        << k;
  }
  EXPECT_NEAR(curve.front().train, rows.col(20).squaredNorm(), 1e-10);
  EXPECT_NEAR(curve.back().validation,
              (others.leftCols(20) * vector_of(c) - others.col(20)).squaredNorm(), 1e-8);
}

TEST(Lbfgs, RidgeReachesItsClosedForm) {
  MatrixXd const rows = random_rows(50, 9, 37);
  auto const c =
      minimize_lbfgs(factor_of_rows(rows), zeros(8), std::vector<double>(8, 0.7), nullptr, {})
          .coefficients;
  MatrixXd const a = rows.leftCols(8);
  VectorXd const expected = (a.transpose() * a + 0.7 * MatrixXd::Identity(8, 8))
                                .ldlt()
                                .solve(a.transpose() * rows.col(8));
  EXPECT_LT((vector_of(c) - expected).norm(), 1e-8 * expected.norm());
}

/// Gradient methods converge slowly if the loss is not smooth: close to the exact minimum, never
/// below it.
TEST(Lbfgs, ComesCloseToTheExactMinimumWithL1) {
  MatrixXd const rows = random_rows(60, 11, 38);
  std::vector<double> const l1(10, 2.);
  auto const curve = minimize_lbfgs(factor_of_rows(rows), l1, zeros(10), nullptr, {}).curve;
  ElasticNet net(factor_of_rows(rows), l1);
  VectorXd const best = vector_of(net.solve(1));
  double const minimum =
      (rows.leftCols(10) * best - rows.col(10)).squaredNorm() + 2 * best.lpNorm<1>();
  EXPECT_GE(curve.back().train, minimum * (1 - 1e-12));
  EXPECT_LT(curve.back().train, minimum * 1.05);
}

TEST(Lbfgs, StopsAtTheGivenNumberOfIterations) {
  LbfgsOptions options;
  options.max_iterations = 3;
  LbfgsResult const result = minimize_lbfgs(factor_of_rows(random_rows(50, 21, 39)), zeros(20),
                                            zeros(20), nullptr, options);
  EXPECT_EQ(result.curve.size(), 4u);
  EXPECT_FALSE(result.converged);
}

/// The iteration continues although rounding hides the decrease of the loss.
TEST(Lbfgs, ReachesTheMinimumOfABadlyConditionedLoss) {
  MatrixXd const rows = test::rows_of_condition(60, 12, 1e5, 43);
  LbfgsOptions options;
  options.max_iterations = 20000;
  auto const result = minimize_lbfgs(factor_of_rows(rows), zeros(12), zeros(12), nullptr, options);
  VectorXd const expected = rows.leftCols(12).colPivHouseholderQr().solve(rows.col(12));
  double const best = (rows.leftCols(12) * expected - rows.col(12)).squaredNorm();
  EXPECT_TRUE(result.converged);
  EXPECT_NEAR(result.curve.back().train / best, 1, test::tolerance::loss);
}

/// Rows stored by the caller.
struct HeldRows {
  MatrixXd rows;
  VectorXd u;

  double operator()(bool first, std::vector<double> const& v, double alpha,
                    std::vector<double>& product) {
    auto const n = rows.cols() - 1;
    u = first ? VectorXd(rows.col(n)) : VectorXd(rows.leftCols(n) * vector_of(v) - alpha * u);
    VectorXd const p = rows.leftCols(n).transpose() * u;
    product.assign(p.data(), p.data() + n);
    return u.squaredNorm();
  }
};

TEST(Lsqr, ReachesLeastSquares) {
  HeldRows held{random_rows(90, 16, 40), {}};
  LsqrResult const result = solve_lsqr(15, std::ref(held), {100, 1e-14});
  VectorXd const expected = held.rows.leftCols(15).colPivHouseholderQr().solve(held.rows.col(15));
  EXPECT_LT((vector_of(result.coefficients) - expected).norm(), 1e-10 * expected.norm());
  double const residual = (held.rows.leftCols(15) * expected - held.rows.col(15)).squaredNorm();
  EXPECT_NEAR(result.residual_squares.back(), residual, 1e-10 * residual);
  EXPECT_NEAR(result.residual_squares.front(), held.rows.col(15).squaredNorm(), 1e-12);
  for (std::size_t k = 1; k < result.residual_squares.size(); ++k)
    EXPECT_LE(result.residual_squares[k], result.residual_squares[k - 1]);
  EXPECT_LE(result.residual_squares.size(), 40u);
  EXPECT_TRUE(result.converged);
  EXPECT_FALSE(solve_lsqr(15, std::ref(held), {3, 1e-14}).converged);
}

TEST(Lsqr, ConsistentRowsEndAtZeroResidual) {
  HeldRows held{random_rows(30, 11, 41), {}};
  VectorXd const truth = VectorXd::LinSpaced(10, -1, 2);
  held.rows.col(10) = held.rows.leftCols(10) * truth;
  LsqrResult const result = solve_lsqr(10, std::ref(held), {100, 1e-14});
  EXPECT_LT((vector_of(result.coefficients) - truth).norm(), 1e-9);
}

TEST(Lsqr, ZeroTargetGivesZero) {
  HeldRows held{random_rows(20, 6, 42), {}};
  held.rows.col(5).setZero();
  EXPECT_EQ(solve_lsqr(5, std::ref(held), {}).coefficients, zeros(5));
}

} // namespace
} // namespace kolace
