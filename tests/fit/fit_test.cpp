// SPDX-License-Identifier: BSD-3-Clause
#include "support/compare.hpp"
#include "support/kokkos_events.hpp"
#include "support/labelled.hpp"
#include "support/occupied_instance.hpp"
#include "support/sample_potentials.hpp"
#include "support/sample_structures.hpp"
#include "support/temporary_folder.hpp"

#include <kolace/fit/fit.hpp>
#include <kolace/report/report.hpp>

#include <nlohmann/json.hpp>

#include <sstream>

namespace kolace {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

struct FitTest : testing::Test {
  test::TemporaryFolder folder;
  Context context;
};

TEST_F(FitTest, RecoversAKnownPotentialWithItsFreeAtoms) {
  AcePotential truth =
      test::random_potential({"Al", "Ni"}, {{4, 2}, {0, 2}}, test::paper_radial(4));
  truth.reference_energy = {-3.25, -5.5};
  Dataset const data({folder.write("a.xyz", test::labelled(truth, {13, 28, 28}, 40, true))}, {});
  for (auto const kind : {ReferenceEnergy::Kind::fitted, ReferenceEnergy::Kind::given}) {
    FitOptions options;
    options.kappa = 0.5;
    options.kappa_virial = 0.1;
    options.reference_energy.kind = kind;
    options.reference_energy.values = {{"Al", -3.25}, {"Ni", -5.5}};
    FitResult const result = fit_potential(context, data, {}, truth.basis, options);
    // Al-Ni and Ni-Al pair functions are equal in total energies, so four coefficients are
    // undetermined.
    EXPECT_EQ(truth.basis->n_duplicate_pair_functions(), 4);
    EXPECT_EQ(result.solver.solution.rank,
              static_cast<int>(result.solver.solution.coefficients.size()) - 4);
    EXPECT_LT(result.train.total.energy_rmse(), 1e-9);
    EXPECT_LT(result.train.total.force_rmse(), 1e-8);
    EXPECT_LT(result.train.total.virial_rmse(), 1e-8);
    for (int e = 0; e < 2; ++e)
      EXPECT_NEAR(result.potential.reference_energy[e], truth.reference_energy[e], 1e-7);
    EXPECT_EQ(result.train.by_config_type.size(), 2u);
  }
}

/// The loss computed from predictions equals that of the factors for every weighting policy.
TEST_F(FitTest, LossOfTheFactorsIsThatOfThePredictions) {
  AcePotential const truth =
      test::random_potential({"C"}, {{5, 3, 2}, {0, 3, 2}}, test::paper_radial(4));
  Dataset const data({folder.write("a.xyz", test::labelled(truth, {6}, 30, true))}, {});
  auto const small = test::random_potential({"C"}, {{4, 2}, {0, 1}}, test::paper_radial(4)).basis;
  for (bool const energy_based : {false, true}) {
    FitOptions options;
    options.kappa = 0.4;
    options.kappa_virial = 0.2;
    options.l2 = 1e-4;
    if (energy_based)
      options.weighting.policy = Weighting::Policy::energy_based;
    options.weighting.by_config_type["odd"] = {2, 0.3, 4};
    options.reference_energy.kind = ReferenceEnergy::Kind::given;
    FitResult const result = fit_potential(context, data, {}, small, options);
    TrainingData const training(data, small->elements(), small->cutoff(), options);
    AssemblyStatistics statistics;
    auto const factors = view_of(
        assemble_groups(context, data, training, small, {}, {}, statistics).front().factors, {});
    EXPECT_NEAR(factors.energy_weight, 1, 1e-12);
    EXPECT_NEAR(factors.force_weight, 1, 1e-12);
    EXPECT_NEAR(factors.virial_weight, 1, 1e-12);
    TriangularFactor total = loss_factor(factors, {0.4, 0.2});
    total.add_ridge(1e-4, small->size());
    double const loss = total.residual_square(result.solver.solution.coefficients);
    double const predicted = result.train.total.loss(0.4, 0.2) + result.solver.penalty;
    EXPECT_NEAR(predicted / loss, 1, 1e-9) << energy_based;
    // At an optimum, any change of the coefficients increases the loss.
    for (std::size_t k = 0; k < result.solver.solution.coefficients.size(); ++k)
      for (double const step : {-1e-2, 1e-2}) {
        auto moved = result.solver.solution.coefficients;
        moved[k] += step;
        EXPECT_GT(total.residual_square(moved), loss * (1 - 1e-12));
      }
  }
}

TEST_F(FitTest, BatchesDoNotChangeTheOptimum) {
  AcePotential const truth =
      test::random_potential({"C"}, {{5, 3, 2}, {0, 3, 2}}, test::paper_radial(4));
  Dataset const data({folder.write("a.xyz", test::labelled(truth, {6}, 30, false))}, {});
  auto const small = test::random_potential({"C"}, {{4, 2}, {0, 1}}, test::paper_radial(4)).basis;
  std::vector<double> losses;
  for (std::size_t const bytes : {std::size_t{1}, std::size_t{1} << 20, std::size_t{1} << 28}) {
    FitOptions options;
    options.batch_bytes = bytes;
    options.reference_energy.kind = ReferenceEnergy::Kind::given;
    losses.push_back(fit_potential(context, data, {}, small, options).train.total.loss(0.3, 0));
  }
  EXPECT_NEAR(losses[1] / losses[0], 1, 1e-11);
  EXPECT_NEAR(losses[2] / losses[0], 1, 1e-11);
}

/// No memory grows with the design matrix: ten times the structures, the same peak.
TEST_F(FitTest, MemoryDoesNotGrowWithTheNumberOfStructures) {
  AcePotential const truth =
      test::random_potential({"C"}, {{12, 5, 3}, {0, 4, 2}}, test::paper_radial(12));
  AssemblyStatistics statistics;
  RowStreamOptions stream;
  stream.batch_bytes = std::size_t{1} << 20;
  std::int64_t peaks[2];
  double matrix_bytes = 0;
  for (int const k : {0, 1}) {
    int const n = k == 0 ? 20 : 200;
    Dataset const data({folder.write("a.xyz", test::labelled(truth, {6}, n, false))}, {});
    FitOptions options;
    options.reference_energy.kind = ReferenceEnergy::Kind::given;
    TrainingData const training(data, truth.basis->elements(), truth.basis->cutoff(), options);
    matrix_bytes = 0;
    data.for_each_structure([&](Frame const& frame) {
      matrix_bytes += 8. * truth.basis->size() * (1. + 3. * frame.structure.n_atoms());
    });
    test::KokkosEvents const events;
    assemble_groups(context, data, training, truth.basis, {}, stream, statistics);
    peaks[k] = events.peak_bytes;
  }
  EXPECT_GT(peaks[0], std::int64_t{1} << 20);
  EXPECT_LT(static_cast<double>(peaks[1]), matrix_bytes / 2);
  EXPECT_NEAR(static_cast<double>(peaks[1]) / static_cast<double>(peaks[0]), 1, 0.1);
}

/// A calling code may choose another instance: the same result as on the default one.
TEST_F(FitTest, FitsRunOnAnInstanceOfTheCaller) {
  AcePotential const truth = test::random_potential({"C"}, {{4, 2}, {0, 1}}, test::paper_radial(4));
  Dataset const data({folder.write("a.xyz", test::labelled(truth, {6}, 20, true))}, {});
  context.space = test::another_instance<Space>();
  FitOptions options;
  options.reference_energy.kind = ReferenceEnergy::Kind::given;
  options.kappa = 0.5;
  FitResult const other = fit_potential(context, data, {}, truth.basis, options);
  FitResult const usual = fit_potential({}, data, {}, truth.basis, options);
  EXPECT_EQ(other.rows_forces, usual.rows_forces);
  for (std::size_t k = 0; k < usual.potential.coefficients.size(); ++k)
    EXPECT_NEAR(other.potential.coefficients[k], usual.potential.coefficients[k],
                1e-9 * usual.coefficient_norm);
}

/// Fewer rows than functions: the minimum-norm solution, finite everywhere.
TEST_F(FitTest, RankDeficientBasisGivesAFiniteAnswer) {
  AcePotential const truth =
      test::random_potential({"C"}, {{5, 3, 2}, {0, 3, 2}}, test::paper_radial(4));
  Structure s = test::cluster(3, {6}, 9);
  Space const space;
  Evaluator<Space> evaluator(space, truth);
  auto const p = predict(space, evaluator, std::span<Structure const>(&s, 1)).front();
  s.energy = p.energy;
  s.forces = p.forces;
  std::ostringstream out;
  write_extxyz(out, make_frame(s));
  Dataset const data({folder.write("a.xyz", out.str())}, {});
  FitOptions options;
  options.reference_energy.kind = ReferenceEnergy::Kind::given;
  FitResult const result = fit_potential(context, data, {}, truth.basis, options);
  EXPECT_LT(result.solver.solution.rank, truth.basis->size());
  EXPECT_LT(result.train.total.energy_rmse(), 1e-7);
  double norm = 0, truth_norm = 0;
  for (std::size_t k = 0; k < truth.coefficients.size(); ++k) {
    norm += std::pow(result.potential.coefficients[k], 2);
    truth_norm += std::pow(truth.coefficients[k], 2);
  }
  EXPECT_LE(norm, truth_norm * (1 + 1e-6)); // the true potential also reproduces the data
}

TEST_F(FitTest, MissingLabelsLeaveTheirRowsOut) {
  AcePotential const truth = test::random_potential({"C"}, {{4, 2}, {0, 1}}, test::paper_radial(4));
  std::string const text = test::labelled(truth, {6}, 30, false);
  // The same data with energies in every third frame and forces only in the others.
  std::ostringstream out;
  ExtxyzReader reader(folder.write("all.xyz", text));
  Frame frame;
  int k = 0, energies = 0, atoms = 0;
  while (reader.next(frame)) {
    Structure s = frame.structure;
    if (k++ % 3 == 0) {
      s.forces.clear();
      ++energies;
    } else {
      s.energy.reset();
      atoms += static_cast<int>(s.n_atoms());
    }
    write_extxyz(out, make_frame(s));
  }
  Dataset const data({folder.write("part.xyz", out.str())}, {});
  FitOptions options;
  options.reference_energy.kind = ReferenceEnergy::Kind::given;
  FitResult const result = fit_potential(context, data, {}, truth.basis, options);
  EXPECT_EQ(result.rows_energy, energies);
  EXPECT_EQ(result.rows_forces, 3 * atoms);
  EXPECT_EQ(result.rows_virial, 0);
  EXPECT_LT(result.train.total.energy_rmse(), 1e-8);
}

TEST_F(FitTest, ReportHasTheKeysOfSchema1) {
  AcePotential const truth = test::random_potential({"C"}, {{4, 2}, {0, 1}}, test::paper_radial(4));
  Dataset const data({folder.write("a.xyz", test::labelled(truth, {6}, 20, true))}, {});
  FitOptions options;
  options.reference_energy.kind = ReferenceEnergy::Kind::given;
  std::ostringstream out;
  write_report(out, fit_potential(context, data, data, truth.basis, options));
  auto const report = nlohmann::json::parse(out.str());
  EXPECT_EQ(report["schema"], 1);
  for (char const* key : {"n_functions", "rows", "rank", "condition", "seconds", "peak_rss_mb",
                          "backend", "threads", "version"})
    EXPECT_TRUE(report.contains(key)) << key;
  for (auto const& errors : {report["train"], report["test"], report["by_config_type"]["odd"]})
    for (char const* key :
         {"loss", "energy_rmse_mev_per_atom", "energy_mae_mev_per_atom", "force_rmse_mev_per_a",
          "force_mae_mev_per_a", "virial_rmse_mev_per_atom", "virial_mae_mev_per_atom"})
      EXPECT_TRUE(errors[key].is_number()) << key;
}

TEST_F(FitTest, GroupsMergeToTheWholeWithAnyWeights) {
  AcePotential const truth =
      test::random_potential({"C"}, {{5, 3, 2}, {0, 3, 2}}, test::paper_radial(4));
  Dataset const data({folder.write("a.xyz", test::labelled(truth, {6}, 30, true))}, {});
  auto const basis = test::random_potential({"C"}, {{4, 2}, {0, 1}}, test::paper_radial(4)).basis;
  FitOptions options;
  options.kappa_virial = 0.1;
  options.reference_energy.kind = ReferenceEnergy::Kind::given;
  AssemblyStatistics statistics;
  LossShares const shares{0.3, 0.1};
  auto const whole = [&](GroupWeights const& odd) {
    FitOptions weighted = options;
    weighted.weighting.by_config_type["odd"] = odd;
    TrainingData const training(data, basis->elements(), basis->cutoff(), weighted);
    auto const groups = assemble_groups(context, data, training, basis, {}, {}, statistics);
    return loss_factor(view_of(groups.front().factors, {}), shares);
  };
  TrainingData const training(data, basis->elements(), basis->cutoff(), options);
  RowStreamOptions stream;
  stream.batch_bytes = 1; // forces many batches
  Grouping grouping;
  grouping.config_types = {"odd"};
  auto const groups = assemble_groups(context, data, training, basis, grouping, stream, statistics);
  ASSERT_EQ(groups.size(), 2u);
  EXPECT_EQ(groups[0].config_type, "odd");
  std::vector<double> c;
  for (int b = 0; b < basis->size(); ++b)
    c.push_back(std::sin(1. + b));
  for (double const weight : {1., 2.5}) {
    DesignFactors merged = view_of(groups[1].factors, {});
    merged.merge(view_of(groups[0].factors, {}), weight);
    double const expected = whole({weight, weight, weight}).residual_square(c);
    EXPECT_NEAR(loss_factor(merged, shares).residual_square(c) / expected, 1, 1e-11) << weight;
  }
}

TEST_F(FitTest, IterationsOnRowsReachTheExactOptimum) {
  AcePotential const truth =
      test::random_potential({"C"}, {{5, 3, 2}, {0, 3, 2}}, test::paper_radial(4));
  Dataset const data({folder.write("a.xyz", test::labelled(truth, {6}, 30, true))}, {});
  auto const basis = test::random_potential({"C"}, {{4, 2}, {0, 1}}, test::paper_radial(4)).basis;
  FitOptions options;
  options.kappa = 0.4;
  options.kappa_virial = 0.2;
  options.l2 = 1e-3;
  options.reference_energy.kind = ReferenceEnergy::Kind::fitted;
  FitResult const exact = fit_potential(context, data, {}, basis, options);
  options.solver.kind = SolverOptions::Kind::lsqr;
  options.solver.max_iterations = 500;
  FitResult const rows = fit_potential(context, data, {}, basis, options);
  auto const loss = [](FitResult const& result) {
    return result.train.total.loss(0.4, 0.2) + result.solver.penalty;
  };
  EXPECT_NEAR(loss(rows) / loss(exact), 1, 1e-8);
  EXPECT_NEAR(rows.solver.curve.back().train / loss(rows), 1, 1e-8);
  EXPECT_GT(rows.solver.curve.size(), 5u);
}

/// The learning curve of L-BFGS ends with the errors of the potential, for each kind of label.
TEST_F(FitTest, LearningCurvesRecordEachKindOfLabel) {
  AcePotential const truth =
      test::random_potential({"C"}, {{5, 3, 2}, {0, 3, 2}}, test::paper_radial(4));
  Dataset const data({folder.write("a.xyz", test::labelled(truth, {6}, 30, true))}, {});
  Dataset const unseen({folder.write("b.xyz", test::labelled(truth, {6}, 7, true))}, {});
  auto const basis = test::random_potential({"C"}, {{4, 2}, {0, 1}}, test::paper_radial(4)).basis;
  FitOptions options;
  options.kappa = 0.4;
  options.kappa_virial = 0.2;
  options.solver.kind = SolverOptions::Kind::lbfgs;
  options.solver.max_iterations = 20;
  FitResult const fit = fit_potential(context, data, unseen, basis, options);
  EXPECT_EQ(fit.solver.watched,
            (std::vector<std::string>{"train_energy", "train_force", "train_virial", "test_energy",
                                      "test_force", "test_virial"}));
  std::vector<double> const expected{fit.train.total.energy_rmse(), fit.train.total.force_rmse(),
                                     fit.train.total.virial_rmse(), fit.test->total.energy_rmse(),
                                     fit.test->total.force_rmse(),  fit.test->total.virial_rmse()};
  auto const& last = fit.solver.curve.back().watched;
  ASSERT_EQ(last.size(), expected.size());
  for (std::size_t k = 0; k < expected.size(); ++k)
    EXPECT_NEAR(std::sqrt(last[k]) / expected[k], 1, 1e-7) << k;
}

/// The spread of a committee equals the predicted deviation for each structure.
TEST_F(FitTest, CommitteesSpreadAsPredicted) {
  AcePotential const truth =
      test::random_potential({"C"}, {{5, 3, 2}, {0, 3, 2}}, test::paper_radial(4));
  Dataset const data({folder.write("a.xyz", test::labelled(truth, {6}, 30, false))}, {});
  auto const basis = test::random_potential({"C"}, {{4, 2}, {0, 1}}, test::paper_radial(4)).basis;
  FitOptions options;
  options.reference_energy.kind = ReferenceEnergy::Kind::given;
  options.solver.kind = SolverOptions::Kind::evidence;
  options.solver.committee = 300;
  FitResult const result = fit_potential(context, data, data, basis, options);
  ASSERT_EQ(result.committee.size(), 300u);
  std::vector<Structure> structures;
  data.for_each([&](Frame& frame) { structures.push_back(frame.structure); });
  Space const space;
  auto const energies_of = [&](AcePotential const& potential) {
    Evaluator<Space> evaluator(space, potential);
    std::vector<double> energies;
    for (auto const& p : predict(space, evaluator, std::span<Structure const>(structures)))
      energies.push_back(p.energy / static_cast<double>(p.energies.size()));
    return energies;
  };
  auto const mean = energies_of(result.potential);
  std::vector<double> square(mean.size(), 0.);
  for (AcePotential const& member : result.committee) {
    auto const energies = energies_of(member);
    for (std::size_t s = 0; s < energies.size(); ++s)
      square[s] += std::pow(energies[s] - mean[s], 2) / 300;
  }
  ASSERT_TRUE(result.test_deviations);
  ASSERT_EQ(result.test_deviations->structures.size(), structures.size());
  for (std::size_t s = 0; s < square.size(); ++s) {
    double const predicted =
        result.test_deviations->structures[s].energy / static_cast<double>(structures[s].n_atoms());
    // 300 draws: 4 % error per deviation; both are zero if no atom has a neighbor.
    EXPECT_NEAR(std::sqrt(square[s]), predicted, 0.2 * predicted) << s;
    EXPECT_EQ(result.test_deviations->structures[s].forces.size(), structures[s].n_atoms());
  }
}

TEST_F(FitTest, RecoversACanonicalPotential) {
  AcePotential const truth =
      test::canonical_potential({"C"}, {{4, 3, 2}, {0, 2, 2}}, test::paper_radial(4));
  Dataset const data({folder.write("a.xyz", test::labelled(truth, {6}, 40, true))}, {});
  FitOptions options;
  options.kappa = 0.5;
  options.kappa_virial = 0.1;
  options.reference_energy.kind = ReferenceEnergy::Kind::given;
  FitResult const result = fit_potential(context, data, {}, truth.basis, options);
  EXPECT_LT(result.train.total.energy_rmse(), 1e-9);
  EXPECT_LT(result.train.total.force_rmse(), 1e-8);
  EXPECT_LT(result.train.total.virial_rmse(), 1e-8);
  EXPECT_EQ(result.solver.solution.rank, truth.basis->size());
}

} // namespace
} // namespace kolace
