// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <functional>
#include <string>

namespace kolace {

/// Number of host threads that for_each_on_host() uses; 1 before Kokkos is initialized.
int host_threads();

/// Calls work(k) for k in [0, n) on the host threads, scheduled dynamically one k at a time, and
/// waits until all calls have returned. Within such a call, further ones run on its thread.
/// @throws what work(k) threw for the smallest such k
void for_each_on_host(std::string const& label, int n, std::function<void(int)> const& work);

} // namespace kolace
