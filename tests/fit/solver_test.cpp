// SPDX-License-Identifier: BSD-3-Clause
#include "support/random_rows.hpp"
#include "support/sample_potentials.hpp"

#include <kolace/core/errors.hpp>
#include <kolace/solve/solver.hpp>

#include <gtest/gtest.h>

#include <cmath>

namespace kolace {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using Kind = SolverOptions::Kind;
using Choice = SolverOptions::Choice;
using test::factor_of_rows;
using test::random_rows;
using test::vector_of;

VectorXd ridge(MatrixXd const& rows, double strength) {
  int const n = static_cast<int>(rows.cols()) - 1;
  MatrixXd const a = rows.leftCols(n);
  return (a.transpose() * a + strength * MatrixXd::Identity(n, n))
      .ldlt()
      .solve(a.transpose() * rows.col(n));
}

double square(MatrixXd const& rows, VectorXd const& c) {
  auto const n = rows.cols() - 1;
  return (rows.leftCols(n) * c - rows.col(n)).squaredNorm();
}

/// Noisy rows of a model in three folds, and validation rows.
struct Rows {
  MatrixXd all, validation;
  SolverProblem problem;

  Rows() {
    VectorXd const truth = VectorXd::LinSpaced(12, 2, -1);
    MatrixXd rows = random_rows(60, 13, 50);
    rows.col(12) = rows.leftCols(12) * truth + 3 * rows.col(12);
    all = rows.topRows(45), validation = rows.bottomRows(15);
    problem.train = factor_of_rows(all);
    problem.validation = factor_of_rows(validation);
    problem.weights.assign(12, 1.);
    for (int f = 0; f < 3; ++f)
      problem.folds.emplace_back(factor_of_rows(without(f)),
                                 factor_of_rows(all.middleRows(15 * f, 15)));
  }
  MatrixXd without(int f) const {
    MatrixXd rest(30, 13);
    rest << all.topRows(15 * f), all.bottomRows(45 - 15 * (f + 1));
    return rest;
  }
};

SolverOptions options_of(Kind kind, Choice choice) {
  SolverOptions options;
  options.kind = kind;
  options.choice = choice;
  return options;
}

/// Every reported score equals that of an independent fit, and the choice has the lowest.
TEST(Solver, FoldsJudgeRidgeByTheRowsLeftOut) {
  Rows const rows;
  SolverResult const result = solve(rows.problem, options_of(Kind::ridge, Choice::folds));
  auto const direct = [&](double strength) {
    double sum = 0;
    for (int f = 0; f < 3; ++f)
      sum += square(rows.all.middleRows(15 * f, 15), ridge(rows.without(f), strength));
    return sum;
  };
  ASSERT_GT(result.scores.size(), 20u);
  double const best = direct(result.strength);
  for (auto const& [strength, score] : result.scores) {
    EXPECT_GE(score, best * (1 - 1e-9));
    if (strength > 1e-6) {
      EXPECT_NEAR(score, direct(strength), 1e-8 * score);
    }
  }
  VectorXd const expected = ridge(rows.all, result.strength);
  EXPECT_LT((vector_of(result.solution.coefficients) - expected).norm(), 1e-9 * expected.norm());
  EXPECT_EQ(result.score_name, "folds");
}

TEST(Solver, ValidationChoosesTheStrengthThatPredictsBest) {
  Rows const rows;
  for (Kind const kind : {Kind::ridge, Kind::truncated_svd, Kind::elastic_net}) {
    SolverResult const result = solve(rows.problem, options_of(kind, Choice::validation));
    double const chosen = square(rows.validation, vector_of(result.solution.coefficients));
    double lowest = 1e300;
    for (auto const& [strength, score] : result.scores)
      lowest = std::min(lowest, score);
    EXPECT_LE(chosen, lowest * (1 + 1e-9)) << result.name;
    double const plain = square(
        rows.validation, rows.all.leftCols(12).colPivHouseholderQr().solve(rows.all.col(12)));
    EXPECT_LE(chosen, plain * (1 + 1e-6)) << result.name; // the weakest strength of the grid
  }
}

TEST(Solver, GcvScoresAreTheirFormula) {
  Rows const rows;
  SolverResult const result = solve(rows.problem, options_of(Kind::elastic_net, Choice::gcv));
  // Score of the chosen strength, computed from the rows.
  double const residual = square(rows.all, vector_of(result.solution.coefficients));
  double const expected = 45 * residual / std::pow(45. - result.n_nonzero, 2);
  double lowest = 1e300;
  for (auto const& [strength, score] : result.scores)
    lowest = std::min(lowest, score);
  EXPECT_NEAR(lowest, expected, 1e-9 * expected);
  EXPECT_EQ(result.degrees_of_freedom, result.n_nonzero);
}

TEST(Solver, EvidenceOfRidgeAndBayesianRidgeAgree) {
  Rows const rows;
  SolverResult const a = solve(rows.problem, options_of(Kind::ridge, Choice::evidence));
  SolverResult const b = solve(rows.problem, options_of(Kind::evidence, Choice::given));
  EXPECT_NEAR(std::log(a.strength / b.strength), 0, 1e-2);
  EXPECT_NEAR(*a.log_evidence, *b.log_evidence, 1e-4);
  ASSERT_TRUE(b.posterior);
  EXPECT_EQ(b.posterior->mean(), b.solution.coefficients);
}

TEST(Solver, LossPenaltiesAreMinimizedExactlyAndByGradients) {
  Rows rows;
  rows.problem.l1 = 0.5;
  rows.problem.l2 = 0.1;
  SolverResult const exact = solve(rows.problem, {});
  auto const loss = [&](std::vector<double> const& c) {
    return square(rows.all, vector_of(c)) + 0.5 * vector_of(c).lpNorm<1>() +
           0.1 * vector_of(c).squaredNorm();
  };
  double const minimum = loss(exact.solution.coefficients);
  EXPECT_NEAR(square(rows.all, vector_of(exact.solution.coefficients)) + exact.penalty, minimum,
              1e-10 * minimum);
  for (int j = 0; j < 12; ++j)
    for (double const step : {-1e-3, 1e-3}) {
      auto moved = exact.solution.coefficients;
      moved[j] += step;
      EXPECT_GT(loss(moved), minimum * (1 - 1e-12)) << j;
    }
  SolverResult const steps = solve(rows.problem, options_of(Kind::lbfgs, Choice::given));
  EXPECT_GE(steps.curve.back().train, minimum * (1 - 1e-12));
  EXPECT_LT(steps.curve.back().train, minimum * 1.01);
  EXPECT_NEAR(steps.curve.back().validation,
              square(rows.validation, vector_of(steps.solution.coefficients)), 1e-8);
}

TEST(Solver, GradientsFromRandomCoefficientsEndAtTheSameMinimum) {
  Rows rows;
  rows.problem.weights[11] = 0; // like E0, starts from zero
  SolverResult const exact = solve(rows.problem, {});
  SolverOptions options = options_of(Kind::lbfgs, Choice::given);
  double begin[3];
  for (int run = 0; run < 3; ++run) {
    options.start = run > 0 ? 10 : 0;
    options.seed = 41 + run;
    SolverResult const found = solve(rows.problem, options);
    begin[run] = found.curve.front().train;
    for (int j = 0; j < 12; ++j)
      EXPECT_NEAR(found.solution.coefficients[j], exact.solution.coefficients[j], 1e-7) << j;
  }
  EXPECT_NEAR(begin[0], rows.all.col(12).squaredNorm(), 1e-9 * begin[0]);
  EXPECT_GT(begin[1], 2 * begin[0]);
  EXPECT_GT(std::abs(begin[2] - begin[1]), 1e-3 * begin[1]);
}

TEST(Solver, UnpenalizedUnknownsStayFree) {
  Rows rows;
  rows.problem.weights[11] = 0;
  for (Kind const kind : {Kind::ridge, Kind::elastic_net}) {
    SolverOptions options = options_of(kind, Choice::given);
    options.strength = 1e8; // all penalized unknowns vanish
    SolverResult const result = solve(rows.problem, options);
    double const alone = rows.all.col(11).dot(rows.all.col(12)) / rows.all.col(11).squaredNorm();
    EXPECT_NEAR(result.solution.coefficients[11], alone, 1e-5) << result.name;
    EXPECT_NEAR(result.solution.coefficients[3], 0, 1e-5) << result.name;
  }
}

TEST(Solver, ChoosingWithoutWhatItNeedsIsAnError) {
  Rows rows;
  rows.problem.validation.reset();
  EXPECT_THROW(solve(rows.problem, options_of(Kind::ridge, Choice::validation)), InputError);
  EXPECT_THROW(solve(rows.problem, options_of(Kind::truncated_svd, Choice::evidence)), InputError);
}

TEST(PenaltyWeights, FollowTheFormula) {
  auto const basis =
      test::random_potential({"C"}, {{3, 2, 2}, {0, 1, 1}}, test::paper_radial(4)).basis;
  auto const plain = penalty_weights(*basis, {}, 1);
  EXPECT_EQ(plain.back(), 0);
  EXPECT_EQ(plain.front(), 1);
  SmoothnessPrior const prior{.power = 3, .l_weight = 0.5, .rank_factor = 2};
  auto const weights = penalty_weights(*basis, prior, 1);
  ASSERT_EQ(static_cast<int>(weights.size()), basis->size() + 1);
  for (int b = 0; b < basis->size(); ++b) {
    auto const& f = basis->functions()[b];
    double sum = 0;
    for (int t = 0; t < f.rank(); ++t)
      sum += f.n[t] * f.n[t] * f.n[t] + 0.5 * f.l[t] * f.l[t] * f.l[t];
    EXPECT_NEAR(weights[b], std::pow(std::pow(2, f.rank() - 1) * sum, 2), 1e-9 * weights[b]);
  }
}

TEST(PenaltyWeights, GrowExponentiallyWithDecay) {
  auto const basis =
      test::random_potential({"C"}, {{3, 2, 2}, {0, 1, 1}}, test::paper_radial(4)).basis;
  SmoothnessPrior const prior{.decay = 0.7, .l_weight = 0.5, .rank_factor = 2};
  auto const weights = penalty_weights(*basis, prior, 0);
  for (int b = 0; b < basis->size(); ++b) {
    auto const& f = basis->functions()[b];
    double product = std::pow(2, f.rank() - 1);
    for (int t = 0; t < f.rank(); ++t)
      product *= std::exp(0.7 * f.n[t]) * std::exp(0.35 * f.l[t]);
    EXPECT_NEAR(weights[b], product * product, 1e-9 * weights[b]);
  }
}

} // namespace
} // namespace kolace
