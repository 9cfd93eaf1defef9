// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/radial/spline_table.hpp>

#include <kolace/core/contracts.hpp>

#include <algorithm>
#include <cmath>

namespace kolace {

namespace {

// ML-PACE truncates this quotient; the small addend keeps 4.5/0.001 at 4500.
int bins_of(RadialBasis const& basis, double width) {
  KOLACE_EXPECT(width > 0, width);
  return std::max(1, static_cast<int>(basis.cutoff() / width + 1e-6));
}

/// Values and slopes per bin of all functions at a node.
void functions_at(RadialBasis const& basis, int index, int n_bins, double* g, double* dg) {
  double const per_angstrom = n_bins / basis.cutoff();
  double const r = std::max(index / per_angstrom, 1e-8); // SBessel divides by r
  basis.evaluate(index == n_bins ? basis.cutoff() : r, [&](int k, double x, double dx) {
    g[k] = x;
    dg[k] = dx / per_angstrom;
  });
}

/// sum_k c_k g_k as a sum of two doubles (Ogita, Rump, Oishi: Accurate sum and dot product, 2005).
WideNumber wide_product(std::vector<double> const& c, std::vector<double> const& g) {
  WideNumber sum;
  for (std::size_t k = 0; k < c.size(); ++k) {
    double const product = c[k] * g[k], error = std::fma(c[k], g[k], -product);
    double const total = sum.high + product, part = total - sum.high;
    sum.low += (sum.high - (total - part)) + (product - part) + error;
    sum.high = total;
  }
  return sum;
}

} // namespace

/// node(index, values, slopes) gives `size` of each.
template <class Number, class Node> void SplineTable::fill(int size, Node const& node) {
  std::vector<Number> value(size), slope(size), next_value(size), next_slope(size);
  coefficients.assign(static_cast<std::size_t>(4) * size * (n_bins + 1), 0.);
  double* to = coefficients.data();
  node(0, value.data(), slope.data());
  for (int bin = 0; bin < n_bins; ++bin) {
    node(bin + 1, next_value.data(), next_slope.data());
    for (int k = 0; k < size; ++k, to += 4)
      std::ranges::copy(hermite_cubic(value[k], slope[k], next_value[k], next_slope[k]), to);
    std::swap(value, next_value);
    std::swap(slope, next_slope);
  }
}

SplineTable::SplineTable(RadialBasis const& basis, double width)
    : n_bins(bins_of(basis, width)), per_angstrom(n_bins / basis.cutoff()) {
  fill<double>(basis.size(), [&](int index, double* value, double* slope) {
    functions_at(basis, index, n_bins, value, slope);
  });
}

SplineTable::SplineTable(RadialBasis const& basis, double width,
                         std::span<std::vector<double> const> sums)
    : n_bins(bins_of(basis, width)), per_angstrom(n_bins / basis.cutoff()) {
  std::vector<double> g(basis.size()), dg(basis.size());
  fill<WideNumber>(static_cast<int>(sums.size()),
                   [&](int index, WideNumber* value, WideNumber* slope) {
                     functions_at(basis, index, n_bins, g.data(), dg.data());
                     for (std::size_t p = 0; p < sums.size(); ++p) {
                       value[p] = wide_product(sums[p], g);
                       slope[p] = wide_product(sums[p], dg);
                     }
                   });
}

} // namespace kolace
