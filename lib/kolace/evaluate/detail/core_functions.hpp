// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Core.hpp>

namespace kolace::detail {

/// A value and its derivative.
struct ValueDerivative {
  double value = 0, derivative = 0;
};

/// p(r; a, D) of CONVENTIONS.md §1: 1 for r <= a - D, 0 for r >= a.
KOKKOS_INLINE_FUNCTION ValueDerivative step_down(double r, double a, double width) {
  if (r <= a - width) // tested first: a and width may be 0
    return {1, 0};
  if (r >= a)
    return {0, 0};
  double const x = 1 - 2 * (1 + (r - a) / width), x2 = x * x;
  return {0.5 + 15. / 4 * x * (1. / 4 - x2 / 6 + x2 * x2 / 20),
          15. / 4 * (1. / 4 - x2 / 2 + x2 * x2 / 4) * (-2 / width)};
}

/// f(rho; m) of the embedding FinnisSinclair: sign(rho) |rho|^m, but linear within 1e-6 of zero.
KOKKOS_INLINE_FUNCTION ValueDerivative finnis_sinclair(double rho, double m) {
  constexpr double w = 1e6, tiny = 1e-10;
  double const lambda = Kokkos::pow(1 / w, m - 1), a = Kokkos::fabs(rho);
  if (a <= tiny)
    return {lambda * rho, lambda};
  double const cube = (w * a) * (w * a) * (w * a);
  double const g = cube > 30 ? 0 : Kokkos::exp(-cube), rest = 1 - g;
  double const power = Kokkos::pow(a, m), dg = -3 * w * w * w * a * a * g;
  double const value = rest * power + lambda * g * a;
  return {rho < 0 ? -value : value,
          m * power / a * rest - power * dg + lambda * dg * a + lambda * g};
}

/// f(rho; m) of the embedding FinnisSinclairShiftedScaled: smooth with derivative 1 at zero,
/// |rho|^m far from zero; the identity for m = 1.
KOKKOS_INLINE_FUNCTION ValueDerivative finnis_sinclair_shifted(double rho, double m) {
  if (Kokkos::fabs(m - 1) < 1e-6)
    return {rho, 1};
  double const a = Kokkos::fabs(rho), decay = Kokkos::exp(-a), inverse = 1 / m;
  double const x = Kokkos::pow(inverse, inverse / (1 - inverse)) * decay;
  double const y = Kokkos::pow(inverse, 1 / (1 - inverse)) * decay;
  double const value = Kokkos::pow(x + a, m) - y;
  return {rho < 0 ? -value : value, y + m * (1 - x) * Kokkos::pow(x + a, m - 1)};
}

/// Core repulsion of one ordered pair of elements (CONVENTIONS.md §6).
struct CoreBond {
  bool zbl = false, inner = false; ///< type zbl; type distance: phi includes p(r; r_in, delta_in)
  double prefactor = 0, lambda = 1, cutoff = 0, width = 0, r_in = 0, delta_in = 0;
  double length = 1, charges = 0;           ///< a (Angstrom) and prehc · 7.2 eV A · Z_i Z_j
  double cubic = 0, quartic = 0, shift = 0; ///< A/3, B/4, C of S(r)

  /// ZBL's screened 1/r with its first and second derivative.
  struct Screened {
    double value = 0, derivative = 0, curvature = 0;
  };
  KOKKOS_INLINE_FUNCTION Screened screened(double r) const {
    double const c[4] = {0.18175, 0.50986, 0.28022, 0.02817},
                 d[4] = {3.19980, 0.94229, 0.40290, 0.20162};
    Screened u;
    for (int k = 0; k < 4; ++k) {
      double const q = d[k] / length, e = c[k] * Kokkos::exp(-q * r) / r;
      u.value += e;
      u.derivative -= e * (q + 1 / r);
      u.curvature += e * (q * q + 2 * (q + 1 / r) / r);
    }
    return u;
  }

  /// phi(r) of type zbl, eV, and its derivative, eV/Angstrom.
  KOKKOS_INLINE_FUNCTION ValueDerivative screened_core(double r) const {
    if (r >= cutoff)
      return {0, 0};
    Screened u = screened(r);
    double const d = r - (cutoff - width);
    u.value += shift;
    if (d > 0) {
      u.value += d * d * d * (cubic + quartic * d);
      u.derivative += d * d * (3 * cubic + 4 * quartic * d);
    }
    ValueDerivative const p = step_down(r, cutoff, width);
    return {charges * u.value * p.value,
            charges * (u.derivative * p.value + u.value * p.derivative)};
  }
};

} // namespace kolace::detail
