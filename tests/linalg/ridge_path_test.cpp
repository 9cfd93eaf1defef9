// SPDX-License-Identifier: BSD-3-Clause
#include "support/random_rows.hpp"

#include <kolace/linalg/bayes.hpp>
#include <kolace/linalg/bidiagonal_ridge.hpp>
#include <kolace/linalg/ridge_path.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace kolace {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using test::factor_of_rows;
using test::random_rows;
using test::vector_of;

/// 50 rows and 8 unknowns, two of them unpenalized.
struct Problem {
  MatrixXd rows = random_rows(50, 9, 20);
  MatrixXd a = rows.leftCols(8);
  VectorXd y = rows.col(8);
  std::vector<double> weights{1, 2, 0, 0.5, 3, 1, 0, 4};
  MatrixXd w = vector_of(weights).asDiagonal();
  RidgePath path{factor_of_rows(rows), weights};

  VectorXd closed_form(double strength) const {
    return (a.transpose() * a + strength * w).ldlt().solve(a.transpose() * y);
  }
};

TEST(RidgePath, EqualsTheClosedForm) {
  Problem const p;
  for (double const strength : {1e-3, 0.2, 7., 400.}) {
    VectorXd const expected = p.closed_form(strength), c = vector_of(p.path.coefficients(strength));
    EXPECT_LT((c - expected).norm(), 1e-12 * expected.norm()) << strength;
    double const residual = (p.a * expected - p.y).squaredNorm();
    EXPECT_NEAR(p.path.residual_square(strength), residual, 1e-12 * residual);
    MatrixXd const hat =
        p.a * (p.a.transpose() * p.a + strength * p.w).ldlt().solve(p.a.transpose());
    EXPECT_NEAR(p.path.degrees_of_freedom(strength), hat.trace(), 1e-11);
    EXPECT_NEAR(p.path.gcv(strength), 50 * residual / std::pow(50 - hat.trace(), 2),
                1e-11 * p.path.gcv(strength));
  }
}

TEST(BidiagonalRidge, EqualsTheClosedForm) {
  Problem const p;
  BidiagonalRidge const ridge(factor_of_rows(p.rows), p.weights);
  EXPECT_NEAR(ridge.largest_singular_value(), p.path.singular_values()[0], 1e-13);
  for (double const strength : {1e-3, 0.2, 7., 400.}) {
    VectorXd const expected = p.closed_form(strength);
    EXPECT_LT((vector_of(ridge.coefficients(strength)) - expected).norm(), 1e-12 * expected.norm());
    EXPECT_LT((vector_of(p.path.solve(strength)) - expected).norm(), 1e-12 * expected.norm());
  }
}

/// The penalized loss in extended precision, relative to its minimum.
double penalized_excess(MatrixXd const& rows, std::vector<double> const& weights, double strength,
                        std::vector<double> const& c) {
  int const n = static_cast<int>(weights.size()), m = static_cast<int>(rows.rows());
  MatrixXd augmented = MatrixXd::Zero(m + n, n + 1);
  augmented.topRows(m) = rows;
  for (int j = 0; j < n; ++j)
    augmented(m + j, j) = std::sqrt(strength * weights[j]);
  test::ExactRows const exact(augmented);
  return exact.residual_square(c) / exact.least_square() - 1;
}

