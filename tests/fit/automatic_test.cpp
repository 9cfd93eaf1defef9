// SPDX-License-Identifier: BSD-3-Clause
#include "support/labelled.hpp"
#include "support/sample_potentials.hpp"
#include "support/temporary_folder.hpp"

#include <kolace/assembly/baseline.hpp>
#include <kolace/core/elements.hpp>
#include <kolace/fit/automatic.hpp>
#include <kolace/fit/compression.hpp>
#include <kolace/fit/errors.hpp>
#include <kolace/fit/fit.hpp>
#include <kolace/fit/similar_functions.hpp>
#include <kolace/model/pair_repulsion.hpp>
#include <kolace/structure/prototypes.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <set>

namespace kolace {
namespace {

using testing::AnyOf;
using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::Not;

TEST(PairRepulsion, EqualsZblAtItsTwoDistances) {
  for (int const a : {1, 6, 14, 41, 73, 92})
    for (int const b : {1, 8, 29, 74}) {
      PairRepulsion const core = pair_repulsion(a, b);
      double const radii = covalent_radius(a) + covalent_radius(b);
      for (double const relative : {0.4, 0.65}) {
        double const r = relative * radii;
        double const pair = 2 * core.prefactor * std::exp(-core.lambda * r * r) / r;
        EXPECT_NEAR(pair / zbl_energy(a, b, r), 1, 1e-12) << a << " " << b;
      }
      EXPECT_GT(core.lambda, 0);
    }
  // Values of the formula in CONVENTIONS.md, section 6, from an independent evaluation.
  EXPECT_NEAR(zbl_energy(6, 6, 0.608), 70.98, 0.01);
  EXPECT_NEAR(zbl_energy(73, 73, 1.36), 98.56, 0.01);
}

TEST(SimpleCrystals, TouchAtTheSumOfCovalentRadii) {
  for (auto const& [a, b] : {std::pair{6, 6}, {14, 14}, {11, 17}, {73, 74}}) {
    auto const crystals = simple_crystals(a, b);
    ASSERT_EQ(crystals.size(), 4u);
    for (Crystal const& crystal : crystals) {
      Structure const& s = crystal.structure;
      double least = 1e300;
      for (std::size_t i = 0; i < s.n_atoms(); ++i)
        for (std::size_t j = 0; j < s.n_atoms(); ++j)
          for (int x = -2; x <= 2; ++x)
            for (int y = -2; y <= 2; ++y)
              for (int z = -2; z <= 2; ++z) {
                Vec3 d;
                for (int k = 0; k < 3; ++k)
                  d[k] = s.positions[j][k] - s.positions[i][k] + x * s.cell.vectors[0][k] +
                         y * s.cell.vectors[1][k] + z * s.cell.vectors[2][k];
                double const radii = covalent_radius(s.numbers[i]) + covalent_radius(s.numbers[j]);
                if (norm(d) > 1e-9)
                  least = std::min(least, norm(d) / radii);
              }
      EXPECT_NEAR(least, 1, 1e-12) << crystal.name;
      EXPECT_NEAR(volume(crystal.scaled(0.5).cell), volume(s.cell) / 8, 1e-12);
    }
  }
  // For one element, the nearest-neighbor distances are a/sqrt(2), a sqrt(3)/2, a, a sqrt(3)/4.
  double const d = 2 * covalent_radius(14);
  double const volumes[] = {d * d * d / std::sqrt(2.), 4 * d * d * d / (3 * std::sqrt(3.)),
                            d * d * d, 8 * d * d * d / (3 * std::sqrt(3.))};
  for (int k = 0; k < 4; ++k) {
    Structure const s = simple_crystals(14, 14)[k].structure;
    EXPECT_NEAR(volume(s.cell) / static_cast<double>(s.n_atoms()), volumes[k], 1e-10);
  }
}

struct AutomaticTest : testing::Test {
  test::TemporaryFolder folder;
  Context context;

  static std::shared_ptr<AceBasis const> fitted_basis(AcePotential const& truth) {
    return without_core(*truth.basis);
  }

  static FitOptions options_for(AcePotential const& truth) {
    auto const basis = fitted_basis(truth);
    FitOptions options;
    options.solver.kind = SolverOptions::Kind::automatic;
    options.solver.prior = SmoothnessPrior{.power = 1};
    options.weights_from_data = true;
    options.kappa = balanced_shares().kappa;
    options.kappa_virial = balanced_shares().kappa_virial;
    options.weighting.policy = Weighting::Policy::damped;
    ModelSpecification spec = basis->specification();
    add_pair_repulsion(spec);
    options.reference_potential = std::make_shared<AcePotential const>(
        core_of(std::make_shared<AceBasis const>(std::move(spec))));
    options.pair_repulsion = true;
    return options;
  }

