// SPDX-License-Identifier: BSD-3-Clause
#include "support/compare.hpp"
#include "support/sample_potentials.hpp"
#include "support/temporary_folder.hpp"

#include <kolace/assembly/baseline.hpp>
#include <kolace/fit/model_errors.hpp>
#include <kolace/fit/sweep.hpp>

#include <algorithm>
#include <set>

namespace kolace {
namespace {

std::string const carbon = KOLACE_CARBON_DATA;

struct SweepTest : testing::Test {
  Context context;
  Dataset train{{carbon + "/diverse.extxyz"}, {}};
  Dataset test{{carbon + "/diamond_like.extxyz"}, {}};
  std::shared_ptr<AceBasis const> basis =
      test::random_potential({"C"}, {{12, 4, 2}, {0, 2, 2}}, test::paper_radial()).basis;
  FitOptions options;
  SweepOptions sweep;

  SweepTest() {
    options.kappa = 0.5;
    options.kappa_virial = 0.1;
    options.reference_energy.kind = ReferenceEnergy::Kind::given;
    options.reference_energy.value = -245.33863645;
    sweep.path = BlockLimits{{8, 3, 2}, {0, 1, 2}};
    sweep.points = 3;
  }
};

TEST_F(SweepTest, PathKeepsLowerBodyOrdersAndBranchesStayAtTheirs) {
  auto const models = make_sweep(*basis, sweep);
  auto const rank = [&](int b) { return basis->functions()[b].rank(); };
  std::set<int> path_below;
  int order = 2, branches = 0;
  std::vector<int> previous;
  for (SweepModel const& model : models) {
    if (model.body_order > order) { // the functions of the path are kept
      order = model.body_order;
      for (auto const& other : models)
        if (other.body_order == order - 1 && other.on_path)
          path_below.insert(other.functions.begin(), other.functions.end());
      previous.assign(path_below.begin(), path_below.end());
    }
    EXPECT_TRUE(std::is_sorted(model.functions.begin(), model.functions.end()));
    EXPECT_TRUE(std::includes(model.functions.begin(), model.functions.end(), previous.begin(),
                              previous.end()));
    EXPECT_GT(model.functions.size(), previous.size());
    for (int const b : model.functions) {
      EXPECT_LE(rank(b), model.body_order - 1);
      auto const& f = basis->functions()[b];
      bool const inside = f.n.back() <= sweep.path->nradmax[f.rank() - 1] &&
                          f.l.back() <= sweep.path->lmax[f.rank() - 1] &&
                          f.n.front() <= sweep.path->nradmax[f.rank() - 1] &&
                          f.l.front() <= sweep.path->lmax[f.rank() - 1];
      EXPECT_TRUE(inside || (!model.on_path && rank(b) == model.body_order - 1)) << b;
    }
    branches += !model.on_path;
    previous = model.functions;
  }
  EXPECT_EQ(order, 4);
  EXPECT_EQ(branches, 6); // K = 4 has no functions beyond the path
  // The models cover the basis: every function is in some model.
  std::set<int> seen;
  for (SweepModel const& model : models)
    seen.insert(model.functions.begin(), model.functions.end());
  EXPECT_EQ(static_cast<int>(seen.size()), basis->size());
  sweep.path.reset();
  EXPECT_EQ(static_cast<int>(make_sweep(*basis, sweep).back().functions.size()), basis->size());
}

/// Each model equals the fit of its own basis.
TEST_F(SweepTest, EveryPointEqualsAFitOfItsOwn) {
  options.l2 = 1e-10; // makes the solution unique if there are few data
  SweepResult const result = run_sweep(context, train, test, basis, options, sweep);
  ASSERT_GE(result.points.size(), 12u);
  for (SweepPoint const& point : result.points) {
    AcePotential const potential = sweep_potential(basis, options, result, point);
    FitResult const fit =
        fit_potential(context, train, test, without_core(*potential.basis), options);
    double const loss = fit.train.total.loss(0.5, 0.1) + fit.solver.penalty;
    std::string const name = std::to_string(point.model.functions.size());
    EXPECT_NEAR((point.train.total.loss(0.5, 0.1) + point.solver.penalty) / loss, 1,
                test::tolerance::loss)
        << name;
    auto const expect_same = [&](ErrorSums const& a, ErrorSums const& b) {
      EXPECT_EQ(a.n_structures, b.n_structures) << name;
      EXPECT_EQ(a.n_atoms, b.n_atoms) << name;
      EXPECT_NEAR(a.energy_rmse() / b.energy_rmse(), 1, test::tolerance::four_digits) << name;
      EXPECT_NEAR(a.energy_mae() / b.energy_mae(), 1, test::tolerance::four_digits) << name;
      EXPECT_NEAR(a.force_mae() / b.force_mae(), 1, test::tolerance::four_digits) << name;
      EXPECT_NEAR(a.virial_mae() / b.virial_mae(), 1, test::tolerance::four_digits) << name;
    };
    expect_same(point.train.total, fit.train.total);
    expect_same(point.test->total, fit.test->total);
    for (auto const& [group, sums] : fit.train.by_config_type)
      expect_same(point.train.by_config_type.at(group), sums);
    EXPECT_NEAR(std::log(point.solver.solution.condition / fit.solver.solution.condition), 0, 1e-3);
  }
}

TEST_F(SweepTest, LossFallsAlongThePath) {
  SweepResult const result = run_sweep(context, train, test, basis, options, sweep);
  double last = 1e300;
  for (SweepPoint const& point : result.points)
    if (point.model.on_path) {
      double const loss = point.train.total.loss(0.5, 0.1);
      EXPECT_LT(loss, last * (1 + test::tolerance::loss)) << point.model.functions.size();
      last = loss;
    }
}

/// Rows times coefficients give the same errors as the evaluator, also if labels are missing.
TEST_F(SweepTest, SharedPassMeasuresWhatTheEvaluatorDoes) {
  test::TemporaryFolder const folder;
  std::string text = "2\nenergy=-490 pbc=\"F F F\"\nC 0 0 0\nC 0 0 1.3\n"
                     "2\nProperties=species:S:1:pos:R:3:forces:R:3 pbc=\"F F F\" config_type=f\n"
                     "C 0 0 0 0 0 1\nC 0 0 1.5 0 0 -1\n"
                     "3\nenergy=-735 pbc=\"F F F\"\nC 0 0 0\nC 0 0 1.6\nC 0 1.4 0\n";
  Dataset const mixed({folder.write("m.xyz", text)}, {});
  AcePotential potential =
      test::random_potential({"C"}, {{12, 4, 2}, {0, 2, 2}}, test::paper_radial());
  potential.reference_energy = {-245.33863645};
  TrainingData::Inputs inputs;
  inputs.reference_energy = potential.reference_energy;
  inputs.needs_labels = false;
  TrainingData const weights(mixed, basis->elements(), basis->cutoff(), options, inputs);
  ErrorTable const expected = measure_errors({}, mixed, potential, &weights);
  AssemblyStatistics statistics;
  ErrorTable const shared =
      measure_models({}, mixed, weights, basis, {}, {potential.coefficients}, statistics).front();
  EXPECT_EQ(shared.total.n_energies(), 2);
  EXPECT_EQ(shared.total.n_forces(), 6);
  EXPECT_EQ(shared.total.n_structures, expected.total.n_structures);
  EXPECT_NEAR(shared.total.energy_rmse() / expected.total.energy_rmse(), 1, 1e-10);
  EXPECT_NEAR(shared.total.energy_mae() / expected.total.energy_mae(), 1, 1e-10);
  EXPECT_NEAR(shared.total.force_mae() / expected.total.force_mae(), 1, 1e-10);
  EXPECT_NEAR(shared.total.loss(0.4, 0) / expected.total.loss(0.4, 0), 1, 1e-10);
  EXPECT_EQ(shared.by_config_type.at("f").n_forces(), 6);
}

TEST_F(SweepTest, IterationsOnRowsAreRefused) {
  options.solver.kind = SolverOptions::Kind::lsqr;
  EXPECT_THROW(run_sweep(context, train, test, basis, options, sweep), InputError);
}

} // namespace
} // namespace kolace
