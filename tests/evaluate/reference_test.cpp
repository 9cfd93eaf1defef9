#include "support/compare.hpp"
#include "support/execution_spaces.hpp"
#include "support/sample_structures.hpp"

#include <kolace/io/dataset.hpp>
#include <kolace/io/potential_file.hpp>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <fstream>

namespace kolace {
namespace {

template <class Space> struct ReferenceTest : testing::Test {};
TYPED_TEST_SUITE(ReferenceTest, test::ExecutionSpaces);

/// Values of the ML-PACE evaluator for all structures of one potential, printed with nine decimals.
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
      for (int x = 0; x < 3; ++x) // a one-atom cell has no force to compare with, only rounding
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

/// What this version does not evaluate is refused, not evaluated wrongly.
TEST(Reference, NonLinearPotentialsAreRefused) {
  for (char const* name :
       {"Cu_density_two_densities", "Cu_distance_core_two_densities", "Cu_sbessel_two_densities"})
    try {
      read_potential(test::reference_file(std::string(name) + ".yaml"));
      ADD_FAILURE() << name;
    } catch (InputError const& error) {
      EXPECT_THAT(error.what(), testing::HasSubstr("not linear")) << name;
    }
  EXPECT_THROW(read_potential(test::reference_file("Cu_zbl.yaml")), InputError);
}

} // namespace
} // namespace kolace
