// SPDX-License-Identifier: BSD-3-Clause
#include "support/compare.hpp"
#include "support/execution_spaces.hpp"
#include "support/sample_structures.hpp"

#include <kolace/dataset/dataset.hpp>
#include <kolace/design/design_rows.hpp>
#include <kolace/io/potential_file.hpp>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <fstream>

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
