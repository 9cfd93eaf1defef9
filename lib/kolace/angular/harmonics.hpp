// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/lanes.hpp>
#include <kolace/core/types.hpp>

#include <vector>

namespace kolace {

/// Index of (l, m) in a table of harmonics, -l <= m <= l.
KOKKOS_INLINE_FUNCTION constexpr int harmonic_index(int l, int m) {
  return l * l + l + m;
}
KOKKOS_INLINE_FUNCTION constexpr int harmonic_count(int lmax) {
  return (lmax + 1) * (lmax + 1);
}

/// Recurrence factors of the harmonics up to lmax, [(lmax+1)^2][2] at harmonic_index(l, m >= 0):
/// Q_lm = a (z Q_{l-1,m} - b Q_{l-2,m}); the entry of (m, m) holds Q_mm itself.
std::vector<double> harmonic_recurrence(int lmax);

/// Factors for the gradients of solid harmonics, [(lmax+1)^2][3] at harmonic_index(l, m >= 0), for
/// add_solid_gradient.
std::vector<double> solid_gradient_factors(int lmax);

/// Values of real_harmonics() without gradients: out(index, S). 3 FLOPs per harmonic and lane.
template <class T, class Out>
KOKKOS_FORCEINLINE_FUNCTION void real_harmonic_values(int lmax, lane_scalar<T> const* factors, T x,
                                                      T y, T z, Out const& out) {
  T c(1.), s(0.); // Re, Im (x + i y)^m
  for (int m = 0; m <= lmax; ++m) {
    int index = harmonic_index(m, m);
    T q_before(0.), q(factors[2 * index]);
    for (int l = m; l <= lmax; ++l) {
      out(index, q * c);
      if (m > 0)
        out(index - 2 * m, q * s);
      if (l == lmax)
        break;
      index += 2 * l + 2; // (l + 1, m)
      T const a(factors[2 * index]), b(factors[2 * index + 1]);
      T const q_next = a * (z * q - b * q_before);
      q_before = q, q = q_next;
    }
    T const c_next = x * c - y * s;
    s = x * s + y * c;
    c = c_next;
  }
}

/// Adds sum_m v(m) grad (r^l S_lm), for one l >= 1 and at a unit vector n, to `sum`. Derivatives of
/// solid harmonics are solid harmonics of degree l - 1, so no table of gradients is needed. At
/// distance r, grad S_lm = [grad (r^l S_lm) - l S_lm n] / r with the bracket evaluated at n.
///
/// With Z_m = S_m + i S_-m: d_z Z_m = A Z_m, d_x Z_m = B Z_m-1 - D Z_m+1, d_y Z_m = i (B Z_m-1 + D
/// Z_m+1), the right-hand sides of degree l - 1. 11 FLOPs per harmonic and lane.
///
/// @param factors solid_gradient_factors()
/// @param lower S of degree l - 1: lower(m), |m| <= l - 1
/// @param sum x, y, z components as two partial sums each, to be added by the caller: chains of
/// fused operations stay short
template <class T, class Weight, class Lower>
KOKKOS_INLINE_FUNCTION void add_solid_gradient(int l, lane_scalar<T> const* factors,
                                               Weight const& v, Lower const& lower,
                                               T (&sum)[3][2]) {
  lane_scalar<T> const* const zero = factors + 3 * harmonic_index(l, 0);
  sum[2][0] += T(zero[0]) * v(0) * lower(0);
  if (l >= 2) {
    T const d = T(zero[2]) * v(0);
    sum[0][1] += -d * lower(1);
    sum[1][1] += -d * lower(-1);
  }
  for (int m = 1; m <= l; ++m) {
    lane_scalar<T> const* const f = factors + 3 * harmonic_index(l, m);
    T const re = v(m), im = v(-m);
    T const b_re = T(f[1]) * re, b_im = T(f[1]) * im;
    T const c = lower(m - 1);
    sum[0][0] += b_re * c;
    sum[1][0] += b_im * c;
    if (m > 1) {
      T const s = lower(1 - m);
      sum[0][0] += b_im * s;
      sum[1][0] += -b_re * s;
    }
    if (m <= l - 2) {
      T const d_re = T(-f[2]) * re, d_im = T(-f[2]) * im;
      T const c_next = lower(m + 1), s_next = lower(-m - 1);
      sum[0][1] += d_re * c_next;
      sum[0][1] += d_im * s_next;
      sum[1][1] += d_re * s_next;
      sum[1][1] += -d_im * c_next;
    }
    if (m <= l - 1) {
      sum[2][0] += T(f[0]) * re * lower(m);
      sum[2][1] += T(f[0]) * im * lower(-m);
    }
  }
}

/// Real spherical harmonics, 4 pi-normalized (S_00 = 1), at n = (x, y, z) = r/|r|, and their
/// gradients.
///
/// With Y~ the complex harmonics of CONVENTIONS.md §2: S_l0 = Y~_l0, and for m > 0
/// S_lm + i S_l,-m = (-1)^m sqrt(2) Y~_lm. S_lm = Q_lm(z) Re (x + i y)^m; S_l,-m takes the
/// imaginary part. Calls out(index, S, dS/dx, dS/dy, dS/dz), the gradient with respect to r
/// (1/Angstrom). About 30 FLOPs per harmonic and lane.
///
/// @param factors harmonic_recurrence(lmax)
template <class T, class Out>
KOKKOS_FUNCTION void real_harmonics(int lmax, lane_scalar<T> const* factors, T x, T y, T z,
                                    T inverse_r, Out const& out) {
  T c(1.), s(0.);               // Re, Im (x + i y)^m
  T c_before(0.), s_before(0.); // the same for m - 1
  for (int m = 0; m <= lmax; ++m) {
    int index = harmonic_index(m, m);
    T q_before(0.), dq_before(0.);
    T q(factors[2 * index]), dq(0.);
    T const md(double(m) * 1.0);
    for (int l = m; l <= lmax; ++l) {
      // Gradient of the polynomial in x, y, z; its component normal to r, divided by |r|.
      auto const emit = [&](int at, T re, T re_x, T re_y) {
        T const hx = q * re_x, hy = q * re_y, hz = dq * re;
        T const radial = x * hx + y * hy + z * hz;
        out(at, q * re, (hx - x * radial) * inverse_r, (hy - y * radial) * inverse_r,
            (hz - z * radial) * inverse_r);
      };
      emit(index, c, md * c_before, -(md * s_before));
      if (m > 0)
        emit(index - 2 * m, s, md * s_before, md * c_before);
      if (l == lmax)
        break;
      index += 2 * l + 2; // (l + 1, m)
      T const a(factors[2 * index]), b(factors[2 * index + 1]);
      T const q_next = a * (z * q - b * q_before);
      T const dq_next = a * (q + z * dq - b * dq_before);
      q_before = q, q = q_next, dq_before = dq, dq = dq_next;
    }
    T const c_next = x * c - y * s;
    T const s_next = x * s + y * c;
    c_before = c, c = c_next, s_before = s, s = s_next;
  }
}

} // namespace kolace
