// SPDX-License-Identifier: BSD-3-Clause
#include "support/compare.hpp"
#include "support/execution_spaces.hpp"
#include "support/sample_potentials.hpp"
#include "support/sample_structures.hpp"

#include <kolace/dataset/dataset.hpp>
#include <kolace/design/design_rows.hpp>
#include <kolace/io/potential_file.hpp>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numbers>

namespace kolace {
namespace {

template <class Space> struct ReferenceTest : testing::Test {};
TYPED_TEST_SUITE(ReferenceTest, test::ExecutionSpaces);

/// Compares with values of the ML-PACE evaluator, printed with nine decimals, for all structures of
/// one potential.
template <class Space>
void compare_with_reference(std::string const& name, std::string const& ending) {
  Space const space;
  AcePotential const potential = read_potential(test::reference_file(name + ending));
  std::ifstream in(test::reference_file(name + ".reference.json"));
  auto const reference = nlohmann::json::parse(in);
  std::vector<Structure> structures;
  Dataset({test::reference_file(reference["structures"].get<std::string>())}, {})
      .for_each([&](Frame& frame) { structures.push_back(frame.structure); });
  ASSERT_EQ(structures.size(), 6u);
  Evaluator<Space> evaluator(space, potential);
  auto const predictions = predict(space, evaluator, std::span<Structure const>(structures));
  auto const site_energies =
      predict_energies(space, evaluator, std::span<Structure const>(structures));
  auto site_energy = site_energies.begin();
  using namespace test::tolerance;
  for (std::size_t k = 0; k < structures.size(); ++k) {
    auto const& frame = reference["frames"][k];
    Prediction const& p = predictions[k];
    double const energy = frame["energy"];
    EXPECT_NEAR(p.energy, energy, ml_pace * std::abs(energy)) << name << " frame " << k;
    auto const energies = frame["atom_energies"].get<std::vector<double>>();
    auto const forces = frame["forces"].get<std::vector<Vec3>>();
    auto const virial = frame["virial"].get<Voigt>();
    double const force_scale = test::largest_force(forces);
    for (std::size_t i = 0; i < energies.size(); ++i) {
      EXPECT_NEAR(p.energies[i], energies[i], ml_pace * std::abs(energies[i]) + ml_pace_digits);
      ASSERT_NE(site_energy, site_energies.end());
      EXPECT_NEAR(*site_energy++, energies[i], ml_pace * std::abs(energies[i]) + ml_pace_digits);
      for (int x = 0; x < 3; ++x) // the force on a one-atom cell is only rounding
        EXPECT_NEAR(p.forces[i][x], forces[i][x], ml_pace * force_scale + ml_pace_digits)
            << name << " frame " << k << " atom " << i;
    }
    for (int v = 0; v < 6; ++v)
      EXPECT_NEAR(p.virial[v], virial[v],
                  ml_pace * test::largest_component(virial) + ml_pace_digits)
          << name << " frame " << k << " Voigt " << v;
  }
}

template <class Space> void compare_with_reference(std::string const& name) {
  for (char const* ending : {".yaml", ".yace"})
    compare_with_reference<Space>(name, ending);
}

TYPED_TEST(ReferenceTest, Cu_distance_core_two_densities) {
  compare_with_reference<TypeParam>("Cu_distance_core_two_densities");
}
TYPED_TEST(ReferenceTest, Cu_density_two_densities) {
  compare_with_reference<TypeParam>("Cu_density_two_densities");
}
TYPED_TEST(ReferenceTest, Cu_zbl) {
  compare_with_reference<TypeParam>("Cu_zbl");
}
TYPED_TEST(ReferenceTest, Cu_sbessel_two_densities) {
  compare_with_reference<TypeParam>("Cu_sbessel_two_densities");
}
TYPED_TEST(ReferenceTest, C_K5_793) {
  compare_with_reference<TypeParam>("C_K5_793");
}
TYPED_TEST(ReferenceTest, C_K6_small) {
  compare_with_reference<TypeParam>("C_K6_small");
}
TYPED_TEST(ReferenceTest, C_chebpow) {
  compare_with_reference<TypeParam>("C_chebpow");
}
TYPED_TEST(ReferenceTest, AlNi_K4) {
  compare_with_reference<TypeParam>("AlNi_K4");
}
TYPED_TEST(ReferenceTest, AlCuNi_K4) {
  compare_with_reference<TypeParam>("AlCuNi_K4");
}

/// Non-linear potentials can be evaluated but not fitted.
TEST(Reference, NonLinearPotentialsHaveNoDesignRows) {
  using Space = Kokkos::DefaultExecutionSpace;
  for (char const* name : {"Cu_density_two_densities", "Cu_distance_core_two_densities",
                           "Cu_sbessel_two_densities", "Cu_zbl"}) {
    AcePotential const potential =
        read_potential(test::reference_file(std::string(name) + ".yaml"));
    EXPECT_FALSE(potential.basis->is_linear()) << name;
    try {
      DesignAssembler<Space>(Space(), potential.basis);
      ADD_FAILURE() << name;
    } catch (InputError const& error) {
      EXPECT_THAT(error.what(), testing::HasSubstr("linear")) << name;
    }
  }
}

/// Forces are derivatives of the energy, from the core through the inner cutoffs to the range of
/// the embedding, and the virial is the derivative with respect to a uniform strain.
TYPED_TEST(ReferenceTest, NonLinearForcesAreDerivatives) {
  TypeParam const space;
  for (char const* name : {"Cu_density_two_densities", "Cu_distance_core_two_densities",
                           "Cu_sbessel_two_densities", "Cu_zbl"}) {
    AcePotential potential = read_potential(test::reference_file(std::string(name) + ".yace"));
    potential.spline_width = 0;
    Evaluator<TypeParam> evaluator(space, potential);
    constexpr double h = 1e-5;
    for (double const r : {1.3, 1.9, 2.05, 2.3, 2.8, 4.7}) {
      Structure s;
      s.numbers = {29, 29, 29};
      s.positions = {{0, 0, 0}, {r, 0.1, 0}, {0.3, 2.6, 1.1}};
      std::vector<Structure> structures(5, s);
      structures[1].positions[1][0] += h;
      structures[2].positions[1][0] -= h;
      for (Vec3& p : structures[3].positions)
        p[0] *= 1 + h;
      for (Vec3& p : structures[4].positions)
        p[0] *= 1 - h;
      auto const p = predict(space, evaluator, std::span<Structure const>(structures));
      double const slope = (p[1].energy - p[2].energy) / (2 * h),
                   strain = (p[3].energy - p[4].energy) / (2 * h);
      double const scale = 1 + test::force_scale(p[0]);
      EXPECT_NEAR(p[0].forces[1][0], -slope, 2e-6 * scale) << name << " " << r;
      EXPECT_NEAR(p[0].virial[0], -strain, 2e-6 * scale) << name << " " << r;
    }
  }
}

/// Gaussian cores of three elements, each bond with its own numbers, one without a core and one so
/// narrow that its formula ends within the cutoff, against a loop over pairs.
TYPED_TEST(ReferenceTest, CoresOfSeveralElementsAreThoseOfTheFormula) {
  TypeParam const space;
  AcePotential potential =
      test::random_potential({"Al", "Cu", "Ni"}, {{3, 2}, {0, 1}}, test::paper_radial(4.5));
  Evaluator<TypeParam> bare(space, potential);
  ModelSpecification spec = potential.basis->specification();
  for (int a = 0; a < 3; ++a)
    for (int b = 0; b < 3; ++b) {
      BondSpecification& bond = spec.bonds[3 * a + b];
      bond.inner_cutoff_type = InnerCutoff::density;
      bond.core_prefactor = a + b == 1 ? 0 : 20 + 9 * (a + b) + 3 * a * b;
      bond.core_lambda = a == 2 && b == 2 ? 4 : 0.3 + 0.07 * (a + b); // 4: ends at 3.5 A
    }
  potential.basis = std::make_shared<AceBasis const>(spec);
  Evaluator<TypeParam> evaluator(space, potential);
  Structure const s = test::cluster(40, {13, 29, 28, 28}, 3);
  auto const with = predict(space, evaluator, std::span<Structure const>(&s, 1))[0],
             without = predict(space, bare, std::span<Structure const>(&s, 1))[0];
  int const species_of[3] = {13, 29, 28};
  auto const species = [&](std::size_t i) {
    return static_cast<int>(std::find(species_of, species_of + 3, s.numbers[i]) - species_of);
  };
  auto const phi = [&](int a, int b, double r) {
    BondSpecification const& bond = spec.bonds[3 * a + b];
    double const lambda = bond.core_lambda;
    if (r >= 4.5 || lambda * r * r >= 50)
      return 0.;
    return bond.core_prefactor * std::exp(-lambda * r * r) / r * 0.5 *
           (1 + std::cos(std::numbers::pi * r / 4.5));
  };
  std::vector<double> energies(s.n_atoms(), 0.);
  std::vector<Vec3> forces(s.n_atoms(), Vec3{0, 0, 0});
  Voigt virial{};
  int const row[6] = {0, 1, 2, 1, 0, 0}, column[6] = {0, 1, 2, 2, 2, 1};
  for (std::size_t i = 0; i < s.n_atoms(); ++i)
    for (std::size_t j = 0; j < s.n_atoms(); ++j) {
      if (i == j)
        continue;
      Vec3 d;
      for (int x = 0; x < 3; ++x)
        d[x] = s.positions[j][x] - s.positions[i][x];
      double const r = norm(d), h = 1e-5;
      int const a = species(i), b = species(j);
      energies[i] += phi(a, b, r);
      double const derivative = (phi(a, b, r + h) - phi(a, b, r - h)) / (2 * h);
      for (int x = 0; x < 3; ++x) {
        forces[i][x] += derivative * d[x] / r;
        forces[j][x] -= derivative * d[x] / r;
      }
      for (int v = 0; v < 6; ++v)
        virial[v] -= d[row[v]] * d[column[v]] * derivative / r;
    }
  double largest = 0;
  for (std::size_t i = 0; i < s.n_atoms(); ++i) {
    largest = std::max(largest, energies[i]);
    EXPECT_NEAR(with.energies[i] - without.energies[i], energies[i], 1e-11 * (1 + energies[i]));
    for (int x = 0; x < 3; ++x)
      EXPECT_NEAR(with.forces[i][x] - without.forces[i][x], forces[i][x], 1e-6);
  }
  EXPECT_GT(largest, 1);
  for (int v = 0; v < 6; ++v)
    EXPECT_NEAR(with.virial[v] - without.virial[v], virial[v], 1e-5);
}

/// The energy of a free atom is E0 for every embedding.
TYPED_TEST(ReferenceTest, FreeAtomsHaveTheirOwnEnergy) {
  TypeParam const space;
  for (char const* name : {"Cu_density_two_densities", "Cu_zbl"}) {
    AcePotential potential = read_potential(test::reference_file(std::string(name) + ".yace"));
    potential.reference_energy = {-1.25};
    Evaluator<TypeParam> evaluator(space, potential);
    Structure atom;
    atom.numbers = {29};
    atom.positions = {{0, 0, 0}};
    EXPECT_NEAR(predict(space, evaluator, std::span<Structure const>(&atom, 1))[0].energy, -1.25,
                1e-12);
  }
}

} // namespace
} // namespace kolace
