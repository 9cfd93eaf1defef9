// SPDX-License-Identifier: BSD-3-Clause
#include "support/sample_structures.hpp"

#include <kolace/core/elements.hpp>
#include <kolace/structure/prototypes.hpp>
#include <kolace/structure/structure.hpp>
#include <kolace/structure/structure_batch.hpp>

#include <gtest/gtest.h>

#include <cmath>
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

/// Densities in g/cm^3 (CRC Handbook), which no lattice constant of the table was taken from.
TEST(Structure, BulkHasTheDensityOfTheElement) {
  struct Element {
    char const* symbol;
    double density;
  };
  for (auto const& [symbol, density] :
       {Element{"C", 3.51}, {"Si", 2.33}, {"Ge", 5.32},  {"Li", 0.534}, {"Na", 0.97}, {"K", 0.89},
        {"Ba", 3.62},       {"V", 6.0},   {"Nb", 8.57},  {"Ta", 16.4},  {"Cr", 7.15}, {"Mo", 10.2},
        {"W", 19.3},        {"Fe", 7.87}, {"Al", 2.70},  {"Ni", 8.90},  {"Cu", 8.96}, {"Rh", 12.4},
        {"Pd", 12.0},       {"Ag", 10.5}, {"Ir", 22.56}, {"Pt", 21.5},  {"Au", 19.3}, {"Pb", 11.3},
        {"Ca", 1.54},       {"Sr", 2.64}, {"Ce", 6.77},  {"Yb", 6.90},  {"Th", 11.7}, {"Be", 1.85},
        {"Mg", 1.74},       {"Sc", 2.99}, {"Y", 4.47},   {"Ti", 4.51},  {"Zr", 6.52}, {"Hf", 13.3},
        {"Tc", 11.0},       {"Re", 20.8}, {"Ru", 12.1},  {"Os", 22.59}, {"Co", 8.86}, {"Tl", 11.8},
        {"La", 6.15},       {"Gd", 7.90}, {"Dy", 8.55},  {"Er", 9.07},  {"Lu", 9.84}}) {
    Structure const s = bulk(*atomic_number(symbol), 0.05);
    double const volume = std::pow(s.cell.vectors[0][0], 3);
    double const found =
        1.66054 * static_cast<double>(s.n_atoms()) * atomic_mass(s.numbers[0]) / volume;
    EXPECT_NEAR(found / density, 1, 0.08) << symbol;
    EXPECT_GT(s.n_atoms(), 400u);
    EXPECT_LT(s.n_atoms(), 520u);
  }
  EXPECT_EQ(bulk(8, 0.05).n_atoms(), 512u);
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
