// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/contracts.hpp>

#include <Kokkos_Core.hpp>

#include <cstddef>

namespace kolace {

/// Allocates arrays in a team's scratch memory, each aligned for a Pack. A Scratch constructed
/// without a team allocates nothing and only adds up the bytes. A workspace is therefore defined
/// once, as a type that takes its arrays from a Scratch, and scratch_bytes() computes its size.
template <class Space> class Scratch {
public:
  static constexpr int level = 1; ///< Kokkos scratch memory level

  Scratch() = default; ///< only counts bytes
  template <class Member>
  KOKKOS_FUNCTION explicit Scratch(Member const& team)
      : memory_(&team.team_scratch(int{level})) {} // a copy: `level` has no address in device code

  template <class T> KOKKOS_FUNCTION T* take(int n) {
    std::size_t const bytes = static_cast<std::size_t>(n) * sizeof(T);
    bytes_ += bytes + alignment;
    if (!memory_)
      return nullptr;
    void* const memory = memory_->get_shmem_aligned(bytes, alignment);
    KOLACE_EXPECT_IN_KERNEL(memory != nullptr || n == 0); // the launch asked for enough
    return static_cast<T*>(memory);
  }

  std::size_t bytes() const { return bytes_; }

private:
  static constexpr int alignment = 64;
  typename Space::scratch_memory_space const* memory_ = nullptr;
  std::size_t bytes_ = 0;
};

/// Bytes of scratch memory that the constructor Workspace(scratch, arguments...) takes.
template <class Workspace, class Space, class... Arguments>
std::size_t scratch_bytes(Arguments const&... arguments) {
  Scratch<Space> counter;
  Workspace const workspace(counter, arguments...);
  static_cast<void>(workspace);
  return counter.bytes();
}

} // namespace kolace
