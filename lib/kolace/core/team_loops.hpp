// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/tuning.hpp>

#include <Kokkos_Core.hpp>

namespace kolace {

/// Nested loops of kernels with one team per center (Tuning::pair_team threads). A team of one
/// thread runs plain loops: ranges, barriers and singles of Kokkos cost tens of cycles each even
/// then (divisions by the team's size, tests of shared counters), and most loops here are short.
template <class Space> inline constexpr bool one_thread_per_center = Tuning<Space>::pair_team == 1;

/// Calls body(i) for begin <= i < end, distributed over the team's threads.
template <class Space, class Member, class Body>
KOKKOS_FORCEINLINE_FUNCTION void team_for(Member const& team, int begin, int end,
                                          Body const& body) {
  if constexpr (one_thread_per_center<Space>)
    for (int i = begin; i < end; ++i)
      body(i);
  else
    Kokkos::parallel_for(Kokkos::TeamVectorRange(team, begin, end), body);
}

template <class Space, class Member, class Body>
KOKKOS_FORCEINLINE_FUNCTION void team_for(Member const& team, int end, Body const& body) {
  team_for<Space>(team, 0, end, body);
}

/// Calls body() on one thread of the team. No barrier.
template <class Space, class Member, class Body>
KOKKOS_FORCEINLINE_FUNCTION void team_once(Member const& team, Body const& body) {
  if constexpr (one_thread_per_center<Space>)
    body();
  else
    Kokkos::single(Kokkos::PerTeam(team), body);
}

/// Barrier of the team.
template <class Space, class Member>
KOKKOS_FORCEINLINE_FUNCTION void team_wait(Member const& team) {
  if constexpr (!one_thread_per_center<Space>)
    team.team_barrier();
}

} // namespace kolace
