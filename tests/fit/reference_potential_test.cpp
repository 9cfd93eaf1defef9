// SPDX-License-Identifier: BSD-3-Clause
#include "support/compare.hpp"
#include "support/labelled.hpp"
#include "support/sample_potentials.hpp"
#include "support/temporary_folder.hpp"
#include "support/tolerances.hpp"

#include <kolace/assembly/baseline.hpp>
#include <kolace/fit/fit.hpp>
#include <kolace/io/potential_file.hpp>
#include <kolace/model/potential_sum.hpp>

#include <cmath>
#include <limits>

namespace kolace {
namespace {

struct ReferencePotentialTest : testing::Test {
  test::TemporaryFolder folder;
  Context context;
};

/// For labels from a linear part and a core, the fit recovers the linear part, and the potential
/// contains both.
TEST_F(ReferencePotentialTest, CoreRepulsionLiesUnderTheFit) {
  for (char const* type : {"distance", "density", "zbl"}) {
    AcePotential truth =
        test::random_potential({"C"}, {{4, 3, 2}, {0, 2, 2}}, test::paper_radial(4));
    ModelSpecification spec = truth.basis->specification();
    BondSpecification& bond = spec.bonds[0];
    bool const zbl = std::string(type) == "zbl"; // only below the data
    bond.core_prefactor = zbl ? 1 : 60;
    bond.core_lambda = 0.4;
    bond.inner_cutoff_type = *inner_cutoff(type);
    bond.r_in = zbl ? 0.8 : 1.9;
    bond.delta_in = zbl ? 0.1 : 0.5;
    bond.radial.cutoff_width = 0.5;
    truth.basis = std::make_shared<AceBasis const>(spec);
    ASSERT_TRUE(has_core(*truth.basis));
    Dataset const data({folder.write("a.xyz", test::labelled(truth, {6}, 40, true))}, {});
    auto const linear = without_core(*truth.basis);
    EXPECT_TRUE(linear->is_linear());
    FitOptions options;
    options.kappa = 0.5;
    options.kappa_virial = 0.1;
    options.reference_energy.kind = ReferenceEnergy::Kind::given;
    options.reference_potential = std::make_shared<AcePotential const>(core_of(truth.basis));
    FitResult const result = fit_potential(context, data, {}, linear, options);
    EXPECT_LT(result.train.total.energy_rmse(), 1e-9) << type;
    EXPECT_LT(result.train.total.force_rmse(), 1e-7) << type;
    EXPECT_LT(result.train.total.virial_rmse(), 1e-7) << type;
    EXPECT_EQ(result.potential.basis->specification().bonds, truth.basis->specification().bonds);
    AcePotential bare = result.potential;
    bare.basis = linear;
    double const missing = measure_errors(context, data, bare, nullptr).total.force_rmse();
    EXPECT_TRUE(zbl || missing > 0.1) << missing;
  }
}

/// With a reference that has embedded densities and trained radial functions, the fit recovers the
/// linear remainder, and one potential contains both.
TEST_F(ReferencePotentialTest, AnyPotentialLiesUnderTheFit) {
  AcePotential const reference =
      read_potential(test::reference_file("Cu_sbessel_two_densities.yaml"));
  RadialOptions radial = reference.basis->specification().bonds[0].effective_radial();
  AcePotential rest = test::random_potential({"Cu"}, {{5, 3, 2}, {0, 2, 1}}, radial);
  rest.reference_energy = {-3.5};
  AcePotential below = reference;
  below.reference_energy = {100}; // the reference's own E0 must not matter
  AcePotential base = reference;
  base.reference_energy = {0};
  AcePotential const truth = sum_of(base, rest);
  EXPECT_EQ(truth.n_densities(), 3);
  Dataset const data({folder.write("a.xyz", test::labelled(truth, {29}, 40, true))}, {});
  FitOptions options;
  options.kappa = 0.5;
  options.kappa_virial = 0.1;
  options.reference_energy.kind = ReferenceEnergy::Kind::given;
  options.reference_energy.value = -3.5;
  options.reference_potential = std::make_shared<AcePotential const>(below);
  FitResult const result = fit_potential(context, data, {}, rest.basis, options);
  EXPECT_LT(result.train.total.energy_rmse(), 1e-8);
  EXPECT_LT(result.train.total.force_rmse(), 1e-6);
  EXPECT_LT(result.train.total.virial_rmse(), 1e-6);
  EXPECT_EQ(result.potential.n_densities(), 3);
  EXPECT_DOUBLE_EQ(result.potential.reference_energy[0], -3.5);
  EXPECT_EQ(result.solver.solution.rank, rest.basis->size());
}

/// A core in a potential with several densities: only the core's own values are checked and
/// subtracted.
TEST_F(ReferencePotentialTest, CoresOfEmbeddedPotentialsLieUnderTheFit) {
  for (char const* name :
       {"Cu_distance_core_two_densities", "Cu_density_two_densities", "Cu_zbl"}) {
    AcePotential reference = read_potential(test::reference_file(std::string(name) + ".yaml"));
    reference.spline_width = 0;
    ModelSpecification spec = reference.basis->specification();
    spec.embeddings[0].rho_core_cutoff = 1e6;
    spec.embeddings[0].rho_core_width = 5;
    for (BondSpecification& bond : spec.bonds)
      bond.r_in = std::min(bond.r_in, 0.7);
    reference.basis = std::make_shared<AceBasis const>(spec);
    AcePotential rest = test::random_potential(
        {"Cu"}, {{3, 2}, {0, 1}}, reference.basis->specification().bonds[0].effective_radial());
    ModelSpecification own = rest.basis->specification();
    // It scales g, so the fitted part needs it too.
    if (spec.bonds[0].inner_cutoff_type == InnerCutoff::distance) {
      own.bonds[0].r_in = spec.bonds[0].r_in;
      own.bonds[0].delta_in = spec.bonds[0].delta_in;
      rest.basis = std::make_shared<AceBasis const>(own);
    }
    AcePotential const truth = sum_of(reference, rest);
    Dataset const data({folder.write("a.xyz", test::labelled(truth, {29}, 40, true))}, {});
    FitOptions options;
    options.kappa = 0.5;
    options.reference_energy.kind = ReferenceEnergy::Kind::given;
    options.reference_energy.value = reference.reference_energy[0];
    options.reference_potential = std::make_shared<AcePotential const>(reference);
    FitResult const result = fit_potential(context, data, {}, without_core(*rest.basis), options);
    EXPECT_LT(result.train.total.energy_rmse(), 1e-8) << name;
    EXPECT_LT(result.train.total.force_rmse(), 1e-6) << name;
    EXPECT_EQ(result.n_functions, rest.basis->size());
  }
}

/// Least squares for E0 use the energies minus those of the reference.
TEST_F(ReferencePotentialTest, AutomaticFreeAtomsAreThoseOfTheRest) {
  AcePotential reference =
      test::random_potential({"C"}, {{4, 3}, {0, 2}}, test::paper_radial(4), 3);
  AcePotential truth = reference;
  truth.reference_energy = {-7.5};
  Dataset const data({folder.write("a.xyz", test::labelled(truth, {6}, 30, true))}, {});
  FitOptions options;
  options.reference_energy.kind = ReferenceEnergy::Kind::least_squares;
  options.reference_potential = std::make_shared<AcePotential const>(reference);
  FitResult const result = fit_potential(context, data, {}, reference.basis, options);
  EXPECT_NEAR(result.potential.reference_energy[0], -7.5, 1e-9);
  EXPECT_LT(result.train.total.energy_rmse(), 1e-8);
}

TEST_F(ReferencePotentialTest, ScaledAtomsAreRefusedWhateverTheCoresStrength) {
  AcePotential truth = test::random_potential({"C"}, {{4, 3}, {0, 2}}, test::paper_radial(4));
  Dataset const data({folder.write("a.xyz", test::labelled(truth, {6}, 20, true))}, {});
  ModelSpecification spec = truth.basis->specification();
  for (BondSpecification& bond : spec.bonds) {
    bond.inner_cutoff_type = InnerCutoff::zbl;
    bond.r_in = 2.5;
    bond.delta_in = 0.2;
    bond.core_prefactor = 0;
  }
  FitOptions options;
  options.reference_energy.kind = ReferenceEnergy::Kind::given;
  options.reference_potential =
      std::make_shared<AcePotential const>(core_of(std::make_shared<AceBasis const>(spec)));
  EXPECT_THROW(fit_potential(context, data, {}, truth.basis, options), InputError);
}

/// Distances of pairs that never come within their own cutoff are estimated from the others, within
/// that cutoff.
TEST(ZblBelow, PairsWithoutDataTakeTheMeanWithinTheirCutoff) {
  AcePotential potential =
      test::random_potential({"Al", "Ni"}, {{2, 1}, {0, 0}}, test::paper_radial(5));
  ModelSpecification spec = potential.basis->specification();
  spec.bonds[1].radial.cutoff = spec.bonds[2].radial.cutoff = 3;
  potential.basis = std::make_shared<AceBasis const>(spec);
  double const none = std::numeric_limits<double>::infinity();
  auto const r_in = [&](std::vector<double> const& shortest) {
    return zbl_distances(*with_zbl_below(potential, shortest).basis);
  };
  EXPECT_EQ(r_in({2.5, 4, 4, 2}), (std::vector{2.5, 2.25, 2.25, 2.}));
  EXPECT_EQ(r_in({4.5, none, none, 4}), (std::vector{4.5, 2.99, 2.99, 4.}));
  EXPECT_EQ(r_in({none, 1.5, 1.6, 2}), (std::vector{1.5, 1.5, 1.5, 2.}));
  EXPECT_EQ(r_in({none, none, none, none})[0], none);
}

/// ZBL takes over below the shortest distance in the data; nothing changes at larger distances.
TEST_F(ReferencePotentialTest, ZblStandsBelowTheData) {
  AcePotential const truth =
      test::random_potential({"C"}, {{4, 3, 2}, {0, 2, 2}}, test::paper_radial(4));
  Dataset const data({folder.write("a.xyz", test::labelled(truth, {6}, 40, true))}, {});
  FitOptions options;
  options.kappa = 0.5;
  options.repulsion_below_data = true;
  options.reference_energy.kind = ReferenceEnergy::Kind::given;
  FitResult const with = fit_potential(context, data, {}, truth.basis, options);
  options.repulsion_below_data = false;
  FitResult const without = fit_potential(context, data, {}, truth.basis, options);
  EXPECT_TRUE(without.potential.basis->is_linear());
  EXPECT_EQ(with.potential.coefficients, without.potential.coefficients);
  BondSpecification const& bond = with.potential.basis->specification().bonds[0];
  EXPECT_EQ(bond.inner_cutoff_type, InnerCutoff::zbl);
  EXPECT_EQ(bond.r_in, with.shortest_distances[0]);
  EXPECT_LT(with.train.total.force_rmse(), 1e-8);

  using Space = Kokkos::DefaultExecutionSpace;
  auto const energy = [&](AcePotential const& potential, double r) {
    Structure dimer;
    dimer.numbers = {6, 6};
    dimer.positions = {{0, 0, 0}, {r, 0, 0}};
    dimer.cell.periodic = {false, false, false};
    Evaluator<Space> evaluator(Space(), potential);
    return predict(Space(), evaluator, std::span<Structure const>(&dimer, 1))[0].energy;
  };
  double const linear =
      energy(without.potential, bond.r_in); // other kernels and another summation order
  EXPECT_NEAR(energy(with.potential, bond.r_in), linear,
              test::tolerance::reordering * std::abs(linear));
  // ZBL screening at 0.5 A, from the formula in CONVENTIONS.md.
  double const a = 0.46850 / (2 * std::pow(6., 0.23)), x = 0.5 / a;
  double const phi = 0.18175 * std::exp(-3.19980 * x) + 0.50986 * std::exp(-0.94229 * x) +
                     0.28022 * std::exp(-0.40290 * x) + 0.02817 * std::exp(-0.20162 * x);
  double const zbl = 14.399645351950543 * 36 * phi / 0.5;
  // ZBL is shifted to vanish at the cutoff, here by 2e-4 of its value.
  EXPECT_NEAR(energy(with.potential, 0.5) / zbl, 1, 5e-4);
}

} // namespace
} // namespace kolace