  /// Rattled crystals of silicon or of silicon and germanium, labelled by a known potential plus
  /// noise.
  Dataset data(AcePotential const& truth, int count, bool alloy, double virial_factor = 1,
               unsigned seed = 1) {
    return data(truth, {alloy ? std::vector{14, 32} : std::vector{14}}, count, virial_factor, seed);
  }

  /// `count` crystals of each of these sets of elements, at random positions.
  Dataset data(AcePotential const& truth, std::vector<std::vector<int>> const& systems, int count,
               double virial_factor = 1, unsigned seed = 1) {
    std::mt19937_64 random(seed);
    auto const uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
    std::vector<Structure> structures;
    for (auto const& numbers : systems)
      for (int k = 0; k < count; ++k) {
        Structure s = diamond(14, 5.2 + 0.5 * uniform(), 1, 0.25,
                              seed * 1000 + static_cast<unsigned>(structures.size()));
        for (std::size_t i = 0; i < s.n_atoms() && numbers.size() > 1; ++i)
          s.numbers[i] = numbers[static_cast<std::size_t>(uniform() * numbers.size())];
        structures.push_back(std::move(s));
      }
    using Space = Kokkos::DefaultExecutionSpace;
    Space const space;
    Evaluator<Space> evaluator(space, truth);
    auto const predictions = predict(space, evaluator, std::span<Structure const>(structures));
    std::ostringstream out;
    for (std::size_t k = 0; k < structures.size(); ++k) {
      Structure& s = structures[k];
      s.energy = predictions[k].energy + 0.002 * (uniform() - 0.5);
      s.forces = predictions[k].forces;
      for (Vec3& f : s.forces)
        for (double& x : f)
          x += 0.02 * (uniform() - 0.5);
      s.virial = predictions[k].virial;
      for (double& x : *s.virial)
        x *= virial_factor;
      write_extxyz(out, make_frame(s));
    }
    return Dataset({folder.write("data" + std::to_string(seed) + ".xyz", out.str())}, {});
  }

