// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

namespace kolace {

/// Reason why Kokkos cannot start on this machine (a GPU build finds no driver or no GPU). Empty if
/// it can start, and always in builds without a GPU backend. Kokkos need not be initialized.
std::string missing_device();

} // namespace kolace
