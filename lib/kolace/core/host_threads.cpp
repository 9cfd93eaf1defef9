// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/core/host_threads.hpp>

#include <Kokkos_Core.hpp>

#include <exception>
#include <mutex>

namespace kolace {

namespace {

thread_local bool is_working = false; ///< this thread is in a call of for_each_on_host

} // namespace

int host_threads() {
  return Kokkos::is_initialized() ? Kokkos::DefaultHostExecutionSpace().concurrency() : 1;
}

void for_each_on_host(std::string const& label, int n, std::function<void(int)> const& work) {
  if (n == 1 || is_working || host_threads() == 1) {
    for (int k = 0; k < n; ++k)
      work(k);
    return;
  }
  using Host = Kokkos::DefaultHostExecutionSpace;
  std::mutex mutex;
  int failed = n; // smallest k that threw
  std::exception_ptr error;
  Kokkos::parallel_for(
      label,
      Kokkos::RangePolicy<Host, Kokkos::Schedule<Kokkos::Dynamic>>(0, n, Kokkos::ChunkSize(1)),
      [&](int k) {
        is_working = true;
        try {
          work(k);
        } catch (...) {
          std::lock_guard const lock(mutex);
          if (k < failed) {
            failed = k;
            error = std::current_exception();
          }
        }
        is_working = false;
      });
  Host().fence(label);
  if (error)
    std::rethrow_exception(error);
}

} // namespace kolace
