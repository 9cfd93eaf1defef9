#pragma once

#include <kolace/evaluate/center_blocks.hpp>
#include <kolace/model/product_graph.hpp>

/// @file A function and its derivatives, read off the rows of a block of centers.

namespace kolace::detail {

/// B of one function. 2 FLOPs a product and lane.
template <class T, class Column>
KOKKOS_INLINE_FUNCTION T function_value(FunctionEntry const& f, Column const& rows) {
  if (f.v < 0)
    return rows[f.u];
  T product(0.);
  for (int m = 0; m < f.count; ++m)
    product += rows[f.u + m] * rows[f.v + m];
  return T(f.factor) * product;
}

/// Adds weight · dB/dA of one function. 2 FLOPs for each m of a slot, and lane.
template <class Space, class T, class Column>
KOKKOS_INLINE_FUNCTION void add_slots(ProductGraph<Space> const& graph, int column,
                                      FunctionEntry const& f, Column const& rows, T weight,
                                      Column const& adjoint) {
  if (f.v < 0)
    return adjoint.add(f.u, weight);
  for (int s = graph.slot_offsets(column); s < graph.slot_offsets(column + 1); ++s) {
    SlotEntry const slot = graph.slots(s);
    T const factor = weight * T(slot.alpha);
    for (int m = 0; m < slot.count; ++m)
      adjoint.add(slot.a_row + m, factor * rows[slot.node_row + m]);
  }
}

} // namespace kolace::detail
