// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/core/host_threads.hpp>

#include <Kokkos_Core.hpp>

namespace kolace {

int host_threads() {
  return Kokkos::is_initialized() ? Kokkos::DefaultHostExecutionSpace().concurrency() : 1;
}

void for_each_on_host(std::string const& label, int n, std::function<void(int)> const& work) {
  if (n == 1 || host_threads() == 1) {
    for (int k = 0; k < n; ++k)
      work(k);
    return;
  }
  using Host = Kokkos::DefaultHostExecutionSpace;
  Kokkos::parallel_for(
      label,
      Kokkos::RangePolicy<Host, Kokkos::Schedule<Kokkos::Dynamic>>(0, n, Kokkos::ChunkSize(1)),
      [&work](int k) { work(k); });
  Host().fence(label);
}

} // namespace kolace
