// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/evaluate/center_blocks.hpp>
#include <kolace/model/product_graph.hpp>

/// @file
/// Value of a function from the rows of a block of centers.

namespace kolace::detail {

/// Value B of one function. 2 FLOPs per product and lane.
template <class T, class Column>
KOKKOS_INLINE_FUNCTION T function_value(FunctionEntry const& f, Column const& rows) {
  if (f.v < 0)
    return rows[f.u];
  T product(0.);
  for (int m = 0; m < f.count; ++m)
    product += rows[f.u + m] * rows[f.v + m];
  return T(f.factor) * product;
}

} // namespace kolace::detail
