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
/// Q_lm = a z Q_{l-1,m} - b Q_{l-2,m}; the entry of (m, m) holds Q_mm itself.
std::vector<double> harmonic_recurrence(int lmax);

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
      T const q_next = (a * z) * q - b * q_before;
      q_before = q, q = q_next;
    }
    T const c_next = x * c - y * s;
    s = x * s + y * c;
    c = c_next;
  }
}

/// Sums over all harmonics: see sum_harmonics().
template <class T> struct HarmonicSums {
  T along;       ///< sum_lm slope(lm) S_lm
  T gradient[3]; ///< sum_lm value(lm) grad S_lm, up to a multiple of the unit vector
};

/// Sums for the gradient of sum_lm R_lm(r) S_lm(n), n = (x, y, z) = r/|r|, with values R_lm and
/// slopes R'_lm of functions of the distance at harmonic_index(l, m). With the sums t and g
/// returned, the gradient is t n + [g - n (n . g)] / |r|.
///
/// Sums over l come first, for each m: S_lm + i S_l,-m = Q_lm(z) (x + i y)^m, and neither the power
/// nor its derivatives depend on l. Harmonics are therefore never formed. 10 FLOPs per harmonic and
/// lane, most of them fused multiply-adds.
///
/// @param factors harmonic_recurrence(lmax)
template <class T, class Values, class Slopes>
KOKKOS_FORCEINLINE_FUNCTION HarmonicSums<T> sum_harmonics(int lmax, lane_scalar<T> const* factors,
                                                          T x, T y, T z, Values const& value,
                                                          Slopes const& slope) {
  HarmonicSums<T> sums{T(0.), {T(0.), T(0.), T(0.)}};
  T c(1.), s(0.);               // Re, Im (x + i y)^m
  T c_before(0.), s_before(0.); // the same for m - 1, times m
  for (int m = 0; m <= lmax; ++m) {
    int index = harmonic_index(m, m);
    T q_before(0.), dq_before(0.), q(factors[2 * index]), dq(0.);
    // Factors of Re and Im: of values with Q and with dQ/dz, of slopes with Q.
    T re(0.), im(0.), re_z(0.), im_z(0.), re_slope(0.), im_slope(0.);
    for (int l = m; l <= lmax; ++l) {
      T const of_re = value(index), slope_of_re = slope(index);
      re += q * of_re;
      re_z += dq * of_re;
      re_slope += q * slope_of_re;
      if (m > 0) {
        T const of_im = value(index - 2 * m), slope_of_im = slope(index - 2 * m);
        im += q * of_im;
        im_z += dq * of_im;
        im_slope += q * slope_of_im;
      }
      if (l == lmax)
        break;
      index += 2 * l + 2; // (l + 1, m)
      T const a(factors[2 * index]), b(factors[2 * index + 1]), az = a * z;
      T const q_next = az * q - b * q_before;
      T const dq_next = az * dq + (a * q - b * dq_before);
      q_before = q, q = q_next, dq_before = dq, dq = dq_next;
    }
    sums.along += re_slope * c + im_slope * s;
    sums.gradient[0] += re * c_before + im * s_before;
    sums.gradient[1] += im * c_before - re * s_before;
    sums.gradient[2] += re_z * c + im_z * s;
    T const next(double(m + 1));
    c_before = next * c, s_before = next * s;
    T const c_next = x * c - y * s;
    s = x * s + y * c;
    c = c_next;
  }
  return sums;
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
      T const az = a * z;
      T const q_next = az * q - b * q_before;
      T const dq_next = az * dq + (a * q - b * dq_before);
      q_before = q, q = q_next, dq_before = dq, dq = dq_next;
    }
    T const c_next = x * c - y * s;
    T const s_next = x * s + y * c;
    c_before = c, c = c_next, s_before = s, s = s_next;
  }
}

} // namespace kolace
