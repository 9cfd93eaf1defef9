// SPDX-License-Identifier: BSD-3-Clause
#include "support/temporary_folder.hpp"

#include <kolace/dataset/training_data.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace kolace {
namespace {

std::string const with_forces = " Properties=species:S:1:pos:R:3:forces:R:3";

std::string frame(std::string const& info, std::vector<std::string> const& atoms) {
  std::string text = std::to_string(atoms.size()) + "\n" + info + "\n";
  for (auto const& atom : atoms)
    text += atom + "\n";
  return text;
}

std::string cell(double a) {
  std::string const x = std::to_string(a);
  return "Lattice=\"" + x + " 0 0 0 " + x + " 0 0 0 " + x + "\" ";
}

struct TrainingDataTest : testing::Test {
  test::TemporaryFolder folder;
  ElementSet elements{{"Al", "Ni"}};

  TrainingData read(std::string const& text, LabelOptions const& options = {}) {
    return TrainingData(Dataset({folder.write("a.xyz", text)}, {}), elements, 5, options);
  }
};

TEST_F(TrainingDataTest, IsolatedAtomsGiveE0ByDefault) {
  std::string const text = frame("energy=-1.5", {"Al 0 0 0"}) + frame("energy=-2.5", {"Ni 0 0 0"}) +
                           frame("energy=-7", {"Al 0 0 0", "Ni 2 0 0"});
  TrainingData const data = read(text);
  EXPECT_EQ(data.reference_energy(), (std::vector{-1.5, -2.5}));
  EXPECT_EQ(data.reference_source(), "isolated atoms");
}

TEST_F(TrainingDataTest, APeriodicAtomWithCloseImagesIsNotIsolated) {
  std::string const text =
      frame(cell(3) + "energy=-1.5", {"Al 0 0 0"}) + frame("energy=-2.5", {"Ni 0 0 0"});
  LabelOptions options;
  options.reference_energy.kind = ReferenceEnergy::Kind::isolated;
  EXPECT_THROW(read(text, options), InputError);
  EXPECT_THAT(read(text).reference_source(), testing::HasSubstr("auto"));
}

/// Least squares on the composition, then a shift to zero energy at the largest volume per atom.
TEST_F(TrainingDataTest, AutoIsPacemakersReference) {
  // E = -3 n_Al - 5 n_Ni exactly, so the fit is exact and the shift is zero.
  std::string const text = frame(cell(4) + "energy=-6", {"Al 0 0 0", "Al 2 2 0"}) +
                           frame(cell(4) + "energy=-10", {"Ni 0 0 0", "Ni 2 2 0"});
  LabelOptions options;
  options.reference_energy.kind = ReferenceEnergy::Kind::least_squares;
  auto const exact = read(text, options).reference_energy();
  EXPECT_NEAR(exact[0], -3, 1e-12);
  EXPECT_NEAR(exact[1], -5, 1e-12);
  // With another Al structure in a large cell, least squares for Al over {-6/2, -4/2} give (2·-6 +
  // 2·-4)/8 = -2.5.
  auto const shifted = read(text + frame(cell(9) + "energy=-4", {"Al 0 0 0", "Al 2 2 0"}), options)
                           .reference_energy();
  EXPECT_NEAR(shifted[0], -2.5 + 0.5, 1e-12); // corrected energy of the large cell: +0.5 per atom
  EXPECT_NEAR(shifted[1], -5 + 0.5, 1e-12);
}

TEST_F(TrainingDataTest, GivenReferenceMustNameEveryElement) {
  std::string const text = frame("energy=-7", {"Al 0 0 0", "Ni 2 0 0"});
  LabelOptions options;
  options.reference_energy.kind = ReferenceEnergy::Kind::given;
  options.reference_energy.values = {{"Al", -1}};
  EXPECT_THROW(read(text, options), InputError);
  options.reference_energy.values["Ni"] = -2;
  EXPECT_EQ(read(text, options).reference_energy(), (std::vector<double>{-1, -2}));
}

std::string three_structures() {
  return frame("energy=-7 config_type=a" + with_forces, {"Al 0 0 0 1 0 0", "Ni 2 0 0 -1 0 0"}) +
         frame("energy=-3 config_type=b" + with_forces, {"Al 0 0 0 0 0 0"}) +
         frame("config_type=b" + with_forces, {"Al 0 0 0 0 2 0", "Al 2 0 0 0 -2 0"});
}

LabelOptions zero_reference() {
  LabelOptions options;
  options.reference_energy.kind = ReferenceEnergy::Kind::given;
  return options;
}

TEST_F(TrainingDataTest, UniformWeightsAreOneOverTheRowsThatExist) {
  TrainingData const data = read(three_structures(), zero_reference());
  EXPECT_DOUBLE_EQ(data.records()[0].energy_weight, 0.5);
  EXPECT_DOUBLE_EQ(data.records()[1].energy_weight, 0.5);
  for (auto const& record : data.records())
    EXPECT_DOUBLE_EQ(record.force_weight, 0.2);
  EXPECT_EQ(data.n_energies(), 2);
  EXPECT_EQ(data.n_force_atoms(), 5);
}

TEST_F(TrainingDataTest, EnergyBasedWeightsFollowTheConventions) {
  LabelOptions options = zero_reference();
  options.weighting.policy = Weighting::Policy::energy_based;
  options.weighting.zero = Weighting::Zero::lowest;
  options.weighting.energy_softening = 0.5;
  options.weighting.force_softening = 2;
  std::string const text =
      frame("energy=-7" + with_forces, {"Al 0 0 0 1 0 0", "Ni 2 0 0 -1 0 0"}) + // -3.5 per atom
      frame("energy=-3" + with_forces, {"Al 0 0 0 0 0 3"}) +
      frame("energy=90" + with_forces, {"Al 0 0 0 0 0 0"});
  options.weighting.energy_limit = 10;
  TrainingData const data = read(text, options);
  EXPECT_TRUE(data.records()[2].dropped);
  EXPECT_EQ(data.n_dropped(), 1);
  double const raw[2] = {1 / 0.25, 1 / 1.0}; // e = 0 and 0.5
  EXPECT_NEAR(data.records()[0].energy_weight, raw[0] / 5, 1e-14);
  EXPECT_NEAR(data.records()[1].energy_weight, raw[1] / 5, 1e-14);
  double const force_sum = raw[0] * 2 / (1 + 2.) + raw[1] / (9 + 2.);
  EXPECT_NEAR(data.records()[0].force_weight, raw[0] / force_sum, 1e-14);
  EXPECT_NEAR(data.records()[1].force_weight, raw[1] / force_sum, 1e-14);
}

TEST_F(TrainingDataTest, GroupAndStructureWeightsMultiplyAndAreNormalized) {
  LabelOptions options = zero_reference();
  options.weighting.by_config_type["b"] = {3, 0.5, 1};
  TrainingData const data = read(three_structures(), options);
  EXPECT_DOUBLE_EQ(data.records()[1].energy_weight, 0.75);
  // Sum of force weights: a has 2 · 1, b has 1 · 0.5 + 2 · 0.5.
  EXPECT_NEAR(data.records()[0].force_weight, 1 / 3.5, 1e-15);
  EXPECT_NEAR(data.records()[2].force_weight, 0.5 / 3.5, 1e-15);
  std::string text = three_structures();
  text.replace(text.find("energy=-7"), 9, "energy=-7 energy_weight=4 force_weight=2");
  TrainingData const by_structure = read(text, zero_reference());
  EXPECT_DOUBLE_EQ(by_structure.records()[0].energy_weight, 0.8);
  EXPECT_NEAR(by_structure.records()[0].force_weight, 2 / 7., 1e-15);
}

TEST_F(TrainingDataTest, KappaAutoIsTheShareOfTheEnergyVariance) {
  LabelOptions options = zero_reference();
  options.kappa.reset();
  TrainingData const data = read(three_structures(), options);
  double const energy = 0.125; // energies -3.5 and -3: sample variance
  double const mean = 6. / 5, force = (1 + 1 + 0 + 4 + 4) / 5. - mean * mean;
  EXPECT_NEAR(data.kappa(), energy / (energy + force), 1e-14);
}

TEST_F(TrainingDataTest, KappaAutoLeavesDroppedStructuresOut) {
  LabelOptions options = zero_reference();
  options.kappa.reset();
  options.weighting.policy = Weighting::Policy::energy_based;
  options.weighting.energy_limit = 10;
  std::string const kept = frame("energy=-7" + with_forces, {"Al 0 0 0 1 0 0", "Ni 2 0 0 -2 0 0"}) +
                           frame("energy=-3" + with_forces, {"Al 0 0 0 0 0 0"});
  double const kappa = read(kept, options).kappa();
  EXPECT_GT(kappa, 0);
  EXPECT_DOUBLE_EQ(
      read(kept + frame("energy=90" + with_forces, {"Al 0 0 0 500 0 0"}), options).kappa(), kappa);
}

TEST_F(TrainingDataTest, WithoutForcesKappaIsZero) {
  EXPECT_EQ(read(frame("energy=-7", {"Al 0 0 0", "Ni 2 0 0"}), zero_reference()).kappa(), 0);
  EXPECT_THROW(read(frame("", {"Al 0 0 0"}), zero_reference()), InputError);
  EXPECT_THROW(read(frame("energy=1", {"Si 0 0 0"}), zero_reference()), InputError);
}

} // namespace
} // namespace kolace
