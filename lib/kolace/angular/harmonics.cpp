// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/angular/harmonics.hpp>

#include <cmath>

namespace kolace {

std::vector<double> harmonic_recurrence(int lmax) {
  std::vector<double> factors(2 * harmonic_count(lmax), 0.);
  double diagonal = 1; // Q_mm without the sqrt(2) of real harmonics with m > 0
  for (int m = 0; m <= lmax; ++m) {
    if (m > 0)
      diagonal *= std::sqrt((2. * m + 1) / (2. * m));
    factors[2 * harmonic_index(m, m)] = m > 0 ? std::sqrt(2.) * diagonal : diagonal;
    for (int l = m + 1; l <= lmax; ++l) {
      double const l2 = double(l) * l, k2 = (l - 1.) * (l - 1), m2 = double(m) * m;
      double const a = std::sqrt((4 * l2 - 1) / (l2 - m2));
      factors[2 * harmonic_index(l, m)] = a;
      factors[2 * harmonic_index(l, m) + 1] =
          l == m + 1 ? 0 : a * std::sqrt((k2 - m2) / (4 * k2 - 1));
    }
  }
  return factors;
}

} // namespace kolace
