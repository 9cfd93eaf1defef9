// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/types.hpp>

#include <string>
#include <vector>

namespace kolace {

/// Copies a host vector to a device. Asynchronous: `values` must live until `space` is fenced.
template <class T, class Space>
Array<T, Space> copy_to_device(Space const& space, std::vector<T> const& values,
                               std::string const& label) {
  Array<T, Space> const view(Kokkos::view_alloc(space, Kokkos::WithoutInitializing, label),
                             values.size());
  Kokkos::deep_copy(space, view,
                    Kokkos::View<T const*, Kokkos::HostSpace, Kokkos::MemoryUnmanaged>(
                        values.data(), values.size()));
  return view;
}

template <class T, class Space>
Array<T, Space> copy_to_device(Space const&, std::vector<T>&&, std::string const&) = delete;

} // namespace kolace
