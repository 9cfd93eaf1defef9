// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/contracts.hpp>
#include <kolace/core/tuning.hpp>

#include <Kokkos_Core.hpp>

#include <cstddef>

namespace kolace {

/// Allocates arrays in a team's scratch memory, each aligned for a Pack: in the memory that the
/// team shares on its multiprocessor (level 0) as long as Tuning::shared_bytes lasts, then in
/// global memory (level 1). A Scratch constructed without a team allocates nothing and only adds up
/// the bytes. A workspace is therefore defined once, as a type that takes its arrays from a
/// Scratch, the most used ones first, and scratch_bytes() computes its size.
template <class Space> class Scratch {
public:
  using Member = typename Kokkos::TeamPolicy<Space>::member_type;

  Scratch() = default; ///< only counts bytes
  KOKKOS_FUNCTION explicit Scratch(Member const& team) : team_(&team) {}

  template <class T> KOKKOS_FUNCTION T* take(int n) {
    std::size_t const bytes = static_cast<std::size_t>(n) * sizeof(T), taken = bytes + alignment;
    bool const fits = bytes_.shared + taken <= Tuning<Space>::shared_bytes;
    (fits ? bytes_.shared : bytes_.global) += taken;
    if (!team_)
      return nullptr;
    void* const memory = team_->team_scratch(fits ? 0 : 1).get_shmem_aligned(bytes, alignment);
    KOLACE_EXPECT_IN_KERNEL(memory != nullptr || n == 0); // the launch asked for enough
    return static_cast<T*>(memory);
  }

  ScratchBytes bytes() const { return bytes_; }

private:
  static constexpr int alignment = 64;
  Member const* team_ = nullptr;
  ScratchBytes bytes_;
};

/// Bytes of scratch memory that the constructor Workspace(scratch, arguments...) takes.
template <class Workspace, class Space, class... Arguments>
ScratchBytes scratch_bytes(Arguments const&... arguments) {
  Scratch<Space> counter;
  Workspace const workspace(counter, arguments...);
  static_cast<void>(workspace);
  return counter.bytes();
}

/// Policy of a kernel with one team per center, a Policy and a Workspace.
template <class Space, class Kernel>
typename Kernel::Policy workspace_policy(Space const& space, int league, Kernel const& kernel) {
  return team_policy<typename Kernel::Policy>(
      space, league, Tuning<Space>::pair_team,
      scratch_bytes<typename Kernel::Workspace, Space>(kernel), kernel);
}

} // namespace kolace
