// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/linalg/kernels_version.hpp>

#include <KokkosKernels_config.h>

namespace kolace {

std::string kokkos_kernels_version() {
  int const version = KOKKOSKERNELS_VERSION;
  return std::to_string(version / 10000) + "." + std::to_string(version / 100 % 100) + "." +
         std::to_string(version % 100);
}

} // namespace kolace
