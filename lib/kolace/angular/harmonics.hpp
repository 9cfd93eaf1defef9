#pragma once

#include <kolace/core/lanes.hpp>
#include <kolace/core/types.hpp>

#include <vector>

namespace kolace {

/// Position of (l, m) in a table of harmonics, -l <= m <= l.
KOKKOS_INLINE_FUNCTION constexpr int harmonic_index(int l, int m) {
  return l * l + l + m;
}
KOKKOS_INLINE_FUNCTION constexpr int harmonic_count(int lmax) {
  return (lmax + 1) * (lmax + 1);
}

/// Recurrence factors of the harmonics up to lmax, [(lmax+1)^2][2] at harmonic_index(l, m >= 0):
/// Q_lm = a (z Q_{l-1,m} - b Q_{l-2,m}); the entry of (m, m) holds Q_mm itself.
std::vector<double> harmonic_recurrence(int lmax);

/// Real spherical harmonics, 4 pi-normalised (Y_00 = 1), at n = r/|r|, and their gradients.
///
/// With Y~ the complex ones of CONVENTIONS.md §2: S_l0 = Y~_l0, and for m > 0
/// S_lm + i S_l,-m = (-1)^m sqrt(2) Y~_lm. S_lm = Q_lm(z) Re (x + i y)^m, S_l,-m the imaginary
/// part. out(index, S, dS/dx, dS/dy, dS/dz), the gradient with respect to r (1/Angstrom). About 30
/// FLOPs a harmonic and lane.
///
/// @param factors harmonic_recurrence(lmax)
template <class T, class Out>
KOKKOS_FUNCTION void real_harmonics(int lmax, double const* factors, T x, T y, T z, T inverse_r,
                                    Out const& out) {
  T c(1.), s(0.);               // Re, Im (x + i y)^m
  T c_before(0.), s_before(0.); // the same for m - 1
  for (int m = 0; m <= lmax; ++m) {
    T q_before(0.), dq_before(0.);
    T q(factors[2 * harmonic_index(m, m)]), dq(0.);
    T const md(double(m) * 1.0);
    for (int l = m; l <= lmax; ++l) {
      // Gradient on the unit sphere's surroundings, then its part normal to r, over r.
      auto const emit = [&](int index, T re, T re_x, T re_y) {
        T const hx = q * re_x, hy = q * re_y, hz = dq * re;
        T const radial = x * hx + y * hy + z * hz;
        out(index, q * re, (hx - x * radial) * inverse_r, (hy - y * radial) * inverse_r,
            (hz - z * radial) * inverse_r);
      };
      emit(harmonic_index(l, m), c, md * c_before, -(md * s_before));
      if (m > 0)
        emit(harmonic_index(l, -m), s, md * s_before, md * c_before);
      if (l == lmax)
        break;
      T const a(factors[2 * harmonic_index(l + 1, m)]);
      T const b(factors[2 * harmonic_index(l + 1, m) + 1]);
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
