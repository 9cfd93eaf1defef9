// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/coupling/clebsch_gordan.hpp>

#include <kolace/core/contracts.hpp>
#include <kolace/coupling/detail/coupling_table.hpp>

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdlib>

namespace kolace {
namespace {

long double factorial(int n) {
  static std::vector<long double> const table = [] {
    std::vector<long double> values{1};
    for (int k = 1; k <= 1000; ++k)
      values.push_back(values.back() * k);
    return values;
  }();
  return table.at(n);
}

/// 1/n!; the terms of Racah's sum are products of these.
long double inverse_factorial(int n) {
  static std::vector<long double> const table = [] {
    std::vector<long double> values;
    for (int k = 0; k <= 1000; ++k)
      values.push_back(1 / factorial(k));
    return values;
  }();
  return table.at(n);
}

using Complex = std::complex<double>;

/// Coefficient U(m, k) of a complex harmonic in real ones: Y~_lm = sum_k U(m, k) S_lk, see
/// CONVENTIONS.md §2 and harmonics.hpp.
Complex to_real(int m, int k) {
  double const half = std::sqrt(0.5);
  if (m == 0)
    return k == 0 ? 1. : 0.;
  if (std::abs(k) != std::abs(m))
    return 0.;
  double const sign = m > 0 && m % 2 != 0 ? -1 : 1; // (-1)^m for positive m
  if (k > 0)
    return sign * half;
  return Complex(0, m > 0 ? sign * half : -half);
}

} // namespace

double clebsch_gordan(int l1, int m1, int l2, int m2, int L, int M) {
  KOLACE_EXPECT(l1 >= 0 && l2 >= 0 && L >= 0, l1, l2, L);
  if (m1 + m2 != M || L < std::abs(l1 - l2) || L > l1 + l2 || std::abs(m1) > l1 ||
      std::abs(m2) > l2 || std::abs(M) > L)
    return 0;
  long double const prefactor =
      std::sqrt((2.L * L + 1) * factorial(L + l1 - l2) * factorial(L - l1 + l2) *
                factorial(l1 + l2 - L) / factorial(l1 + l2 + L + 1)) *
      std::sqrt(factorial(L + M) * factorial(L - M) * factorial(l1 - m1) * factorial(l1 + m1) *
                factorial(l2 - m2) * factorial(l2 + m2));
  long double sum = 0;
  int const first = std::max({0, l2 - L - m1, l1 + m2 - L});
  int const last = std::min({l1 + l2 - L, l1 - m1, l2 + m2});
  for (int k = first; k <= last; ++k) {
    long double const term = inverse_factorial(k) * inverse_factorial(l1 + l2 - L - k) *
                             inverse_factorial(l1 - m1 - k) * inverse_factorial(l2 + m2 - k) *
                             inverse_factorial(L - l2 + m1 + k) *
                             inverse_factorial(L - l1 - m2 + k);
    sum += k % 2 ? -term : term;
  }
  return static_cast<double>(prefactor * sum);
}

detail::CouplingTable::CouplingTable(int l1, int l2, int L)
    : l1_(l1), l2_(l2), values_(static_cast<std::size_t>(2 * l1 + 1) * (2 * l2 + 1)) {
  double const sign = (l1 + l2 - L) % 2 ? -1 : 1;
  for (int m1 = -l1; m1 <= l1; ++m1)
    for (int m2 = -l2; m2 <= l2; ++m2)
      if (m1 < 0 || (m1 == 0 && m2 <= 0)) {
        double const value = clebsch_gordan(l1, m1, l2, m2, L, m1 + m2);
        values_[index(-m1, -m2)] = sign * value;
        values_[index(m1, m2)] = value;
      }
}

std::vector<RealCouplingEntry> real_coupling(int l1, int l2, int L) {
  std::vector<RealCouplingEntry> entries;
  detail::CouplingTable const complex(l1, l2, L);
  Complex const phase = (l1 + l2 + L) % 2 ? Complex(0, -1) : Complex(1, 0);
  for (int K = -L; K <= L; ++K)
    for (int k1 = -l1; k1 <= l1; ++k1)
      for (int k2 = -l2; k2 <= l2; ++k2) {
        if (std::abs(K) != std::abs(k1 + k2) && std::abs(K) != std::abs(k1 - k2))
          continue;
        Complex sum = 0;
        for (int const m1 : {-k1, k1}) {
          for (int const m2 : {-k2, k2}) {
            int const M = m1 + m2;
            if (std::abs(M) == std::abs(K))
              sum += std::conj(to_real(M, K)) * complex(m1, m2) * to_real(m1, k1) * to_real(m2, k2);
            if (k2 == 0)
              break;
          }
          if (k1 == 0)
            break;
        }
        double const value = (phase * sum).real();
        if (std::abs(value) > 1e-14)
          entries.push_back({K + L, k1 + l1, k2 + l2, value});
      }
  return entries;
}

} // namespace kolace
