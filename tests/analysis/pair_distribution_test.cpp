// SPDX-License-Identifier: BSD-3-Clause
#include "support/temporary_folder.hpp"

#include <kolace/analysis/pair_distribution.hpp>
#include <kolace/io/extxyz.hpp>
#include <kolace/structure/prototypes.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

namespace kolace {
namespace {

TEST(NeighborShells, OfRattledDiamond) {
  test::TemporaryFolder const folder;
  std::ostringstream out;
  for (int k = 0; k < 10; ++k)
    write_extxyz(out, make_frame(diamond(14, 5.43, 2, 0.1, k + 1)));
  NeighborShells const shells =
      neighbor_shells({}, Dataset({folder.write("a.xyz", out.str())}, {}), 4);
  ASSERT_TRUE(shells.first);
  EXPECT_NEAR(*shells.first, 5.43 * std::sqrt(3.) / 4, 0.1);
  EXPECT_GT(shells.shortest, 2.0);
  EXPECT_LT(shells.shortest, 5.43 * std::sqrt(3.) / 4);
  EXPECT_EQ(suggested_cutoff(shells), 5.0); // second shell at 3.84, third at 4.50
}

TEST(NeighborShells, OfAtomsWithoutNeighbors) {
  test::TemporaryFolder const folder;
  NeighborShells const shells =
      neighbor_shells({}, Dataset({folder.write("a.xyz", "1\nenergy=1\nC 0 0 0\n")}, {}));
  EXPECT_FALSE(shells.first);
  EXPECT_TRUE(std::isinf(shells.shortest));
  EXPECT_EQ(suggested_cutoff(shells), 5.5);
}

TEST(SuggestedCutoff, IsBounded) {
  EXPECT_EQ(suggested_cutoff({1, 0.97}), 4.5); // O-H
  EXPECT_EQ(suggested_cutoff({2, 2.86}), 5.5); // tantalum
  EXPECT_EQ(suggested_cutoff({5, 5.9}), 8);
}

} // namespace
} // namespace kolace