/// Conditions from harmless to hopeless, with columns of very different norms, a zero column and
/// two equal ones: ridge and evidence reach the minimum of the penalized loss and agree.
TEST(Ridge, ReachesTheLeastPenalizedLossAtAnyCondition) {
  int const n = 30;
  for (double const condition : {1e2, 1e6, 1e10, 1e13, 1e16})
    for (unsigned const seed : {31u, 32u, 33u}) {
      MatrixXd rows = test::rows_of_condition(150, n, condition, seed);
      for (int j = 0; j < n; ++j)
        rows.col(j) *= std::pow(10., (7 * j) % 9 - 4);
      rows.col(4).setZero();
      rows.col(11) = rows.col(17);
      TriangularFactor const factor = factor_of_rows(rows);
      std::vector<double> weights(n, 1.);
      for (int j = 0; j < n; ++j)
        weights[j] += j % 3;
      RidgePath const path(factor, weights);
      double const top = path.singular_values()[0];
      for (double const relative : {1e-3, 1e-9, 1e-16, 1e-22}) {
        double const strength = relative * top * top;
        std::vector<double> const c = path.solve(strength);
        EXPECT_LT(penalized_excess(rows, weights, strength, c), 1e-8)
            << condition << " " << relative;
        EXPECT_EQ(c[4], 0);
        EXPECT_EQ(path.coefficients(strength)[4], 0);
        EXPECT_EQ(BidiagonalRidge(factor, weights).coefficients(strength)[4], 0);
      }
      BayesianSolution const evidence = solve_evidence(factor, weights);
      double const strength =
          evidence.precisions[0] / evidence.posterior.noise_precision() / weights[0];
      auto const excess = [&](std::vector<double> const& c) {
        return penalized_excess(rows, weights, strength, c);
      };
      EXPECT_NEAR(excess(evidence.posterior.mean()), excess(path.solve(strength)), 1e-8);
      EXPECT_EQ(evidence.posterior.mean()[4], 0);
      EXPECT_EQ(solve_ard(factor, weights).posterior.mean()[4], 0);
    }
}

TEST(RidgePath, NoStrengthIsLeastSquares) {
  Problem const p;
  VectorXd const expected = p.a.colPivHouseholderQr().solve(p.y);
  EXPECT_LT((vector_of(p.path.coefficients(0)) - expected).norm(), 1e-12 * expected.norm());
}

TEST(RidgePath, TruncationIsThatOfTheSingularValues) {
  MatrixXd const rows = random_rows(40, 7, 21);
  RidgePath const path(factor_of_rows(rows), std::vector<double>(6, 1.));
  Eigen::JacobiSVD<MatrixXd> const svd(rows.leftCols(6), Eigen::ComputeThinU | Eigen::ComputeThinV);
  for (int rank = 0; rank <= 6; ++rank) {
    VectorXd expected = VectorXd::Zero(6);
    for (int k = 0; k < rank; ++k)
      expected +=
          svd.matrixV().col(k) * svd.matrixU().col(k).dot(rows.col(6)) / svd.singularValues()(k);
    EXPECT_LT((vector_of(path.truncated(rank)) - expected).norm(), 1e-12);
    double const residual = (rows.leftCols(6) * expected - rows.col(6)).squaredNorm();
    EXPECT_NEAR(path.truncated_residual_square(rank), residual, 1e-12);
  }
}

/// log N(y | 0, 1 / beta + A diag(prior)^-1 A^T); `prior` contains the prior precisions.
double direct_evidence(MatrixXd const& a, VectorXd const& y, VectorXd const& prior, double beta) {
  MatrixXd const covariance = MatrixXd::Identity(a.rows(), a.rows()) / beta +
                              a * prior.cwiseInverse().asDiagonal() * a.transpose();
  Eigen::SelfAdjointEigenSolver<MatrixXd> const eigen(covariance);
  VectorXd const along = eigen.eigenvectors().transpose() * y;
  double sum = 0;
  for (int i = 0; i < y.size(); ++i)
    sum -= 0.5 * (std::log(2 * std::numbers::pi * eigen.eigenvalues()(i)) +
                  along(i) * along(i) / eigen.eigenvalues()(i));
  return sum;
}

TEST(RidgePath, EvidenceEqualsTheDirectFormula) {
  MatrixXd const rows = random_rows(30, 6, 22);
  std::vector<double> const weights{1, 2, 0.5, 3, 1};
  RidgePath const path(factor_of_rows(rows), weights);
  for (double const strength : {0.01, 1., 30.}) {
    double const beta = path.noise_precision(strength);
    double const expected =
        direct_evidence(rows.leftCols(5), rows.col(5), beta * strength * vector_of(weights), beta);
    EXPECT_NEAR(path.log_evidence(strength), expected, 1e-9 * std::abs(expected));
    // beta is at the maximum
    for (double const other : {0.99 * beta, 1.01 * beta})
      EXPECT_LT(direct_evidence(rows.leftCols(5), rows.col(5),
                                other * strength * vector_of(weights), other),
                expected);
  }
}

