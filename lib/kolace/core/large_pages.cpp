// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/core/large_pages.hpp>

#include <cstdint>

#ifdef __linux__
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace kolace {

void advise_large_pages(void* data, std::size_t n_bytes) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  constexpr std::size_t least = std::size_t{1} << 23; // a few large pages
  if (n_bytes < least)
    return;
  auto const page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  auto const begin = reinterpret_cast<std::uintptr_t>(data);
  auto const first = (begin + page - 1) / page * page, last = (begin + n_bytes) / page * page;
  // The result is ignored: a refusal costs only time.
  static_cast<void>(madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE));
#else
  static_cast<void>(data);
  static_cast<void>(n_bytes);
#endif
}

} // namespace kolace
