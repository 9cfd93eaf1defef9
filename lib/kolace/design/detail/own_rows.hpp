#pragma once

#include <kolace/core/lanes.hpp>
#include <kolace/evaluate/center_blocks.hpp>
#include <kolace/model/device_basis.hpp>

namespace kolace::detail {

/// What a centre's own functions say: B, -d B / d r_center, and r (x) dB/dr summed over its pairs.
///
/// dB/dx = sum over slots alpha D · dA/dx with the summed derivatives of the atomic basis, so that
/// the cost does not grow with the number of neighbors: 2 (2l+1) components FLOPs a slot.
template <class Space, int components> struct OwnRowsKernel {
  using T = typename LaneTraits<Space>::type;
  static constexpr int block = CenterBlocks<Space>::block;
  static constexpr int width = LaneTraits<Space>::width;
  static constexpr int parts = block / width;

  DeviceBasis<Space> basis;
  CenterBlocks<Space> blocks;
  LaneTable<Space> values, derivatives;
  Matrix<Space> b_values; ///< [n_atoms][n_functions]
  Matrix<Space> forces;   ///< [3 n_atoms][n_functions]
  Matrix<Space> strain;   ///< [6 n_atoms][n_functions], row v · n_atoms + atom
  int n_atoms;
  /// Threads that share a vector's columns: a device has more threads than centres.
  static constexpr int shares = is_host_space<Space> ? 1 : 32;

  Kokkos::RangePolicy<Space> policy(Space const& space) const {
    return {space, 0, blocks.n_blocks * shares * parts};
  }

  KOKKOS_FUNCTION void operator()(int index) const {
    int const first_lane = index % parts * width, share = index / parts % shares;
    long const b = index / (parts * shares); // tables may exceed 2^31 entries
    double const* const rows = &values(b, 0, first_lane);
    double const* const slopes = components > 0 ? &derivatives(b, 0, first_lane) : nullptr;
    int const plane = basis.layout.n_a_rows() * block;
    ElementTables const& element = basis.element_tables(blocks.element(b));
    for (int column = element.first_function + share; column < element.last_function;
         column += shares) {
      FunctionEntry const f = basis.functions(column);
      T value(0.), sum[components > 0 ? components : 1];
      if (f.v < 0) {
        value = lane_load<T>(rows + f.u * block);
        for (int c = 0; c < components; ++c)
          sum[c] = lane_load<T>(slopes + c * plane + f.u * block);
      } else {
        for (int m = 0; m < f.count; ++m)
          value += lane_load<T>(rows + (f.u + m) * block) * lane_load<T>(rows + (f.v + m) * block);
        value *= T(f.factor);
        for (int c = 0; c < components; ++c)
          sum[c] = T(0.);
        for (int s = basis.slot_offsets(column); s < basis.slot_offsets(column + 1); ++s) {
          SlotEntry const slot = basis.slots(s);
          for (int m = 0; m < slot.count; ++m) {
            T const d = T(slot.alpha) * lane_load<T>(rows + (slot.node_row + m) * block);
            double const* const slope = slopes + (slot.a_row + m) * block;
            for (int c = 0; c < components; ++c)
              sum[c] += d * lane_load<T>(slope + c * plane);
          }
        }
      }
      for (int i = 0; i < width; ++i) {
        long const atom = blocks.center_of_lane(b * block + first_lane + i);
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