TEST(LogEvidence, EqualsTheDirectFormula) {
  MatrixXd const rows = random_rows(25, 5, 23);
  std::vector<double> const prior{2, 0.1, 5, 40};
  double const expected = direct_evidence(rows.leftCols(4), rows.col(4), vector_of(prior), 3.);
  EXPECT_NEAR(log_evidence(factor_of_rows(rows), prior, 3.), expected, 1e-10 * std::abs(expected));
}

/// Unpenalized unknowns that the rows do not distinguish or do not contain: the minimum-norm
/// solution, and no infinite variance.
TEST(ReducedUnknowns, UndeterminedOnesHaveMinimumNorm) {
  MatrixXd rows = random_rows(40, 7, 44);
  rows.col(4) = 2 * rows.col(1); // unpenalized, and a multiple of another unpenalized column
  rows.col(5).setZero();         // unpenalized, in no row
  std::vector<double> const weights{1, 0, 1, 1, 0, 0};
  TriangularFactor const factor = factor_of_rows(rows);
  RidgePath const path(factor, weights);
  EXPECT_EQ(path.n_free(), 1);
  for (double const strength : {1e-6, 0.3}) {
    auto const c = path.coefficients(strength);
    EXPECT_NEAR(c[4], 2 * c[1], 1e-10); // direction (1, 2): minimum norm
    EXPECT_EQ(c[5], 0);
    // Equivalent problem with a single column for the two.
    MatrixXd one(40, 5);
    one << rows.col(0), rows.col(2), rows.col(3), rows.col(1), rows.col(6);
    std::vector<double> last_free(4, 1.); // g++ 12 -O3 miscompiles the list {1, 1, 1, 0}
    last_free[3] = 0;
    RidgePath const plain(factor_of_rows(one), last_free);
    EXPECT_EQ(plain.n_free(), 1);
    EXPECT_NEAR(c[0], plain.coefficients(strength)[0], 1e-10);
    EXPECT_NEAR(path.log_evidence(strength) - plain.log_evidence(strength), -0.5 * std::log(5.),
                1e-9); // the column's norm is larger by a factor sqrt(5)
  }
  BayesianSolution const solution = solve_evidence(factor, weights);
  EXPECT_NEAR(std::log(solution.posterior.covariance(4, 4) / solution.posterior.covariance(1, 1)),
              std::log(4.), 1e-9);
  EXPECT_EQ(solution.posterior.covariance(5, 5), 0);
  auto const draw = solution.posterior.sample(1);
  EXPECT_NEAR(draw[4], 2 * draw[1], 1e-10);
  EXPECT_EQ(draw[5], 0);
  auto const ard = solve_ard(factor, weights);
  EXPECT_NEAR(ard.posterior.mean()[4], 2 * ard.posterior.mean()[1], 1e-10);
}

TEST(Evidence, NeedsMoreRowsThanFreeUnknowns) {
  EXPECT_THROW(solve_evidence(factor_of_rows(random_rows(2, 4, 45)), {1, 0, 0}),
               std::invalid_argument);
}

/// Rows from a known model with noise: y = A c + noise.
MatrixXd generated_rows(int m, std::vector<double> const& c, double noise, unsigned seed) {
  int const n = static_cast<int>(c.size());
  MatrixXd rows = random_rows(m, n + 2, seed);
  VectorXd const target = rows.leftCols(n) * vector_of(c) + noise * std::sqrt(3.) * rows.col(n);
  rows.conservativeResize(m, n + 1);
  rows.col(n) = target;
  return rows;
}

TEST(Evidence, FindsTheNoiseAndAMaximum) {
  std::vector<double> const truth{1, -0.5, 0.3, 2, -1.4, 0.8};
  MatrixXd const rows = generated_rows(4000, truth, 0.1, 24);
  TriangularFactor const factor = factor_of_rows(rows);
  std::vector<double> const weights(6, 1.);
  BayesianSolution const solution = solve_evidence(factor, weights);
  double const beta = solution.posterior.noise_precision();
  EXPECT_NEAR(1 / std::sqrt(beta), 0.1, 0.003); // 4000 rows: one standard deviation is 1.1 %
  double const alpha = solution.precisions[0];
  for (double const factor_of : {0.9, 1.1}) {
    EXPECT_LT(log_evidence(factor, std::vector<double>(6, factor_of * alpha), beta),
              solution.log_evidence);
    EXPECT_LT(log_evidence(factor, std::vector<double>(6, alpha), factor_of * beta),
              solution.log_evidence);
  }
}

