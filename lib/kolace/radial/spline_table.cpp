// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/radial/spline_table.hpp>

#include <kolace/core/contracts.hpp>

#include <algorithm>
#include <cmath>

namespace kolace {

SplineTable::SplineTable(RadialBasis const& basis, double width) {
  KOLACE_EXPECT(width > 0, width);
  // ML-PACE truncates this quotient; the small addend keeps 4.5/0.001 at 4500.
  n_bins = std::max(1, static_cast<int>(basis.cutoff() / width + 1e-6));
  per_angstrom = n_bins / basis.cutoff();
  int const size = basis.size();
  std::vector<double> value(size), slope(size), next_value(size), next_slope(size);
  auto const node = [&](int index, std::vector<double>& g, std::vector<double>& dg) {
    double const r = std::max(index / per_angstrom, 1e-8); // SBessel divides by r
    basis.evaluate(index == n_bins ? basis.cutoff() : r, [&](int k, double x, double dx) {
      g[k] = x;
      dg[k] = dx / per_angstrom;
    });
  };
  node(0, value, slope);
  for (int bin = 0; bin < n_bins; ++bin) {
    node(bin + 1, next_value, next_slope);
    for (int k = 0; k < size; ++k) {
      auto const cubic = hermite_cubic(value[k], slope[k], next_value[k], next_slope[k]);
      coefficients.insert(coefficients.end(), cubic.begin(), cubic.end());
    }
    std::swap(value, next_value);
    std::swap(slope, next_slope);
  }
  coefficients.resize(coefficients.size() + static_cast<std::size_t>(4) * size, 0.);
}

} // namespace kolace
