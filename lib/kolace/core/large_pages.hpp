// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Core.hpp>

#include <cstddef>
#include <type_traits>

namespace kolace {

/// Advises the operating system to back newly allocated host memory with large pages. Otherwise
/// each page of 4 KB is mapped when it is first written, which costs more than the write. Only a
/// hint: it is ignored for small blocks and on systems other than Linux.
void advise_large_pages(void* data, std::size_t n_bytes);

/// The same for a View that has not been written to; device memory is left alone.
template <class View> void advise_large_pages(View const& view) {
  if constexpr (std::is_same_v<typename View::memory_space, Kokkos::HostSpace>)
    advise_large_pages(view.data(), view.span() * sizeof(typename View::value_type));
}

} // namespace kolace
