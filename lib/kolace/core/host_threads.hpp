// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Core.hpp>

#include <string>

namespace kolace {

/// Number of host threads that for_each_on_host() uses; 1 before Kokkos is initialized.
inline int host_threads() {
  return Kokkos::is_initialized() ? Kokkos::DefaultHostExecutionSpace().concurrency() : 1;
}

/// Calls work(k) for k in [0, n) on the host threads, scheduled dynamically one k at a time, and
/// waits until all calls have returned. `work` must not throw.
template <class Work> void for_each_on_host(std::string const& label, int n, Work const& work) {
  if (n == 1 || host_threads() == 1) {
    for (int k = 0; k < n; ++k)
      work(k);
    return;
  }
  using Host = Kokkos::DefaultHostExecutionSpace;
  Kokkos::parallel_for(
      label,
      Kokkos::RangePolicy<Host, Kokkos::Schedule<Kokkos::Dynamic>>(0, n, Kokkos::ChunkSize(1)),
      work);
  Host().fence(label);
}

} // namespace kolace
