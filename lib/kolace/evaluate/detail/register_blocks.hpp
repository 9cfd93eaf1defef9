// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/types.hpp>

#include <type_traits>

namespace kolace::detail {

/// Calls visit(size, first) with `wanted`, 1 .. most, as a compile-time constant.
template <int most, int size = 1, class Visit>
KOKKOS_FORCEINLINE_FUNCTION void visit_block(int wanted, int first, Visit const& visit) {
  if constexpr (size < most)
    if (wanted != size)
      return visit_block<most, size + 1>(wanted, first, visit);
  visit(std::integral_constant<int, size>(), first);
}

/// Splits 0 .. n - 1 into blocks of at most `most`, the last two of nearly equal size, and calls
/// visit(std::integral_constant<int, size>, first) for each: arrays over a block stay in registers.
template <int most, class Visit>
KOKKOS_FORCEINLINE_FUNCTION void for_each_block(int n, Visit const& visit) {
  for (int first = 0; first < n;) {
    int const left = n - first;
    int const size = left <= most ? left : left < 2 * most ? (left + 1) / 2 : most;
    visit_block<most>(size, first, visit);
    first += size;
  }
}

} // namespace kolace::detail
