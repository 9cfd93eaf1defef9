// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Core.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <type_traits>
#include <vector>

namespace kolace::test {

/// Keeps the default instance of a host execution space busy until the object is destroyed, so that
/// a kernel, a fence or a copy on that instance, or a global fence, would wait. Kokkos tools cannot
/// detect this, since the device numbers they receive are the same for all instances of a host
/// space. Freeing memory of a host and recording of events (KokkosEvents) are global fences too, so
/// only code that does neither can be tested.
template <class Space> class OccupiedInstance {
public:
  OccupiedInstance()
      : kernel_([this] {
          Kokkos::parallel_for("occupied", Kokkos::RangePolicy<Space>(Space(), 0, 1),
                               Wait{&started_, &ended_});
        }),
        watch_([this] {
          auto const limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
          while (!ended_ && std::chrono::steady_clock::now() < limit)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
          if (!ended_.exchange(true))
            waited_ = true;
        }) {
    while (!started_)
      std::this_thread::yield();
  }
  ~OccupiedInstance() { release(); }
  OccupiedInstance(OccupiedInstance const&) = delete;
  OccupiedInstance& operator=(OccupiedInstance const&) = delete;

  /// Ends the kernel. @return true if something waited for the instance until a watch ended it
  bool release() {
    ended_ = true;
    if (kernel_.joinable())
      kernel_.join();
    if (watch_.joinable())
      watch_.join();
    return waited_;
  }

  struct Wait {
    std::atomic<bool>* started;
    std::atomic<bool>* ended;
    void operator()(int) const {
      *started = true;
      while (!*ended)
        std::this_thread::yield();
    }
  };

private:
  std::atomic<bool> started_{false}, ended_{false}, waited_{false};
  std::thread kernel_, watch_;
};

/// An instance beside the default one, with one thread on a host. Threads has only one instance.
/// (Kokkos::Experimental::partition_space returns copies of the default instance on OpenMP.)
template <class Space> Space another_instance() {
#ifdef KOKKOS_ENABLE_OPENMP
  if constexpr (std::is_same_v<Space, Kokkos::OpenMP>)
    return Space(1);
#endif
#ifdef KOKKOS_ENABLE_SERIAL
  if constexpr (std::is_same_v<Space, Kokkos::Serial>)
    return Space(Kokkos::NewInstance());
#endif
  return Kokkos::Experimental::partition_space(Space(), std::vector<int>{1, 1})[1];
}

/// Occupies the default instance if `space` is another one of a host; null otherwise.
template <class Space>
std::unique_ptr<OccupiedInstance<Space>> occupy_all_but([[maybe_unused]] Space const& space) {
  if constexpr (Kokkos::SpaceAccessibility<Kokkos::DefaultHostExecutionSpace,
                                           typename Space::memory_space>::accessible)
    if (!(space == Space()))
      return std::make_unique<OccupiedInstance<Space>>();
  return nullptr;
}

} // namespace kolace::test
