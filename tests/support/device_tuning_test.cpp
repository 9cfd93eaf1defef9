// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/core/tuning.hpp>
#include <kolace/evaluate/center_blocks.hpp>

#include <gtest/gtest.h>

namespace kolace {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

// The other tests of this program are meaningful for a device only if this test passes.
TEST(DeviceTuning, IsWhatTheKernelsOfThisProgramAreCompiledWith) {
  EXPECT_EQ(LaneTraits<Space>::width, 1);
  EXPECT_TRUE(Tuning<Space>::scans_for_neighbors);
  NeighborsView<Space> pairs;
  pairs.n_centers = pairs.n_atoms = 33;
  pairs.species = Array<int, Space>("species", 33);
  CenterBlocks<Space> blocks;
  blocks.assign(Space(), pairs, 1);
  EXPECT_EQ(blocks.center_of_lane.extent(0), 64u) << "two blocks of 32 lanes";
}

} // namespace
} // namespace kolace
