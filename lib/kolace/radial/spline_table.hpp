// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/lane_shuffles.hpp>
#include <kolace/radial/radial_basis.hpp>

#include <array>
#include <span>
#include <vector>

namespace kolace {

/// Cubic Hermite table of one radial basis, as the ML-PACE evaluator uses it: nodes `width`
/// (Angstrom) apart from 0 to the cutoff, exact values and derivatives at the nodes.
/// DeltaSplineBins in a potential file gives the width. Between nodes the table differs from the
/// functions by about 1e-9, near a narrow outer taper (dcut 0.01) by up to 1e-6 in the derivative.
struct SplineTable {
  int n_bins = 0;
  double per_angstrom = 0; ///< bins per Angstrom
  /// [n_bins + 1][size][4]: value = sum_p c_p t^p, 0 <= t < 1; zeros in the last cell, for
  /// distances beyond the table.
  std::vector<double> coefficients;

  /// @pre width > 0
  SplineTable(RadialBasis const& basis, double width);
  /// Of linear combinations sum_k c_pk g_k of the functions instead, `sums[p][k]`. Where large
  /// terms cancel, their rounding would be divided by the width: nodes are computed with twice the
  /// digits.
  /// @pre no list is longer than basis.size()
  SplineTable(RadialBasis const& basis, double width, std::span<std::vector<double> const> sums);

private:
  template <class Number, class Node> void fill(int size, Node const& node);
};

/// A number as the sum of two doubles, the second of which holds the digits beyond the first.
struct WideNumber {
  double high = 0, low = 0;
  explicit operator double() const { return high + low; }
  friend WideNumber operator-(WideNumber a, WideNumber b) {
    return {a.high - b.high, a.low - b.low}; // rounded relative to the difference
  }
};

/// Coefficients of the cubic on [0, 1] with these values and slopes at its ends.
template <class Number>
std::array<double, 4> hermite_cubic(Number const& value, Number const& slope,
                                    Number const& next_value, Number const& next_slope) {
  double const rise(next_value - value), first(slope), last(next_slope);
  return {double(value), first, 3 * rise - last - 2 * first, -2 * rise + last + first};
}

/// Evaluates a table at distances r: out(k, g, dg/dr), k < min(size, limit); zero beyond the table,
/// NaN for NaN. 9 FLOPs and 4 numbers per function and lane.
template <class T, class Out>
KOKKOS_FUNCTION void evaluate_spline(lane_scalar<T> const* coefficients, int n_bins,
                                     double per_angstrom, int size, T r, Out const& out,
                                     int limit = 1 << 30) {
  using Scalar = lane_scalar<T>;
  constexpr int width = lane_width<T>;
  int bin[width];
  T const x = r * T(per_angstrom);
  T const t = x - lane_truncate(x, Scalar(n_bins), bin); // beyond the table: the cell of zeros
  Scalar const* cell[width];
  for (int i = 0; i < width; ++i)
    cell[i] = coefficients + static_cast<std::size_t>(bin[i]) * size * 4;
  T const three = T(3.) * t;
  for (int k = 0; k < size && k < limit; ++k) {
    T c[4];
    lane_load_quads(cell, std::size_t(4) * k, c);
    out(k, c[0] + t * (c[1] + t * (c[2] + t * c[3])),
        T(per_angstrom) * (c[1] + t * (T(2.) * c[2] + three * c[3])));
  }
}

} // namespace kolace
