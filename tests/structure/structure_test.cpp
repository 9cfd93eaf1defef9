// SPDX-License-Identifier: BSD-3-Clause
#include "support/sample_structures.hpp"

#include <kolace/structure/prototypes.hpp>
#include <kolace/structure/structure.hpp>
#include <kolace/structure/structure_batch.hpp>

#include <gtest/gtest.h>

#include <random>

namespace kolace {
namespace {

TEST(Structure, CoincidentAtomsAreFoundInEveryCell) {
  for (auto const& [name, structure] : test::sample_structures({6})) {
    EXPECT_FALSE(coincident_atoms(structure, 1e-3)) << name;
    Structure doubled = structure;
    doubled.numbers.push_back(6);
    doubled.positions.push_back(structure.positions.back());
    for (int d = 0; d < 3; ++d) // another image of the last atom
      if (structure.cell.periodic[d])
        for (int k = 0; k < 3; ++k)
          doubled.positions.back()[k] += (d + 1) * structure.cell.vectors[d][k];
    auto const pair = coincident_atoms(doubled, 1e-3);
    ASSERT_TRUE(pair) << name;
    EXPECT_EQ(pair->second, structure.n_atoms()) << name;
  }
}

/// Many atoms in one place, and boxes far smaller than the distance to the furthest atom: found
/// without comparing all pairs (which would take minutes).
TEST(Structure, CoincidentAtomsOfManyAndFarAtoms) {
  Structure s;
  s.numbers.assign(200000, 6);
  s.positions.assign(200000, Vec3{1, 2, 3});
  EXPECT_EQ(coincident_atoms(s, 1e-3), std::pair(std::size_t{0}, std::size_t{1}));
  for (std::size_t i = 0; i < s.n_atoms(); ++i)
    s.positions[i] = {2.5 * static_cast<double>(i % 60), 2.5 * static_cast<double>(i / 60 % 60),
                      2.5 * static_cast<double>(i / 3600)};
  s.positions[7] = {1e10, 0, 0};
  EXPECT_FALSE(coincident_atoms(s, 1e-3));
  s.positions[150000] = s.positions[40000];
  EXPECT_EQ(coincident_atoms(s, 1e-3), std::pair(std::size_t{40000}, std::size_t{150000}));
}

TEST(Structure, PairsAreEstimatedFromTheDensity) {
  Structure const crystal = diamond(6, 3.57, 4, 0.05); // 87 neighbors within 5 A, 274 within 7 A
  EXPECT_NEAR(estimated_pairs(crystal, 5) / static_cast<double>(crystal.n_atoms()), 87, 9);
  EXPECT_NEAR(estimated_pairs(crystal, 7) / static_cast<double>(crystal.n_atoms()), 274, 27);
  Structure cluster = crystal;
  cluster.cell = {};
  double const n = static_cast<double>(cluster.n_atoms());
  EXPECT_EQ(estimated_pairs(cluster, 100), n * n);
  EXPECT_NEAR(estimated_pairs(cluster, 3) / estimated_pairs(crystal, 3), 1, 0.3);
}

TEST(Structure, IsolatedAtomHasNoImageInTheCutoff) {
  Structure s;
  s.numbers = {6};
  s.positions = {Vec3{1, 1, 1}};
  EXPECT_TRUE(is_isolated_atom(s, 5));
  s.cell = {{Vec3{9, 0, 0}, Vec3{0, 9, 0}, Vec3{0, 0, 9}}, {true, true, true}};
  EXPECT_TRUE(is_isolated_atom(s, 5));
  EXPECT_FALSE(is_isolated_atom(s, 9.5));
  s.cell.vectors[1] = {8, 0.1, 0}; // skewed: a - b is short
  EXPECT_FALSE(is_isolated_atom(s, 5));
  s.numbers.push_back(6);
  s.positions.push_back({3, 3, 3});
  EXPECT_FALSE(is_isolated_atom(s, 1));
}

TEST(ElementSet, SortsAlphabeticallyAndRejectsUnknown) {
  ElementSet const elements({"Ni", "Al", "Cu"});
  EXPECT_EQ(elements.symbols(), (std::vector<std::string>{"Al", "Cu", "Ni"}));
  EXPECT_EQ(elements.species(28), 2);
  EXPECT_EQ(elements.species("Fe"), -1);
  EXPECT_THROW(ElementSet({"Xx"}), InputError);
  EXPECT_THROW(ElementSet({"C", "C"}), InputError);
}

} // namespace
} // namespace kolace