TEST(Evidence, PosteriorIsThatOfTheNormalEquations) {
  MatrixXd const rows = random_rows(60, 6, 25);
  TriangularFactor const factor = factor_of_rows(rows);
  BayesianSolution const solution = solve_evidence(factor, {1, 1, 0, 2, 1});
  Posterior const& posterior = solution.posterior;
  MatrixXd const a = rows.leftCols(5);
  MatrixXd const precision = posterior.noise_precision() * a.transpose() * a +
                             MatrixXd(vector_of(solution.precisions).asDiagonal());
  MatrixXd const covariance = precision.inverse();
  VectorXd const mean = posterior.noise_precision() * covariance * (a.transpose() * rows.col(5));
  for (int i = 0; i < 5; ++i) {
    EXPECT_NEAR(posterior.mean()[i], mean(i), 1e-11);
    for (int j = 0; j < 5; ++j)
      EXPECT_NEAR(posterior.covariance(i, j), covariance(i, j), 1e-11 * covariance.norm());
  }
  MatrixXd const others = random_rows(9, 6, 26);
  double const expected =
      (others.leftCols(5) * covariance * others.leftCols(5).transpose()).trace();
  EXPECT_NEAR(posterior.variance_of(factor_of_rows(others)), expected, 1e-11 * expected);
}

TEST(Evidence, SamplesHaveThePosteriorsMeanAndCovariance) {
  BayesianSolution const solution =
      solve_evidence(factor_of_rows(random_rows(40, 4, 27)), {1, 1, 1});
  int const n = 20000;
  MatrixXd draws(3, n);
  for (int k = 0; k < n; ++k)
    draws.col(k) = vector_of(solution.posterior.sample(k));
  VectorXd const mean = draws.rowwise().mean();
  MatrixXd const centered = draws.colwise() - mean;
  MatrixXd const covariance = centered * centered.transpose() / n;
  for (int i = 0; i < 3; ++i) {
    double const deviation = std::sqrt(solution.posterior.covariance(i, i));
    EXPECT_NEAR(mean(i), solution.posterior.mean()[i], 5 * deviation / std::sqrt(n));
    for (int j = 0; j < 3; ++j)
      EXPECT_NEAR(covariance(i, j), solution.posterior.covariance(i, j),
                  0.05 * solution.posterior.covariance(0, 0));
  }
  EXPECT_EQ(solution.posterior.sample(3), solution.posterior.sample(3));
  EXPECT_NE(solution.posterior.sample(3), solution.posterior.sample(4));
}

TEST(Posterior, CalibratedIsAMixtureOfThreeWidths) {
  MatrixXd const rows = random_rows(60, 6, 31);
  std::vector<double> const weights{1, 1, 0, 2, 1};
  double const strength = 0.3, along = 5, rest = 0.2, prior = 0.07;
  Posterior posterior = ridge_posterior(factor_of_rows(rows), weights, strength);
  EXPECT_EQ(posterior.mean(), solve_ridge(factor_of_rows(rows), weights, strength));
  MatrixXd const part = rows.topRows(20);
  MatrixXd const a = rows.leftCols(5), b = part.leftCols(5);
  MatrixXd const precision = strength * MatrixXd(vector_of(weights).asDiagonal());
  MatrixXd const inverse = (a.transpose() * a + precision).inverse();
  VectorXd const mean = vector_of(posterior.mean());
  std::vector<int> const with_prior{0, 1, 3, 4};
  double by_mean = 0, by_prior = 0;
  for (int i = 0; i < 20; ++i) {
    double prediction = 0;
    for (int const j : with_prior) {
      prediction += b(i, j) * mean(j);
      by_prior += b(i, j) * b(i, j) / precision(j, j);
    }
    by_mean += prediction * prediction;
  }
  EXPECT_NEAR(posterior.prior_width(factor_of_rows(part)).value(), by_mean / by_prior,
              1e-10 * by_mean / by_prior);
  posterior.calibrate(factor_of_rows(part), along, rest, prior);
  MatrixXd const covariance = rest * inverse +
                              (along - rest) * inverse * b.transpose() * b * inverse +
                              (prior - rest) * inverse * precision * inverse;
  for (int i = 0; i < 5; ++i)
    for (int j = 0; j < 5; ++j)
      EXPECT_NEAR(posterior.covariance(i, j), covariance(i, j), 1e-8 * covariance.norm());
  for (int const i : {0, 1, 3, 4})
    EXPECT_NEAR(posterior.variances()[i], covariance(i, i), 1e-8 * covariance.norm());
  MatrixXd const others = random_rows(9, 6, 32);
  auto const deviations = posterior.deviations(others.data(), 9, 9);
  double sum = 0;
  for (int i = 0; i < 9; ++i) {
    double const variance = others.row(i).head(5) * covariance * others.row(i).head(5).transpose();
    EXPECT_NEAR(deviations[i] * deviations[i], variance, 1e-8 * variance);
    sum += variance;
  }
  EXPECT_NEAR(posterior.variance_of(factor_of_rows(others)), sum, 1e-8 * sum);
  int const n = 20000;
  MatrixXd draws(5, n);
  for (int k = 0; k < n; ++k)
    draws.col(k) = vector_of(posterior.sample(k)) - vector_of(posterior.mean());
  EXPECT_LT((draws * draws.transpose() / n - covariance).norm(), 0.05 * covariance.norm());
}

