// SPDX-License-Identifier: BSD-3-Clause
#include "support/temporary_folder.hpp"

#include <kolace/io/extxyz.hpp>

#include <gtest/gtest.h>

#include <cmath>

namespace kolace {
namespace {

std::string const head = "1\nLattice=\"2 0 0 0 3 0 0 0 4\" ";

Structure read(std::string const& info, std::string const& column = "", LabelKeys const& keys = {},
               LabelCounts* counts = nullptr) {
  test::TemporaryFolder const folder;
  std::string text = head + info;
  if (!column.empty())
    text += " Properties=species:S:1:pos:R:3:" + column + ":R:3";
  text += column.empty() ? "\nC 0 0 0\n" : "\nC 0 0 0 1 2 3\n";
  ExtxyzReader reader(folder.write("a.xyz", text), keys);
  Frame frame;
  reader.next(frame);
  if (counts)
    *counts = reader.label_counts();
  return frame.structure;
}

TEST(Labels, SpellingsAreFound) {
  for (char const* key : {"energy", "free_energy", "REF_energy"})
    EXPECT_EQ(read(std::string(key) + "=-3").energy, -3) << key;
  for (char const* key : {"forces", "force", "REF_forces", "REF_force"})
    EXPECT_EQ(read("", key).forces.at(0), (Vec3{1, 2, 3})) << key;
  for (char const* key : {"virial", "virials", "REF_virial"})
    EXPECT_EQ(read(std::string(key) + "=\"1 2 3 2 4 5 3 5 6\"").virial, (Voigt{1, 4, 6, 5, 3, 2}))
        << key;
  EXPECT_FALSE(read("").energy);
  EXPECT_TRUE(read("").forces.empty());
  EXPECT_FALSE(read("").virial);
}

TEST(Labels, PreferenceIsReferenceThenEnergyThenFreeEnergy) {
  LabelCounts counts;
  EXPECT_EQ(read("free_energy=1 energy=2 REF_energy=3", "", {}, &counts).energy, 3);
  EXPECT_EQ(counts.at("energy from 'REF_energy'"), 1);
  EXPECT_EQ(read("free_energy=1 energy=2").energy, 2);
  EXPECT_EQ(read("free_energy=1 energy=2 mine=4", "", {"mine", "", "", ""}).energy, 4);
  EXPECT_FALSE(read("energy=2", "", {"mine", "", "", ""}).energy); // only the configured key counts
  EXPECT_EQ(read("virial=\"1 1 1 0 0 0\" stress=\"9 9 9 9 9 9\"").virial,
            (Voigt{1, 1, 1, 0, 0, 0}));
}

TEST(Labels, StressIsMinusVirialOverVolume) {
  // The volume is 24; ASE's six components are xx yy zz yz xz xy.
  EXPECT_EQ(read("stress=\"1 2 3 4 5 6\"").virial, (Voigt{-24, -48, -72, -96, -120, -144}));
  EXPECT_EQ(read("stress=\"1 6 5 6 2 4 5 4 3\"").virial, (Voigt{-24, -48, -72, -96, -120, -144}));
  EXPECT_EQ(read("my_stress=\"1 0 0 0 0 0\"", "", {"", "", "", "my_stress"}).virial,
            (Voigt{-24, 0, 0, 0, 0, 0}));
}

TEST(Labels, NestedListsAsAseWritesThem) {
  EXPECT_EQ(read("virial=\"_JSON [[1, 2, 3], [2, 4, 5], [3, 5, 6]]\"").virial,
            (Voigt{1, 4, 6, 5, 3, 2}));
}

TEST(Labels, BundledVirialAndStressAgree) {
  ExtxyzReader by_virial(std::string(KOLACE_CARBON_DATA) + "/diverse.extxyz");
  ExtxyzReader by_stress(std::string(KOLACE_CARBON_DATA) + "/diverse.extxyz",
                         {"", "", "", "stress"});
  Frame a, b;
  int frames = 0;
  while (by_virial.next(a)) {
    ASSERT_TRUE(by_stress.next(b));
    double const v = volume(a.structure.cell);
    for (int k = 0; k < 6; ++k) { // the file has eight decimals for each and for the cell
      double const w = a.structure.virial->at(k);
      EXPECT_NEAR(w, b.structure.virial->at(k), 1e-8 * (v + 1 + std::abs(w)));
    }
    ++frames;
  }
  EXPECT_EQ(frames, 107);
}

TEST(Labels, WeightsAreRead) {
  Structure const s = read("energy_weight=2.5 force_weight=0.1 config_type=a|b");
  EXPECT_EQ(s.energy_weight, 2.5);
  EXPECT_EQ(s.force_weight, 0.1);
  EXPECT_EQ(s.config_type, "a|b");
}

} // namespace
} // namespace kolace
