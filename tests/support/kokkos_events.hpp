// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Core.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace kolace::test {

/// Records the events that Kokkos reports to tools during the lifetime of an object; one object at
/// a time.
class KokkosEvents {
public:
  struct Launch {
    std::string label;
    std::uint32_t device; ///< includes the instance
  };

  KokkosEvents() {
    namespace tools = Kokkos::Tools::Experimental;
    current() = this;
    tools::set_begin_parallel_for_callback(launched);
    tools::set_begin_parallel_reduce_callback(launched);
    tools::set_begin_parallel_scan_callback(launched);
    tools::set_begin_fence_callback([](char const* label, std::uint32_t, std::uint64_t*) {
      // Skips fences made for this tool.
      if (std::string(label).find("Profile Tool Fence") == std::string::npos)
        current()->fences.emplace_back(label);
    });
    tools::set_allocate_data_callback(
        [](Kokkos::Tools::SpaceHandle, char const* label, void const*, std::uint64_t bytes) {
          current()->allocations.emplace_back(label);
          current()->allocated_bytes += bytes;
          current()->held_bytes += static_cast<std::int64_t>(bytes);
          current()->peak_bytes = std::max(current()->peak_bytes, current()->held_bytes);
        });
    tools::set_deallocate_data_callback(
        [](Kokkos::Tools::SpaceHandle, char const*, void const*, std::uint64_t bytes) {
          current()->held_bytes -= static_cast<std::int64_t>(bytes);
        });
    tools::set_begin_deep_copy_callback([](Kokkos::Tools::SpaceHandle, char const* to, void const*,
                                           Kokkos::Tools::SpaceHandle, char const* from,
                                           void const*, std::uint64_t) {
      if (std::string(from) != "(none)" && std::string(from) != "Scalar") // not a fill
        current()->copies.emplace_back(std::string(from) + " to " + to);
    });
  }
  ~KokkosEvents() {
    namespace tools = Kokkos::Tools::Experimental;
    tools::set_begin_parallel_for_callback(nullptr);
    tools::set_begin_parallel_reduce_callback(nullptr);
    tools::set_begin_parallel_scan_callback(nullptr);
    tools::set_begin_fence_callback(nullptr);
    tools::set_allocate_data_callback(nullptr);
    tools::set_deallocate_data_callback(nullptr);
    tools::set_begin_deep_copy_callback(nullptr);
    current() = nullptr;
  }
  KokkosEvents(KokkosEvents const&) = delete;
  KokkosEvents& operator=(KokkosEvents const&) = delete;

  std::vector<Launch> launches;
  std::vector<std::string> fences, allocations, copies;
  std::uint64_t allocated_bytes = 0; ///< of all allocations, freed ones included
  std::int64_t held_bytes = 0;       ///< allocated less freed; below 0 if older memory was freed
  std::int64_t peak_bytes = 0;       ///< largest held_bytes so far

private:
  static KokkosEvents*& current() {
    static KokkosEvents* events = nullptr;
    return events;
  }
  static void launched(char const* label, std::uint32_t device, std::uint64_t*) {
    current()->launches.push_back({label, device});
  }
};

} // namespace kolace::test