  /// Strong pair repulsion that differs from the baseline's, and small terms of all ranks.
  static AcePotential truth_of(std::vector<std::string> const& elements,
                               BlockLimits const& limits = {{6, 3, 2}, {0, 2, 2}}) {
    AcePotential truth = test::random_potential(elements, limits, test::paper_radial(4.5));
    for (double& c : truth.coefficients)
      c *= 0.02;
    ModelSpecification spec = truth.basis->specification();
    add_pair_repulsion(spec);
    for (BondSpecification& bond : spec.bonds)
      bond.core_prefactor *= 1.3;
    truth.basis = std::make_shared<AceBasis const>(std::move(spec));
    return truth;
  }
};

TEST_F(AutomaticTest, LearnsFromNoisyDataWithoutBeingToldAnything) {
  AcePotential const truth = truth_of({"Si"});
  FitResult const fit = fit_potential(context, data(truth, 40, false), data(truth, 20, false, 1, 2),
                                      fitted_basis(truth), options_for(truth));
  EXPECT_EQ(fit.solver.name, "automatic");
  EXPECT_LT(fit.test->total.energy_rmse(), 1e-3); // the noise is 0.07 meV/atom and 6 meV/A
  EXPECT_LT(fit.test->total.force_rmse(), 12e-3);
  EXPECT_EQ(fit.reference_source, "fitted");
  EXPECT_TRUE(fit.solver.scores.size() > 10 && fit.solver.strength > 0);
  EXPECT_GT(fit.kappa_virial, 0);
}

TEST_F(AutomaticTest, EveryCrystalRisesUnderCompression) {
  AcePotential const truth = truth_of({"Ge", "Si"});
  FitResult const fit =
      fit_potential(context, data(truth, 30, true), {}, fitted_basis(truth), options_for(truth));
  // Four crystals and a dimer per pair of elements, and pairs of atoms in the data.
  EXPECT_GE(fit.compression.size(), 15u + 3u);
  for (CompressionCheck const& check : fit.compression) {
    EXPECT_TRUE(check.rises()) << check.crystal << check.a << check.b << check.fall;
    if (check.crystal == pushed_pair) {
      EXPECT_NEAR(check.end, 0.7 * check.start, 1e-9);
      continue;
    }
    int const a = *atomic_number(check.a), b = *atomic_number(check.b);
    EXPECT_NEAR(check.end, 0.4 * (covalent_radius(a) + covalent_radius(b)), 1e-9);
  }
  EXPECT_THAT(fit.warnings, Not(Contains(HasSubstr("collapse"))));
  // The baseline does not increase the errors within the data.
  FitOptions none = options_for(truth);
  none.reference_potential = nullptr;
  none.pair_repulsion = false;
  Dataset const test = data(truth, 20, true, 1, 3);
  double const with =
      fit_potential(context, data(truth, 30, true), test, fitted_basis(truth), options_for(truth))
          .test->total.force_rmse();
  double const without =
      fit_potential(context, data(truth, 30, true), test, fitted_basis(truth), none)
          .test->total.force_rmse();
  EXPECT_LT(with, 1.05 * without);
}

/// The fading begins beyond the data and must not change predictions within them.
TEST_F(AutomaticTest, BoundsMakeEnergiesRiseThatFellWithoutThem) {
  // Attraction instead of the truth's own repulsion: nothing in the data tells what happens below.
  AcePotential truth =
      test::random_potential({"Si"}, {{6, 3, 2}, {0, 2, 2}}, test::paper_radial(4.5), 21);
  for (double& c : truth.coefficients)
    c *= 0.05;
  FitOptions const options = options_for(truth);
  Dataset const few = data(truth, 12, false);
  FitResult const fit = fit_potential(context, few, {}, fitted_basis(truth), options);
  FitOptions plain = options; // the same ridge without bounds
  plain.solver.kind = SolverOptions::Kind::ridge;
  plain.solver.choice = SolverOptions::Choice::given;
  plain.solver.strength = fit.solver.strength;
  plain.weights_from_data = false;
  plain.kappa = fit.kappa;
  plain.kappa_virial = fit.kappa_virial;
  FitResult const without = fit_potential(context, few, {}, fitted_basis(truth), plain);
  // Atoms attract each other in the data, too, which leaves a little of it between pushed ones.
  auto const falls = [](CompressionCheck const& check) {
    return !check.rises() && !(check.crystal == pushed_pair && check.fall < 0.1);
  };
  EXPECT_TRUE(std::any_of(without.compression.begin(), without.compression.end(), falls));
  EXPECT_TRUE(std::none_of(fit.compression.begin(), fit.compression.end(), falls));
  double const bounded = fit.train.total.loss(fit.kappa, fit.kappa_virial),
               unbounded = without.train.total.loss(fit.kappa, fit.kappa_virial);
  EXPECT_LT(bounded, 3 * unbounded); // both are nearly exact
}

TEST_F(AutomaticTest, FadesBeyondTheDataOnly) {
  AcePotential const truth = truth_of({"Si"});
  Dataset const train = data(truth, 30, false);
  FitResult const fit = fit_potential(context, train, {}, fitted_basis(truth), options_for(truth));
  AcePotential without = fit.potential;
  ModelSpecification spec = without.basis->specification();
  for (auto& embedding : spec.embeddings)
    embedding.rho_core_cutoff = 1e9;
  without.basis = std::make_shared<AceBasis const>(std::move(spec));
  auto const errors = measure_errors(context, train, without, nullptr);
  EXPECT_NEAR(errors.total.energy_rmse() / fit.train.total.energy_rmse(), 1, 1e-9);
  EXPECT_NEAR(errors.total.force_rmse() / fit.train.total.force_rmse(), 1, 1e-9);
}

TEST_F(AutomaticTest, VirialsOfTheWrongSignOrUnitAreToldAndLeftOut) {
  AcePotential const truth = truth_of({"Si"});
  auto const fit = [&](double factor) {
    return fit_potential(context, data(truth, 30, false, factor), data(truth, 20, false, 1, 2),
                         fitted_basis(truth), options_for(truth));
  };
  double const right = fit(1).test->total.force_rmse();
  EXPECT_THAT(fit(1).warnings, Not(Contains(HasSubstr("virials"))));
  for (auto const& [factor, said] : {std::pair<double, std::string>{-1, "wrong sign"},
                                     {160.2, "GPa"},
                                     {1602, "kbar"},
                                     {-1602, "wrong sign, and they look like kbar: a fit"}}) {
    FitResult const wrong = fit(factor);
    EXPECT_THAT(wrong.warnings, Contains(HasSubstr(said))) << factor;
    EXPECT_EQ(wrong.kappa_virial, 0);
    EXPECT_LT(wrong.test->total.force_rmse(), 1.3 * right);
  }
}

TEST_F(AutomaticTest, WarnsOfWhatDataLack) {
  AcePotential const truth = truth_of({"Ge", "Si"});
  Dataset const pure = data(truth, 12, false);
  FitResult const fit = fit_potential(context, pure, {}, fitted_basis(truth), options_for(truth));
  EXPECT_THAT(fit.warnings, Contains(HasSubstr("no training structure contains Ge")));
  EXPECT_GT(fit.solver.n_without_data, 0);
  for (int b = 0; b < truth.basis->size(); ++b) {
    BasisFunction const& f = fit.potential.basis->functions()[b];
    bool foreign = f.center == 0;
    for (int const s : f.species)
      foreign = foreign || s == 0;
    if (foreign) {
      EXPECT_EQ(fit.potential.coefficients[b], 0) << b;
    }
  }
  for (CompressionCheck const& check : fit.compression)
    EXPECT_TRUE(check.rises()) << check.crystal << check.a << check.b;
}

TEST_F(AutomaticTest, PredictsTermsOfUnseenTriplesOfElements) {
  AcePotential truth = truth_of({"C", "Ge", "Si"}, {{4, 2}, {0, 2}});
  std::mt19937 random(11);
  std::normal_distribution<double> normal;
  // Elements that resemble each other: coefficients of similar functions differ by a tenth.
  for (SimilarFunctions const& group : similar_functions(*truth.basis)) {
    bool const three_body = truth.basis->functions()[group.functions.front()].rank() > 1;
    double const common = (three_body ? 30 : 1) * truth.coefficients[group.functions.front()];
    for (std::size_t k = 0; k < group.functions.size(); ++k)
      truth.coefficients[group.functions[k]] =
          common * group.factors[k] * (1 + 0.1 * normal(random));
  }
  Dataset const pairs = data(truth, {{6}, {14}, {32}, {6, 14}, {6, 32}, {14, 32}}, 8),
                triple = data(truth, {{6, 14, 32}}, 12, 1, 2);
  // The energies of this made potential do not rise under compression: no bounds.
  FitOptions options = options_for(truth);
  options.pair_repulsion = false;
  options.reference_potential.reset();
  FitResult const fit = fit_potential(context, pairs, triple, fitted_basis(truth), options);
  EXPECT_THAT(fit.warnings,
              Contains(HasSubstr("terms are predicted from those of other elements")));
  EXPECT_GT(fit.solver.n_predicted, 10);
  EXPECT_EQ(fit.solver.n_predicted, fit.solver.n_without_data);
  AcePotential without = fit.potential;
  for (int b = 0; b < truth.basis->size(); ++b) {
    BasisFunction const& f = truth.basis->functions()[b];
    std::set<int> elements(f.species.begin(), f.species.end());
    elements.insert(f.center);
    if (elements.size() == 3)
      without.coefficients[b] = 0;
  }
  ErrorSums const zeroed = measure_errors(context, triple, without, nullptr).total;
  EXPECT_LT(fit.test->total.force_rmse(), 0.9 * zeroed.force_rmse());
  EXPECT_LT(fit.test->total.energy_rmse(), 0.6 * zeroed.energy_rmse());
  // The predicted terms are uncertain, but not by orders of magnitude more than they are wrong.
  ASSERT_TRUE(fit.test_deviations);
  EXPECT_GT(fit.test_deviations->energy_coverage, 0.6);
  EXPECT_GT(fit.test_deviations->force_coverage, 0.6);
  EXPECT_LT(fit.test_deviations->median_energy, 20 * fit.test->total.energy_rmse());
  EXPECT_LT(fit.test_deviations->median_force, 20 * fit.test->total.force_rmse());
}

/// One to three structures, structures without forces or energies: the fit gives a result and does
/// not crash.
TEST_F(AutomaticTest, SmallAndPartialDataAreFitted) {
  AcePotential const truth = truth_of({"Si"});
  for (int const count : {1, 2, 3}) {
    FitResult const fit = fit_potential(context, data(truth, count, false), {}, fitted_basis(truth),
                                        options_for(truth));
    EXPECT_TRUE(std::isfinite(fit.train.total.force_rmse())) << count;
    EXPECT_LT(fit.coefficient_norm, 1e4);
  }
}

} // namespace
} // namespace kolace
