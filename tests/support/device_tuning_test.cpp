// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/core/scratch.hpp>
#include <kolace/core/team_loops.hpp>
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

/// A workspace that does not fit into shared memory as a whole.
struct ThreeArrays {
  static constexpr int sizes[3] = {int(Tuning<Space>::shared_bytes / 2 / sizeof(double)),
                                   int(Tuning<Space>::shared_bytes / sizeof(double)),
                                   int(Tuning<Space>::shared_bytes / 4 / sizeof(double))};
  double* arrays[3];

  explicit ThreeArrays(Scratch<Space>& scratch) {
    for (int k = 0; k < 3; ++k)
      arrays[k] = scratch.take<double>(sizes[k]);
  }
};

/// Each team fills its arrays and reads them again.
struct FillArrays {
  using Policy = Teams<Space, Tuning<Space>::pair_team>;
  Array<double, Space> sums;

  void operator()(Policy::member_type const& team) const {
    Scratch<Space> scratch(team);
    ThreeArrays const work(scratch);
    for (int k = 0; k < 3; ++k)
      team_for<Space>(team, ThreeArrays::sizes[k],
                      [&](int i) { work.arrays[k][i] = 1000. * k + team.league_rank(); });
    team_wait<Space>(team);
    team_once<Space>(team, [&] {
      for (int k = 0; k < 3; ++k)
        for (int i = 0; i < ThreeArrays::sizes[k]; ++i)
          sums(team.league_rank()) += work.arrays[k][i];
    });
  }
};

TEST(DeviceTuning, WorkspacesFillSharedMemoryFirst) {
  ScratchBytes const bytes = scratch_bytes<ThreeArrays, Space>();
  std::size_t const whole = Tuning<Space>::shared_bytes;
  EXPECT_GE(bytes.shared, whole * 3 / 4);
  EXPECT_LE(bytes.shared, whole);
  EXPECT_GE(bytes.global, whole);
  EXPECT_LT(bytes.global, whole * 5 / 4);

  int const teams = 200;
  FillArrays const fill{.sums = Array<double, Space>("sums", teams)};
  Space const space;
  Kokkos::parallel_for("fill", team_policy<FillArrays::Policy>(space, teams, 2, bytes, fill), fill);
  auto const sums = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), fill.sums);
  for (int t = 0; t < teams; ++t) {
    double wanted = 0;
    for (int k = 0; k < 3; ++k)
      wanted += ThreeArrays::sizes[k] * (1000. * k + t);
    EXPECT_EQ(sums(t), wanted) << t;
  }
}

} // namespace
} // namespace kolace
