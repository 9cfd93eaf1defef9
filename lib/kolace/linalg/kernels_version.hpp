// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

namespace kolace {

/// Version of the KokkosKernels that this library is built with, e.g. "4.6.1".
std::string kokkos_kernels_version();

} // namespace kolace
