// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/radial/radial_basis.hpp>

#include <kolace/core/contracts.hpp>

namespace kolace {

RadialBasis::RadialBasis(RadialOptions const& options) : options_(options) {
  check(options);
}

std::vector<double> RadialBasis::sum_coefficients(std::vector<double> c, int n_terms) const {
  KOLACE_EXPECT(static_cast<int>(c.size()) <= n_terms, c.size(), n_terms);
  c.resize(n_terms, 0.);
  if (options_.kind == RadialKind::SBessel) {
    c.resize(RadialSums::length(n_terms), 0.);
    return c;
  }
  std::size_t const first = options_.kind == RadialKind::ChebExpCos ? 1 : 0;
  std::vector<double> result{first == 1 && !c.empty() ? c[0] : 0.};
  for (std::size_t k = first; k < c.size(); ++k) { // (1 - T_j) / 2, derivative -j U_{j-1} / 2
    double const half = 0.5 * c[k], j = static_cast<double>(k - first + 1);
    result[0] += half;
    result.insert(result.end(), {-half, -half * j});
  }
  result.resize(RadialSums::length(n_terms), 0.);
  return result;
}

} // namespace kolace
