#pragma once

#include <string>

namespace kolace {

/// Why Kokkos cannot start on this machine: a build for GPUs finds no driver or no GPU. Empty where
/// it can start, and always in builds without a GPU backend. Kokkos need not be initialized.
std::string missing_device();

} // namespace kolace
