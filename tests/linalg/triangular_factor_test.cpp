#include "support/tolerances.hpp"

#include <kolace/linalg/triangular_factor.hpp>

#include <Eigen/Dense>
#include <gtest/gtest.h>

#include <cmath>

namespace kolace {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

MatrixXd random_rows(int m, int n, unsigned seed) {
  std::srand(seed);
  return MatrixXd::Random(m, n);
}

TriangularFactor fold(MatrixXd const& rows, int batch) {
  TriangularFactor factor(static_cast<int>(rows.cols()) - 1);
  for (int first = 0; first < rows.rows(); first += batch) {
    MatrixXd part = rows.middleRows(first, std::min<int>(batch, rows.rows() - first));
    factor.add_rows(part.data(), static_cast<int>(part.rows()), static_cast<int>(part.rows()));
  }
  return factor;
}

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
    TriangularFactor const factor = fold(rows, batch);
    EXPECT_EQ(factor.n_rows(), 203);
    EXPECT_LT((gram(factor) - expected).norm(), 1e-12 * expected.norm()) << batch;
  }
}

TEST(TriangularFactor, MergeEqualsFoldingEverything) {
  MatrixXd const rows = random_rows(90, 12, 2);
  TriangularFactor a = fold(rows.topRows(40), 13);
  TriangularFactor const b = fold(rows.bottomRows(50), 50);
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
  EXPECT_NEAR(fold(rows, 11).residual_square(c), expected, 1e-12 * expected);
}

TEST(LeastSquares, EqualsAnIndependentSolver) {
  MatrixXd const rows = random_rows(120, 21, 4);
  Solution const solution = solve_least_squares(fold(rows, 50));
  VectorXd const expected = rows.leftCols(20).colPivHouseholderQr().solve(rows.col(20));
  for (int i = 0; i < 20; ++i)
    EXPECT_NEAR(solution.coefficients[i], expected(i), 1e-12 * expected.norm());
  EXPECT_EQ(solution.rank, 20);
}

/// Condition 1e12, where normal equations (1e24) have no digit left.
TEST(LeastSquares, KeepsTheResidualAtCondition1e12) {
  int const m = 200, n = 40;
  Eigen::HouseholderQR<MatrixXd> left(random_rows(m, m, 5)), right(random_rows(n, n, 6));
  MatrixXd const u = MatrixXd(left.householderQ()).leftCols(n), v = right.householderQ();
  VectorXd s(n);
  for (int k = 0; k < n; ++k)
    s(k) = std::pow(10., -12. * k / (n - 1));
  MatrixXd rows(m, n + 1);
  rows.leftCols(n) = u * s.asDiagonal() * v.transpose();
  rows.col(n) = random_rows(m, 1, 7);
  double const best = (rows.col(n) - u * (u.transpose() * rows.col(n))).squaredNorm();
  TriangularFactor const factor = fold(rows, 64);
  Solution const solution = solve_least_squares(factor);
  EXPECT_EQ(solution.rank, n);
  EXPECT_NEAR(solution.condition / 1e12, 1, 1e-2);
  EXPECT_NEAR(factor.residual_square(solution.coefficients) / best, 1, test::tolerance::loss);
}

TEST(LeastSquares, RankDeficiencyGivesTheLeastNorm) {
  MatrixXd rows = random_rows(80, 13, 8);
  rows.col(5) = 2 * rows.col(2) - rows.col(9);
  rows.col(7) = rows.col(1);
  Solution const solution = solve_least_squares(fold(rows, 80));
  EXPECT_EQ(solution.rank, 10);
  VectorXd const expected = rows.leftCols(12).completeOrthogonalDecomposition().solve(rows.col(12));
  for (int i = 0; i < 12; ++i)
    EXPECT_NEAR(solution.coefficients[i], expected(i), 1e-10);
}

TEST(LeastSquares, RidgeEqualsItsClosedForm) {
  MatrixXd const rows = random_rows(50, 8, 9);
  TriangularFactor factor = fold(rows, 50);
  factor.add_ridge(0.3, 5); // the last two unknowns are free
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