/// Nearly equal columns, and a penalty at the rounding level of the rows.
TEST(Posterior, IsCalibratedAtBadConditions) {
  MatrixXd rows = random_rows(200, 31, 33);
  for (int j = 15; j < 30; ++j)
    rows.col(j) = rows.col(j - 15) + 1e-9 * rows.col(j);
  Posterior posterior = ridge_posterior(factor_of_rows(rows), std::vector<double>(30, 1.), 1e-20);
  MatrixXd const part = rows.topRows(120);
  ASSERT_TRUE(posterior.calibrate(factor_of_rows(part), 1e-8, 1));
  for (double const deviation : posterior.deviations(rows.data(), 200, 200))
    EXPECT_TRUE(std::isfinite(deviation) && deviation >= 0);
  for (double const x : posterior.sample(1))
    EXPECT_TRUE(std::isfinite(x));
}

TEST(Ard, KeepsWhatMattersAndPrunesTheRest) {
  std::vector<double> truth(20, 0.);
  truth[3] = 1, truth[8] = -0.7, truth[15] = 0.4;
  TriangularFactor const factor = factor_of_rows(generated_rows(500, truth, 0.05, 28));
  BayesianSolution const solution = solve_ard(factor, std::vector<double>(20, 1.));
  EXPECT_LE(solution.posterior.n_kept(), 10);
  for (int const i : {3, 8, 15})
    EXPECT_NEAR(solution.posterior.mean()[i], truth[i], 0.02);
  // The evidence is at a maximum, checked by the direct formula for each unknown.
  double const beta = solution.posterior.noise_precision();
  double const at = log_evidence(factor, solution.precisions, beta);
  EXPECT_NEAR(at, solution.log_evidence, 1e-9 * std::abs(at));
  for (int const i : solution.posterior.kept())
    for (double const step : {0.7, 1.4}) {
      auto other = solution.precisions;
      other[i] *= step;
      EXPECT_LT(log_evidence(factor, other, beta), at + 1e-6) << i;
    }
  for (int i = 0; i < 20; ++i)
    if (!std::isfinite(solution.precisions[i]))
      for (double const alpha : {1e2, 1e4, 1e6}) {
        auto other = solution.precisions;
        other[i] = alpha;
        EXPECT_LT(log_evidence(factor, other, beta), at) << i;
      }
}

TEST(MinimizeStrength, FindsTheMinimumBetweenGridPoints) {
  std::vector<std::pair<double, double>> grid;
  double const found = minimize_strength([](double s) { return std::pow(std::log(s) - 0.777, 2); },
                                         1e-6, 1e6, 13, &grid);
  EXPECT_NEAR(std::log(found), 0.777, 1e-3);
  EXPECT_EQ(grid.size(), 13u);
}

} // namespace
} // namespace kolace
