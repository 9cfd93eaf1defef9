#pragma once

#include <Kokkos_Core.hpp>

#include <string>

namespace kolace {

/// Threads of the host that for_each_on_host() uses; one before Kokkos is initialised.
inline int host_threads() {
  return Kokkos::is_initialized() ? Kokkos::DefaultHostExecutionSpace().concurrency() : 1;
}

/// Calls work(k) for k in [0, n) on the threads of the host, each taking the next k when it is
/// done, and returns when all are done. No exception may leave `work`.
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
