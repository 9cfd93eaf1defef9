#pragma once

#include <string>

namespace kolace {

/// Of the KokkosKernels that this library is built with, e.g. "4.6.1".
std::string kokkos_kernels_version();

} // namespace kolace
