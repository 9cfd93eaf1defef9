// SPDX-License-Identifier: BSD-3-Clause
#include "support/labelled.hpp"
#include "support/random_rows.hpp"
#include "support/sample_potentials.hpp"
#include "support/temporary_folder.hpp"

#include <kolace/fit/calibration.hpp>
#include <kolace/fit/detail/leave_one_out.hpp>
#include <kolace/fit/fit.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace kolace {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

/// 12 structures with one energy and six forces each, five unknowns, one of them without penalty.
TEST(LeaveOneOut, EqualsFitsWithoutTheStructure) {
  constexpr int n = 5, m = 7, count = 12;
  std::vector<double> const weights{1, 0, 2, 0.5, 3};
  double const strength = 0.7;
  MatrixXd const rows = test::random_rows(count * m, n + 1, 91);
  MatrixXd energies(count, n + 1);
  for (int s = 0; s < count; ++s)
    energies.row(s) = rows.row(s * m);
  Posterior const posterior = ridge_posterior(test::factor_of_rows(rows), weights, strength);
  constexpr double prior_width = 0.3;
  detail::LeaveOneOut left_out(posterior, test::factor_of_rows(energies), prior_width);
  MatrixXd const penalty = strength * MatrixXd(test::vector_of(weights).asDiagonal());
  for (int s = 0; s < count; ++s) {
    detail::StructureRows structure;
    for (int i = 0; i < m; ++i) {
      VectorXd const row = rows.row(s * m + i);
      structure.rows.emplace_back(row.data(), row.data() + n + 1);
    }
    structure.energy = 0;
    structure.first_force = 1;
    structure.n_forces = m - 1;
    left_out.leave_out(structure);

    MatrixXd a = penalty, a_energies = MatrixXd::Zero(n, n);
    VectorXd b = VectorXd::Zero(n);
    for (int t = 0; t < count; ++t)
      for (int i = 0; i < m && t != s; ++i) {
        VectorXd const x = rows.row(t * m + i).head(n);
        a += x * x.transpose();
        b += x * rows(t * m + i, n);
        if (i == 0)
          a_energies += x * x.transpose();
      }
    MatrixXd const inverse = a.inverse();
    VectorXd const c = inverse * b;
    for (int i = 0; i < m; ++i) {
      VectorXd const x = rows.row(s * m + i).head(n);
      LeftOutRow const& found =
          i == 0 ? left_out.energies.at(s) : left_out.forces.at(s * (m - 1) + i - 1);
      double const square = std::pow(x.dot(c) - rows(s * m + i, n), 2);
      EXPECT_NEAR(found.square, square, 1e-10 * (1 + square));
      EXPECT_NEAR(found.leverage, x.dot(inverse * x), 1e-11);
      EXPECT_NEAR(found.energy_leverage, x.dot(inverse * a_energies * inverse * x), 1e-11);
      EXPECT_NEAR(found.prior_leverage, x.dot(inverse * penalty * inverse * x), 1e-11);
      EXPECT_NEAR(found.prior_variance, found.prior_leverage * prior_width, 1e-12);
    }
  }
  EXPECT_EQ(left_out.n_structures, count);
}

TEST(FindWidths, CoverBothKinds) {
  std::mt19937_64 random(5);
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> uniform;
  double const along = 9, rest = 0.04;
  auto const rows = [&](int count, double share) {
    std::vector<LeftOutRow> result;
    for (int k = 0; k < count; ++k) {
      LeftOutRow row;
      row.leverage = std::exp(3 * uniform(random));
      row.energy_leverage = share * uniform(random) * row.leverage;
      double const z = normal(random);
      row.square =
          z * z * (rest * (row.leverage - row.energy_leverage) + along * row.energy_leverage);
      result.push_back(row);
    }
    return result;
  };
  auto const energies = rows(4000, 0.9), forces = rows(20000, 1e-3);
  Calibration const found = find_widths(energies, forces);
  EXPECT_NEAR(found.along / along, 1, 0.1); // quantiles of 4,000 values: 4 % standard deviation
  EXPECT_NEAR(found.rest / rest, 1, 0.1);
  EXPECT_NEAR(found.energy_coverage, 0.6827, 1e-3);
  EXPECT_NEAR(found.force_coverage, 0.6827, 1e-3);
  EXPECT_EQ(found.n_energies, 4000);
  // A few energies do not determine a width; no rows at all are an error.
  std::vector<LeftOutRow> const few(energies.begin(), energies.begin() + 3);
  Calibration const by_forces = find_widths(few, forces);
  EXPECT_NEAR(by_forces.along, by_forces.rest, 1e-9 * by_forces.rest);
  EXPECT_NEAR(by_forces.force_coverage, 0.6827, 1e-3);
  EXPECT_TRUE(std::isnan(find_widths(energies, {}).force_coverage));
  EXPECT_THROW(find_widths({}, {}), std::invalid_argument);
}

struct CalibrationTest : testing::Test {
  test::TemporaryFolder folder;

  /// The true potential has more functions than the fitted basis: all errors are misfit, none is
  /// noise.
  FitResult misfit(SolverOptions const& solver) {
    AcePotential const truth =
        test::random_potential({"C"}, {{5, 3, 2}, {0, 3, 2}}, test::paper_radial(4));
    Dataset const train({folder.write("train.xyz", test::labelled(truth, {6}, 240, false))}, {});
    Dataset const all({folder.write("all.xyz", test::labelled(truth, {6}, 400, false))}, {});
    long const first = train.for_each([](Frame&) {}).frames;
    Dataset const test = all.subset([first](long k) { return k >= first; });
    auto const basis = test::random_potential({"C"}, {{4, 2}, {0, 1}}, test::paper_radial(4)).basis;
    FitOptions options;
    options.kappa = 0.1;
    options.reference_energy.kind = ReferenceEnergy::Kind::given;
    options.solver = solver;
    return fit_potential({}, train, test, basis, options);
  }
};

TEST_F(CalibrationTest, DeviationsContainTheMisfit) {
  for (auto const kind :
       {SolverOptions::Kind::ridge, SolverOptions::Kind::evidence, SolverOptions::Kind::ard}) {
    SolverOptions solver;
    solver.kind = kind;
    solver.strength = 1e-9;
    FitResult const result = misfit(solver);
    ASSERT_TRUE(result.calibration && result.test_deviations);
    EXPECT_NEAR(result.calibration->force_coverage, 0.6827, 2e-3);
    EXPECT_GT(result.calibration->n_structures, 100);
    EXPECT_GT(result.test_deviations->force_coverage, 0.6);
    EXPECT_LT(result.test_deviations->force_coverage, 0.76);
    EXPECT_GT(result.test_deviations->energy_coverage, 0.55);
    EXPECT_LT(result.test_deviations->energy_coverage, 0.85);
  }
}

TEST_F(CalibrationTest, AbsentWithoutAPosterior) {
  FitResult const result = misfit({});
  EXPECT_FALSE(result.calibration);
  EXPECT_FALSE(result.test_deviations);
}

} // namespace
} // namespace kolace
