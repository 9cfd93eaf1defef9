// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/tuning.hpp>
#include <kolace/design/detail/function_rows.hpp>
#include <kolace/evaluate/center_blocks.hpp>
#include <kolace/model/device_basis.hpp>

namespace kolace::detail {

/// Rows of a center's own functions: B, -dB/dr_center, and r (x) dB/dr summed over its pairs.
///
/// dB/dx = sum over slots of alpha D · dA/dx uses the summed derivatives of the atomic basis, so
/// the cost does not grow with the number of neighbors: 2 (2l+1) components FLOPs per slot.
template <class Space, int components> struct OwnRowsKernel {
  using T = typename LaneTraits<Space>::type;
  using Column = BlockColumn<Space>;
  static constexpr int width = LaneTraits<Space>::width;
  static constexpr int parts = CenterBlocks<Space>::parts;
  static constexpr int shares = Tuning<Space>::column_shares;

  DeviceBasis<Space> basis;
  CenterBlocks<Space> blocks;
  LaneTable<Space> values, derivatives;
  Matrix<Space> b_values; ///< [n_atoms][n_functions]
  Matrix<Space> forces;   ///< [3 n_atoms][n_functions]
  Matrix<Space> strain;   ///< [6 n_atoms][n_functions], row v · n_atoms + atom
  int n_atoms;

  Kokkos::RangePolicy<Space> policy(Space const& space) const {
    return {space, 0, blocks.n_blocks * shares * parts};
  }

  KOKKOS_FUNCTION void operator()(int index) const {
    // Index among the parts of all blocks.
    int const part = index / (parts * shares) * parts + index % parts;
    int const share = index / parts % shares;
    Column const rows = column_of<Space>(values, part);
    Column const slopes = components > 0 ? column_of<Space>(derivatives, part) : rows;
    int const plane = basis.layout.n_a_rows();
    ElementTables const& element = basis.graph.elements(blocks.element(part / parts));
    for (int column = element.first_function + share; column < element.last_function;
         column += shares) {
      FunctionEntry const f = basis.graph.functions(column);
      T const value = function_value<T>(f, rows);
      T sum[components > 0 ? components : 1];
      if (f.v < 0) {
        for (int c = 0; c < components; ++c)
          sum[c] = slopes[c * plane + f.u];
      } else {
        for (int c = 0; c < components; ++c)
          sum[c] = T(0.);
        for (int s = basis.graph.slot_offsets(column); s < basis.graph.slot_offsets(column + 1);
             ++s) {
          SlotEntry const slot = basis.graph.slots(s);
          for (int m = 0; m < slot.count; ++m) {
            T const d = T(slot.alpha) * rows[slot.node_row + m];
            Column const slope = slopes.from(slot.a_row + m);
            for (int c = 0; c < components; ++c)
              sum[c] += d * slope[c * plane];
          }
        }
      }
      for (int i = 0; i < width; ++i) {
        long const atom = blocks.center_of_lane(part * width + i);
        if (atom < 0)
          continue;
        b_values(atom, column) = lane_get(value, i);
        if constexpr (components >= 3)
          for (int x = 0; x < 3; ++x)
            forces(3 * atom + x, column) = lane_get(sum[x], i);
        if constexpr (components == 9)
          for (int v = 0; v < 6; ++v)
            strain(v * n_atoms + atom, column) = lane_get(sum[3 + v], i);
      }
    }
  }
};

} // namespace kolace::detail
