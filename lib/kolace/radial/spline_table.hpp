// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/lanes.hpp>
#include <kolace/radial/radial_basis.hpp>

#include <vector>

namespace kolace {

/// Cubic Hermite table of one radial basis, as the ML-PACE evaluator uses it: nodes `width`
/// (Angstrom) apart from 0 to the cutoff, exact values and derivatives at the nodes.
/// DeltaSplineBins in a potential file gives the width. Between nodes the table differs from the
/// functions by about 1e-9, near a narrow outer taper (dcut 0.01) by up to 1e-6 in the derivative.
struct SplineTable {
  int n_bins = 0;
  double per_angstrom = 0;          ///< bins per Angstrom
  std::vector<double> coefficients; ///< [n_bins][size][4]: value = sum_p c_p t^p, 0 <= t < 1

  /// @pre width > 0
  SplineTable(RadialBasis const& basis, double width);
};

/// Evaluates a table at distances r: out(k, g, dg/dr), k < min(size, limit); zero beyond the table.
/// 9 FLOPs and 4 numbers per function and lane.
template <class T, class Out>
KOKKOS_FUNCTION void evaluate_spline(lane_scalar<T> const* coefficients, int n_bins,
                                     double per_angstrom, int size, T r, Out const& out,
                                     int limit = 1 << 30) {
  constexpr int width = lane_width<T>;
  lane_scalar<T> const* cell[width];
  T t, inside;
  for (int i = 0; i < width; ++i) {
    double const x = lane_get(r, i) * per_angstrom;
    int const bin = x < n_bins ? static_cast<int>(x) : n_bins - 1;
    lane_set(inside, i, x < n_bins ? 1. : 0.);
    lane_set(t, i, x - bin);
    cell[i] = coefficients + static_cast<std::size_t>(bin) * size * 4;
  }
  for (int k = 0; k < size && k < limit; ++k) {
    T c[4] = {T(0.), T(0.), T(0.), T(0.)};
    for (int i = 0; i < width; ++i)
      for (int p = 0; p < 4; ++p)
        lane_set(c[p], i, cell[i][4 * k + p]);
    out(k, inside * (c[0] + t * (c[1] + t * (c[2] + t * c[3]))),
        inside * T(per_angstrom) * (c[1] + t * (T(2.) * c[2] + T(3.) * t * c[3])));
  }
}

} // namespace kolace
