// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Core.hpp>

#include <cstddef>
#include <string>

namespace kolace {

/// Reallocates a workspace View if any extent is smaller than requested; its contents are then
/// lost.
template <class View, class Space, class... Extents>
void grow(Space const& space, View& view, char const* label, Extents... extents) {
  std::size_t const wanted[] = {static_cast<std::size_t>(extents)...};
  for (std::size_t d = 0; d < sizeof...(extents); ++d)
    if (view.extent(d) < wanted[d]) {
      view = View(); // free first
      view = View(Kokkos::view_alloc(space, Kokkos::WithoutInitializing, std::string(label)),
                  extents...);
      return;
    }
}

} // namespace kolace
