// SPDX-License-Identifier: BSD-3-Clause
#include "support/sample_structures.hpp"

#include <kolace/neighbors/host_pairs.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace kolace {
namespace {

TEST(HostPairs, AreFoundFromBothAtoms) {
  ElementSet const elements({"Si", "C"});
  double const reach = 2.7;
  std::vector<Structure> structures;
  for (test::Sample const& sample : test::sample_structures({14, 6}))
    structures.push_back(sample.structure);
  auto const all = host_pairs({}, structures, elements, reach);
  ASSERT_EQ(all.size(), structures.size());
  std::size_t n_pairs = 0;
  for (std::size_t s = 0; s < all.size(); ++s) {
    std::vector<HostPair> const& pairs = all[s];
    n_pairs += pairs.size();
    EXPECT_TRUE(std::is_sorted(pairs.begin(), pairs.end(),
                               [](HostPair const& a, HostPair const& b) { return a.i < b.i; }));
    for (HostPair const& pair : pairs) {
      ASSERT_LT(pair.i, structures[s].n_atoms());
      ASSERT_LT(pair.j, structures[s].n_atoms());
      EXPECT_LT(norm(pair.from_i_to_j), reach);
      long const back = std::count_if(pairs.begin(), pairs.end(), [&](HostPair const& other) {
        Vec3 const &d = pair.from_i_to_j, &e = other.from_i_to_j;
        return other.i == pair.j && other.j == pair.i &&
               norm({d[0] + e[0], d[1] + e[1], d[2] + e[2]}) < 1e-9;
      });
      EXPECT_EQ(back, 1);
    }
  }
  EXPECT_GT(n_pairs, structures.size());
}

TEST(HostPairs, OfAnOpenPairAreTwo) {
  Structure dimer;
  dimer.numbers = {6, 14};
  dimer.positions = {{1, 2, 3}, {1, 2, 4.8}};
  auto const pairs = host_pairs({}, {&dimer, 1}, ElementSet({"C", "Si"}), 2);
  ASSERT_EQ(pairs.size(), 1u);
  ASSERT_EQ(pairs[0].size(), 2u);
  EXPECT_EQ(pairs[0][0].i, 0u);
  EXPECT_EQ(pairs[0][0].j, 1u);
  EXPECT_NEAR(pairs[0][0].from_i_to_j[2], 1.8, 1e-12);
  EXPECT_NEAR(pairs[0][1].from_i_to_j[2], -1.8, 1e-12);
}

} // namespace
} // namespace kolace
