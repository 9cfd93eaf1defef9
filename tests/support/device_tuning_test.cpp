#include <kolace/core/tuning.hpp>
#include <kolace/evaluate/center_blocks.hpp>

#include <gtest/gtest.h>

namespace kolace {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

// The other tests of this program say something about a device only if this holds.
TEST(DeviceTuning, IsWhatTheKernelsOfThisProgramAreCompiledWith) {
  EXPECT_EQ(LaneTraits<Space>::width, 1);
  EXPECT_TRUE(Tuning<Space>::scans_for_neighbors);
  Array<int, Space> const species("species", 33);
  EXPECT_EQ(CenterBlocks<Space>::create(Space(), species, 1, 33).center_of_lane.extent(0), 64u)
      << "two blocks of 32 lanes";
}

} // namespace
} // namespace kolace
