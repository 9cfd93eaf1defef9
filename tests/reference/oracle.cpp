// SPDX-License-Identifier: BSD-3-Clause
#include "reference/oracle.hpp"

#include <cmath>
#include <stdexcept>

namespace kolace::oracle {
namespace {

constexpr double pi = 3.14159265358979323846;

double value_of(double x) {
  return x;
}
double value_of(Dual x) {
  return x.value;
}

/// T_k by the three-term recurrence.
template <class T> T chebyshev(int k, T x) {
  if (k == 0)
    return T(1.);
  T before(1.), now = x;
  for (int i = 1; i < k; ++i) {
    T const next = T(2.) * x * now - before;
    before = now;
    now = next;
  }
  return now;
}
template <> double chebyshev(int k, double x) {
  return std::abs(x) <= 1 ? std::cos(k * std::acos(x)) : std::cosh(k * std::acosh(std::abs(x)));
}

template <class T> T sinc(T x) {
  using std::sin;
  return sin(x) / x;
}

double factorial(int n) {
  return std::tgamma(n + 1.);
}

} // namespace

template <class T> std::vector<T> radial_functions(Radial const& radial, T r) {
  using std::cos;
  using std::exp;
  using std::pow;
  double const rc = radial.cutoff, lambda = radial.lambda;
  std::vector<T> g(radial.size, T(0.));
  if (value_of(r) >= rc)
    return g;
  if (radial.kind == "ChebExpCos") {
    T const x = T(1.) - T(2.) * (exp(T(-lambda / rc) * r) - T(std::exp(-lambda))) /
                            T(1 - std::exp(-lambda));
    T f = T(0.5) * (T(1.) + cos(T(pi / rc) * r));
    if (value_of(r) > rc - radial.width)
      f = f * T(0.5) * (T(1.) + cos(T(pi / radial.width) * (r - T(rc - radial.width))));
    for (int k = 1; k <= radial.size; ++k)
      g[k - 1] = k == 1 ? f : T(0.5) * (T(1.) - chebyshev(k - 1, x)) * f;
  } else if (radial.kind == "ChebPow") {
    T const x = T(1.) - T(2.) * pow(T(1.) - r / T(rc), lambda);
    for (int k = 1; k <= radial.size; ++k)
      g[k - 1] = T(0.5) * (T(1.) - chebyshev(k, x));
  } else if (radial.kind == "SBessel") {
    auto const f = [&](int n) {
      double const a = n + 1, b = n + 2;
      double const scale = (n % 2 ? -1 : 1) * std::sqrt(2.) * pi / std::pow(rc, 1.5) * a * b /
                           std::sqrt(a * a + b * b);
      return T(scale) * (sinc(T(a * pi / rc) * r) + sinc(T(b * pi / rc) * r));
    };
    double d_before = 1;
    g[0] = f(0);
    for (int n = 1; n < radial.size; ++n) {
      double const e = std::pow(n, 2) * std::pow(n + 2, 2) / (4 * std::pow(n + 1, 4) + 1);
      double const d = 1 - e / d_before;
      g[n] = T(1 / std::sqrt(d)) * (f(n) + T(std::sqrt(e / d_before)) * g[n - 1]);
      d_before = d;
    }
  } else {
    throw std::invalid_argument("unknown radial functions " + radial.kind);
  }
  if (radial.r_in > 0 && value_of(r) < radial.r_in) {
    T factor(0.);
    if (value_of(r) > radial.r_in - radial.delta_in) {
      T const x = T(1.) - T(2.) * (T(1.) + (r - T(radial.r_in)) / T(radial.delta_in));
      factor = T(1.) - (T(0.5) + T(15. / 4) * (x * T(0.25) - x * x * x * T(1. / 6) +
                                               x * x * x * x * x * T(1. / 20)));
    }
    for (T& value : g)
      value = value * factor;
  }
  return g;
}

template <class T> Complex<T> harmonic(int l, int m, std::array<T, 3> const& n) {
  if (m < 0) {
    Complex<T> const y = harmonic(l, -m, n);
    T const sign(m % 2 ? -1. : 1.);
    return {sign * y.re, -(sign * y.im)};
  }
  // P_l^m / sin^m as a polynomial in z, without the Condon-Shortley phase.
  T polynomial(0.);
  for (int k = 0; 2 * k + m <= l; ++k) {
    double const c = (k % 2 ? -1 : 1) * factorial(2 * l - 2 * k) /
                     (std::pow(2., l) * factorial(k) * factorial(l - k) * factorial(l - 2 * k - m));
    T power(1.);
    for (int i = 0; i < l - 2 * k - m; ++i)
      power = power * n[2];
    polynomial += T(c) * power;
  }
  Complex<T> e{T(1.), T(0.)};
  for (int i = 0; i < m; ++i)
    e = e * Complex<T>{n[0], n[1]};
  double const scale =
      (m % 2 ? -1 : 1) * std::sqrt((2 * l + 1) * factorial(l - m) / factorial(l + m));
  return (T(scale) * polynomial) * e;
}

std::vector<std::vector<Neighbor>> brute_force_neighbors(Configuration const& c, double cutoff) {
  // The number of images suffices: positions differ by at most `spread`, and cell heights bound the
  // number of cells.
  double spread = 0;
  for (Atom const& a : c.atoms)
    for (Atom const& b : c.atoms) {
      double square = 0;
      for (int k = 0; k < 3; ++k)
        square += std::pow(a.position[k] - b.position[k], 2);
      spread = std::max(spread, std::sqrt(square));
    }
  int reach[3] = {0, 0, 0};
  for (int d = 0; d < 3; ++d) {
    if (!c.periodic[d])
      continue;
    // Distance from vector d to the span of the other periodic vectors, by Gram-Schmidt.
    std::array<double, 3> v = c.cell[d];
    std::vector<std::array<double, 3>> span;
    for (int e = 0; e < 3; ++e)
      if (e != d && c.periodic[e])
        span.push_back(c.cell[e]);
    for (std::size_t s = 0; s < span.size(); ++s) {
      for (std::size_t t = 0; t < s; ++t) {
        double p = 0, q = 0;
        for (int k = 0; k < 3; ++k)
          p += span[s][k] * span[t][k], q += span[t][k] * span[t][k];
        for (int k = 0; k < 3; ++k)
          span[s][k] -= p / q * span[t][k];
      }
      double p = 0, q = 0;
      for (int k = 0; k < 3; ++k)
        p += v[k] * span[s][k], q += span[s][k] * span[s][k];
      for (int k = 0; k < 3; ++k)
        v[k] -= p / q * span[s][k];
    }
    double const height = std::sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
    reach[d] = static_cast<int>((cutoff + spread) / height) + 1;
  }
  std::vector<std::vector<Neighbor>> lists(c.atoms.size());
  for (std::size_t i = 0; i < c.atoms.size(); ++i)
    for (std::size_t j = 0; j < c.atoms.size(); ++j)
      for (int a = -reach[0]; a <= reach[0]; ++a)
        for (int b = -reach[1]; b <= reach[1]; ++b)
          for (int e = -reach[2]; e <= reach[2]; ++e) {
            if (i == j && a == 0 && b == 0 && e == 0)
              continue;
            std::array<double, 3> r;
            for (int k = 0; k < 3; ++k)
              r[k] = c.atoms[j].position[k] - c.atoms[i].position[k] + a * c.cell[0][k] +
                     b * c.cell[1][k] + e * c.cell[2][k];
            if (r[0] * r[0] + r[1] * r[1] + r[2] * r[2] < cutoff * cutoff)
              lists[i].push_back({static_cast<int>(j), r});
          }
  return lists;
}

template std::vector<double> radial_functions(Radial const&, double);
template std::vector<Dual> radial_functions(Radial const&, Dual);
template Complex<double> harmonic(int, int, std::array<double, 3> const&);
template Complex<Dual> harmonic(int, int, std::array<Dual, 3> const&);

} // namespace kolace::oracle
