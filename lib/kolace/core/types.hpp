// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/tensors.hpp>

#include <Kokkos_Core.hpp>

#include <cstddef>

namespace kolace {

/// Column-major matrix on a space, as LAPACK expects it.
template <class Space>
using Matrix = Kokkos::View<double**, Kokkos::LayoutLeft, typename Space::memory_space>;

/// Policy for a loop over the entries of a Matrix in memory order.
template <class Space>
using EntryPolicy =
    Kokkos::MDRangePolicy<Space, Kokkos::Rank<2, Kokkos::Iterate::Left, Kokkos::Iterate::Left>,
                          Kokkos::IndexType<long>>;

/// One-dimensional array on a space.
template <class T, class Space> using Array = Kokkos::View<T*, typename Space::memory_space>;

/// Read-only array of three-vectors [n][3] with any layout, so that a caller's data need not be
/// copied.
template <class Space>
using VectorsView =
    Kokkos::View<double const* [3], Kokkos::LayoutStride, typename Space::memory_space>;

} // namespace kolace
