// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <string>

namespace kolace {

/// Reason why Kokkos cannot start on this machine (a GPU build finds no driver or no GPU). Empty if
/// it can start, and always in builds without a GPU backend. Kokkos need not be initialized.
std::string missing_device();

/// Free memory of the default GPU when this was first called, bytes, from which sizes of batches
/// follow; 0 in builds without a GPU backend.
/// @pre Kokkos is initialized
std::size_t free_device_memory();

} // namespace kolace
