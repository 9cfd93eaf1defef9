// SPDX-License-Identifier: BSD-3-Clause
#include "support/random_rows.hpp"

#include <kolace/linalg/triangular_factor.hpp>

#include <Eigen/Dense>
#include <gtest/gtest.h>

#include <cmath>

namespace kolace {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

using test::factor_of_rows;
using test::random_rows;

MatrixXd gram(TriangularFactor const& factor) {
  int const n = factor.n_unknowns() + 1;
  MatrixXd r = MatrixXd::Zero(n, n);
  for (int j = 0; j < n; ++j)
    for (int i = 0; i <= j; ++i)
      r(i, j) = factor(i, j);
  return r.transpose() * r;
}

TEST(TriangularFactor, HoldsTheGramMatrixForAnyBatchSize) {
  MatrixXd const rows = random_rows(203, 31, 1);
  MatrixXd const expected = rows.transpose() * rows;
  for (int const batch : {1, 7, 64, 203}) {
    TriangularFactor const factor = factor_of_rows(rows, batch);
    EXPECT_EQ(factor.n_rows(), 203);
    EXPECT_LT((gram(factor) - expected).norm(), 1e-12 * expected.norm()) << batch;
  }
}

/// Sizes below, at and above those of tiles, blocks and panels of columns and of the rows per
/// update.
TEST(TriangularFactor, EqualsAHouseholderFactorizationOfAllRows) {
  for (int const n : {1, 7, 8, 25, 47, 48, 49, 80, 97, 150})
    for (int const m : {1, 23, 24, 60, 1025, 2100}) {
      MatrixXd const rows = random_rows(m, n, 31 * n + m);
      Eigen::HouseholderQR<MatrixXd> const qr(rows);
      TriangularFactor const factor = factor_of_rows(rows, m);
      MatrixXd difference(n, n);
      difference.setZero();
      for (int j = 0; j < n; ++j)
        for (int i = 0; i <= j; ++i) { // the sign of each row of R is arbitrary
          double const wanted = i < m ? qr.matrixQR()(i, j) : 0;
          bool const other = i < m && factor(i, i) * qr.matrixQR()(i, i) < 0;
          difference(i, j) = factor(i, j) - (other ? -wanted : wanted);
        }
      EXPECT_LT(difference.norm(), 1e-13 * rows.norm()) << n << " columns, " << m << " rows";
    }
}

/// Rows may have a larger leading dimension; the memory between them stays unchanged.
TEST(TriangularFactor, ReadsItsRowsAlone) {
  int const m = 37, n = 61, room = 50;
  MatrixXd const rows = random_rows(m, n, 12);
  MatrixXd padded = MatrixXd::Constant(room, n, 1e300);
  padded.topRows(m) = rows;
  TriangularFactor factor(n - 1);
  factor.add_rows(padded.data(), m, room);
  MatrixXd const expected = rows.transpose() * rows;
  EXPECT_LT((gram(factor) - expected).norm(), 1e-12 * expected.norm());
  EXPECT_EQ(padded.bottomRows(room - m), MatrixXd::Constant(room - m, n, 1e300));
}

/// Larger than a panel, so that the merge skips zeros.
TEST(TriangularFactor, MergesLargeFactors) {
  MatrixXd const rows = random_rows(400, 131, 3);
  TriangularFactor a = factor_of_rows(rows.topRows(150), 150);
  a.merge(factor_of_rows(rows.bottomRows(250), 100));
  MatrixXd const expected = rows.transpose() * rows;
  EXPECT_LT((gram(a) - expected).norm(), 1e-13 * expected.norm());
}

/// A penalty does not count as rows, and rows that are merged afterwards must not replace it.
TEST(TriangularFactor, KeepsAPenaltyOfNoRows) {
  MatrixXd const rows = random_rows(50, 9, 13);
  TriangularFactor factor(8);
  factor.add_ridge(2, 8);
  EXPECT_TRUE(factor.empty());
  factor.merge(factor_of_rows(rows, 50));
  MatrixXd expected = rows.transpose() * rows;
  expected.diagonal().head(8).array() += 2;
  EXPECT_LT((gram(factor) - expected).norm(), 1e-13 * expected.norm());
}

TEST(TriangularFactor, MergeEqualsOneUpdateWithAllRows) {
  MatrixXd const rows = random_rows(90, 12, 2);
  TriangularFactor a = factor_of_rows(rows.topRows(40), 13);
  TriangularFactor const b = factor_of_rows(rows.bottomRows(50), 50);
  a.merge(b, 1.5);
  MatrixXd const expected = rows.topRows(40).transpose() * rows.topRows(40) +
                            2.25 * rows.bottomRows(50).transpose() * rows.bottomRows(50);
  EXPECT_LT((gram(a) - expected).norm(), 1e-12 * expected.norm());
  EXPECT_EQ(a.n_rows(), 90);
}

TEST(TriangularFactor, ResidualIsThatOfTheRows) {
  MatrixXd const rows = random_rows(60, 9, 3);
  std::vector<double> const c{1, -2, 0.5, 3, 0, 0.1, -0.7, 2};
  VectorXd const x = Eigen::Map<VectorXd const>(c.data(), 8);
  double const expected = (rows.leftCols(8) * x - rows.col(8)).squaredNorm();
  EXPECT_NEAR(factor_of_rows(rows, 11).residual_square(c), expected, 1e-12 * expected);
}

TEST(TriangularFactor, SelectsAnyColumns) {
  MatrixXd const rows = random_rows(70, 15, 10);
  TriangularFactor const factor = factor_of_rows(rows, 70);
  for (auto const& columns : {std::vector<int>{0, 1, 2, 3}, std::vector<int>{9, 2, 13, 5, 0}}) {
    MatrixXd part(70, columns.size() + 1);
    for (std::size_t j = 0; j < columns.size(); ++j)
      part.col(j) = rows.col(columns[j]);
    part.rightCols(1) = rows.col(14);
    MatrixXd const expected = part.transpose() * part;
    EXPECT_LT((gram(factor.select(columns)) - expected).norm(), 1e-12 * expected.norm());
    EXPECT_EQ(factor.select(columns).n_rows(), 70);
  }
  EXPECT_THROW(factor.select({14}), std::invalid_argument);
}

TEST(TriangularFactor, TrailingIsTheProblemLeftByElimination) {
  MatrixXd const rows = random_rows(60, 9, 11);
  TriangularFactor const rest = factor_of_rows(rows, 60).trailing(3);
  // Gram matrix after projecting out the first three columns.
  MatrixXd const first = rows.leftCols(3);
  MatrixXd const projected =
      rows.rightCols(6) - first * first.colPivHouseholderQr().solve(rows.rightCols(6));
  MatrixXd const expected = projected.transpose() * projected;
  EXPECT_LT((gram(rest) - expected).norm(), 1e-12 * expected.norm());
}

TEST(LeastSquares, EqualsAnIndependentSolver) {
  MatrixXd const rows = random_rows(120, 21, 4);
  Solution const solution = solve_least_squares(factor_of_rows(rows, 50));
  VectorXd const expected = rows.leftCols(20).colPivHouseholderQr().solve(rows.col(20));
  for (int i = 0; i < 20; ++i)
    EXPECT_NEAR(solution.coefficients[i], expected(i), 1e-12 * expected.norm());
  EXPECT_EQ(solution.rank, 20);
}

/// At condition 1e12, normal equations (condition 1e24) leave no correct digit.
TEST(LeastSquares, KeepsTheResidualAtCondition1e12) {
  int const n = 40;
  MatrixXd const rows = test::rows_of_condition(200, n, 1e12, 5);
  test::ExactRows const exact(rows);
  double const best = exact.least_square();
  TriangularFactor const factor = factor_of_rows(rows, 64);
  Solution const solution = solve_least_squares(factor);
  EXPECT_EQ(solution.rank, n);
  EXPECT_NEAR(solution.condition / 1e12, 1, 1e-2);
  EXPECT_NEAR(exact.residual_square(solution.coefficients) / best, 1, 1e-8);
  EXPECT_NEAR(factor.residual_square(solution.coefficients) / best, 1, 1e-5); // R is rounded
}

TEST(LeastSquares, RankDeficiencyGivesMinimumNorm) {
  MatrixXd rows = random_rows(80, 13, 8);
  rows.col(5) = 2 * rows.col(2) - rows.col(9);
  rows.col(7) = rows.col(1);
  Solution const solution = solve_least_squares(factor_of_rows(rows, 80));
  EXPECT_EQ(solution.rank, 10);
  VectorXd const expected = rows.leftCols(12).completeOrthogonalDecomposition().solve(rows.col(12));
  for (int i = 0; i < 12; ++i)
    EXPECT_NEAR(solution.coefficients[i], expected(i), 1e-10);
}

TEST(LeastSquares, ColumnsOfZerosGetExactlyZero) {
  MatrixXd rows = random_rows(80, 13, 8);
  rows.col(3).setZero();
  rows.col(10).setZero();
  rows.col(7) = rows.col(1);
  Solution const solution = solve_least_squares(factor_of_rows(rows, 80));
  EXPECT_EQ(solution.rank, 9);
  EXPECT_EQ(solution.coefficients[3], 0);
  EXPECT_EQ(solution.coefficients[10], 0);
  EXPECT_NEAR(solution.coefficients[7], solution.coefficients[1], 1e-13);
}

/// Columns of very different norms and a condition far beyond double precision: more columns must
/// not give a larger loss.
TEST(LeastSquares, ALargerModelIsNotWorse) {
  for (unsigned const seed : {41u, 42u, 43u, 44u}) {
    int const n = 28;
    MatrixXd rows(300, n + 1); // powers of one variable, and a target that needs large coefficients
    for (int i = 0; i < 300; ++i) {
      double const x = (i + 0.5) / 300;
      for (int j = 0; j < n; ++j)
        rows(i, j) = std::pow(x, j) * std::pow(10., (seed + 5 * j) % 7 - 3.);
      rows(i, n) = 1 / (1 + 25 * (2 * x - 1) * (2 * x - 1)) + 1e-4 * std::sin(1e3 * x + seed);
    }
    TriangularFactor const factor = factor_of_rows(rows);
    test::ExactRows const exact(rows);
    double last = 1e300;
    for (int k = 4; k <= n; k += 2) {
      std::vector<int> columns(k);
      for (int j = 0; j < k; ++j)
        columns[j] = j;
      std::vector<double> c = solve_least_squares(factor.select(columns)).coefficients;
      c.resize(n, 0.);
      double const loss = exact.residual_square(c);
      EXPECT_LT(loss, last * (1 + 1e-6)) << k << " columns, seed " << seed;
      last = loss;
    }
  }
}

TEST(LeastSquares, RidgeEqualsItsClosedForm) {
  MatrixXd const rows = random_rows(50, 8, 9);
  TriangularFactor factor = factor_of_rows(rows, 50);
  factor.add_ridge(0.3, 5); // the last two unknowns are unpenalized
  MatrixXd a = rows.leftCols(7).transpose() * rows.leftCols(7);
  for (int i = 0; i < 5; ++i)
    a(i, i) += 0.3;
  VectorXd const expected = a.ldlt().solve(rows.leftCols(7).transpose() * rows.col(7));
  Solution const solution = solve_least_squares(factor);
  for (int i = 0; i < 7; ++i)
    EXPECT_NEAR(solution.coefficients[i], expected(i), 1e-11);
  EXPECT_EQ(factor.n_rows(), 50);
}

TEST(LeastSquares, NoRowsGiveZero) {
  Solution const solution = solve_least_squares(TriangularFactor(3));
  EXPECT_EQ(solution.rank, 0);
  EXPECT_EQ(solution.coefficients, (std::vector<double>{0, 0, 0}));
}

} // namespace
} // namespace kolace
