// SPDX-License-Identifier: BSD-3-Clause
#include "support/sample_potentials.hpp"
#include "support/sample_structures.hpp"
#include "support/tolerances.hpp"

#include <kolace/fit/fit.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>

namespace kolace {
namespace {

nlohmann::json load(std::string const& name) {
  std::ifstream in(test::reference_file(name));
  return nlohmann::json::parse(in);
}

BlockLimits const limits{{10, 4, 2}, {0, 3, 2}};

FitResult run(Dataset const& train, Dataset const& test, double kappa, double e0) {
  FitOptions options;
  options.kappa = kappa;
  options.reference_energy.kind = ReferenceEnergy::Kind::given;
  options.reference_energy.value = e0;
  options.repulsion_below_data = false; // the reference values lack it, even for short dimers
  auto const basis = test::random_potential({"C"}, limits, test::paper_radial()).basis;
  return fit_potential({}, train, test, basis, options);
}

void expect_four_digits(double value, double expected, char const* what) {
  EXPECT_NEAR(value / expected, 1, test::tolerance::four_digits) << what;
}

/// Compares with an independent optimum (pyace's rows, LAPACK's SVD) for the bundled data.
TEST(Optimum, EqualsTheIndependentOneOnBundledData) {
  auto const reference = load("carbon_qe_ols.json");
  std::string const folder = KOLACE_CARBON_DATA;
  Dataset const train({folder + "/diamond_like.extxyz", folder + "/diverse.extxyz"}, {});
  Dataset const dimers({folder + "/dimers.extxyz"}, {});
  ASSERT_EQ(reference["fits"].size(), 3u);
  for (auto const& fit : reference["fits"]) {
    FitResult const result = run(train, dimers, fit["kappa"], reference["E0"]);
    EXPECT_EQ(result.potential.basis->size(), reference["n_functions"]);
    EXPECT_EQ(result.solver.solution.rank, fit["rank"]);
    double const loss = result.train.total.loss(result.kappa, 0);
    EXPECT_NEAR(loss / fit["loss"].get<double>(), 1, test::tolerance::loss);
    EXPECT_NEAR(result.solver.solution.condition / fit["condition"].get<double>(), 1, 1e-3);
    ErrorSums const& e = result.train.total;
    auto const& expected = fit["train"];
    expect_four_digits(1000 * e.energy_rmse(), expected["energy_rmse_mev_per_atom"], "energy RMSE");
    expect_four_digits(1000 * e.energy_mae(), expected["energy_mae_mev_per_atom"], "energy MAE");
    expect_four_digits(1000 * e.force_rmse(), expected["force_rmse_mev_per_a"], "force RMSE");
    expect_four_digits(1000 * e.force_mae(), expected["force_mae_mev_per_a"], "force MAE");
    // Dimers are far outside the training set, so extrapolation amplifies the last digits.
    expect_four_digits(1000 * result.test->total.energy_rmse(),
                       fit["test"]["energy_rmse_mev_per_atom"], "dimer energy RMSE");
    expect_four_digits(1000 * result.test->total.force_mae(), fit["test"]["force_mae_mev_per_a"],
                       "dimer force MAE");
  }
}

/// The same for 600 crystals with condition 1e12: data of another project that may be available
/// next to this one.
TEST(Optimum, EqualsTheIndependentOneOnCarbonCrystals) {
  std::string const file =
      std::string(KOLACE_FURTHER_DATA) + "/carbon-crystals/carbon-crystals.extxyz";
  if (!std::filesystem::exists(file))
    GTEST_SKIP()
        << "the carbon-crystals data set is not bundled; KOLACE_FURTHER_DATA names its folder";
  auto const reference = load("carbon_crystals_ols.json");
  Dataset const all({file}, {});
  Dataset const train = all.subset([](long i) { return i < 600; });
  Dataset const next = all.subset([](long i) { return i >= 600 && i < 700; });
  ASSERT_EQ(reference["fits"].size(), 3u);
  for (auto const& fit : reference["fits"]) {
    FitResult const result = run(train, next, fit["kappa"], 0);
    EXPECT_EQ(result.solver.solution.rank, fit["rank"]);
    EXPECT_NEAR(result.train.total.loss(result.kappa, 0) / fit["loss"].get<double>(), 1,
                test::tolerance::loss);
    ErrorSums const& e = result.train.total;
    auto const& expected = fit["train"];
    expect_four_digits(e.energy_rmse(), expected["energy_rmse"], "energy RMSE");
    expect_four_digits(e.energy_mae(), expected["energy_mae"], "energy MAE");
    expect_four_digits(e.force_rmse(), expected["force_rmse"], "force RMSE");
    expect_four_digits(e.force_mae(), expected["force_mae"], "force MAE");
  }
}

} // namespace
} // namespace kolace
