#pragma once

#include <Kokkos_Core.hpp>

#include <cstddef>
#include <type_traits>

namespace kolace {

/// Asks the operating system to back fresh host memory by large pages: it is otherwise given out 4
/// KB at a time as it is first written, which costs more than the writing. A hint: small blocks
/// and other systems than Linux ignore it.
void advise_large_pages(void* data, std::size_t n_bytes);

/// The same for a View that nothing has been written to; nothing happens to device memory.
template <class View> void advise_large_pages(View const& view) {
  if constexpr (std::is_same_v<typename View::memory_space, Kokkos::HostSpace>)
    advise_large_pages(view.data(), view.span() * sizeof(typename View::value_type));
}

} // namespace kolace
