// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/lane_math.hpp>
#include <kolace/radial/radial_basis.hpp>

namespace kolace::detail {

/// Factor e(r) on every g, and its derivative de: 0 beyond the cutoff, outer taper, inner cutoff.
KOKKOS_INLINE_FUNCTION void radial_envelope(RadialOptions const& o, double r, double& e,
                                            double& de) {
  constexpr double pi = 3.14159265358979323846;
  e = r < o.cutoff ? 1 : r >= o.cutoff ? 0 : r; // NaN stays NaN
  de = 0;
  if (o.kind == RadialKind::ChebExpCos && r < o.cutoff && r > o.cutoff - o.cutoff_width) {
    double const phase = pi * (r - o.cutoff + o.cutoff_width) / o.cutoff_width;
    e = 0.5 * (1 + Kokkos::cos(phase));
    de = -0.5 * pi / o.cutoff_width * Kokkos::sin(phase);
  }
  if (o.inner_cutoff > 0 && r < o.inner_cutoff) {
    if (r <= o.inner_cutoff - o.inner_width) {
      e = 0;
      de = 0;
    } else { // 1 - p(r), p = 1/2 + 15/4 (x/4 - x^3/6 + x^5/20)
      double const x = 1 - 2 * (1 + (r - o.inner_cutoff) / o.inner_width);
      double const x2 = x * x;
      double const p = 0.5 + 3.75 * x * (0.25 + x2 * (-1. / 6 + x2 * 0.05));
      double const dp = 3.75 * (0.25 + x2 * (-0.5 + x2 * 0.25)) * (-2 / o.inner_width);
      de = de * (1 - p) - e * dp;
      e *= 1 - p;
    }
  }
}

/// Calls visit(j, T_j, U_{j-1}) for j = 1, 2, ..., count (T'_j = j U_{j-1}). Both satisfy t_{j+1} =
/// 2 x t_j - t_{j-1}. With many registers, even and odd j form separate chains (t_{j+2} = 2 T_2 t_j
/// - t_{j-2}), which halves the length of the dependency chain. 2 FLOPs per T_j and per U_{j-1}.
template <class T, class Visit>
KOKKOS_INLINE_FUNCTION void for_each_chebyshev(int count, T x, Visit const& visit) {
  struct Chain { // T_j and U_{j-1} for this j and the previous one of the chain
    T t, t_before, u, u_before;
    KOKKOS_INLINE_FUNCTION void advance(T factor) {
      T const t_next = factor * t - t_before, u_next = factor * u - u_before;
      t_before = t, t = t_next, u_before = u, u = u_next;
    }
  };
  T const two_x = x + x;
  if constexpr (packs_fit_registers) {
    T const factor = two_x * two_x - T(2.);
    Chain odd{x, x, T(1.), T(-1.)};                   // j = 1
    Chain even{T(0.5) * factor, T(1.), two_x, T(0.)}; // j = 2
    for (int j = 1; j <= count; j += 2) {
      visit(j, odd.t, odd.u);
      if (j < count)
        visit(j + 1, even.t, even.u);
      odd.advance(factor);
      even.advance(factor);
    }
  } else {
    Chain chain{x, T(1.), T(1.), T(0.)};
    for (int j = 1; j <= count; ++j, chain.advance(two_x))
      visit(j, chain.t, chain.u);
  }
}

/// Outputs (1 - T_j(x)) / 2 · f and its derivative for j = 1, 2, ... as functions first, first + 1,
/// ... < size. 9 FLOPs per function.
template <class T, class Out>
KOKKOS_INLINE_FUNCTION void chebyshev_functions(int first, int size, T x, T dx, T f, T df,
                                                Out const& out) {
  T const half_f = T(0.5) * f, half_df = T(0.5) * df, slope = half_f * dx;
  for_each_chebyshev(size - first, x, [&](int j, T t, T u) {
    T const rest = T(1.) - t;
    out(first + j - 1, half_f * rest, half_df * rest - slope * T(double(j)) * u);
  });
}

/// Outputs sum_j c_j (1 - T_j(x)) / 2 · f + c_0 f, j = 1 .. count, and its derivative. `c` holds
/// the constant factor of f, then for each j the factors of T_j and of U_{j-1}
/// (RadialBasis::sum_coefficients). 8 FLOPs per function.
template <class T, class Out>
KOKKOS_INLINE_FUNCTION void chebyshev_sum(double const* c, int count, T x, T dx, T f, T df,
                                          Out const& out) {
  T value(c[0]), slope(0.);
  for_each_chebyshev(count, x, [&](int j, T t, T u) {
    value += T(c[2 * j - 1]) * t;
    slope += T(c[2 * j]) * u;
  });
  out(f * value, df * value + f * dx * slope);
}

/// Orthonormalized spherical Bessel functions (CONVENTIONS.md §1, SBessel).
template <class T, class Out>
KOKKOS_INLINE_FUNCTION void bessel_functions(int size, double cutoff, T r, T inverse_r, T e, T de,
                                             Out const& out) {
  constexpr double pi = 3.14159265358979323846;
  T sine, cosine;
  for (int i = 0; i < lane_width<T>; ++i) {
    lane_set(sine, i, Kokkos::sin(pi * lane_get(r, i) / cutoff));
    lane_set(cosine, i, Kokkos::cos(pi * lane_get(r, i) / cutoff));
  }
  // s_n = sinc(n theta) and its derivative (cos(n theta) - s_n)/r, theta = pi r/rc
  T const inverse_theta = T(cutoff / pi) * inverse_r;
  T sn = sine, cn = cosine;
  T s = sn * inverse_theta, ds = (cn - s) * inverse_r;
  T g_before(0.), dg_before(0.);
  double const scale = Kokkos::sqrt(2.) * pi / (cutoff * Kokkos::sqrt(cutoff));
  double d = 1;
  for (int n = 0; n < size; ++n) {
    T const sn_next = sn * cosine + cn * sine;
    cn = cn * cosine - sn * sine;
    sn = sn_next;
    T const s_next = sn * inverse_theta * T(1. / (n + 2));
    T const ds_next = (cn - s_next) * inverse_r;
    double const a = n + 1., b = n + 2.;
    double const weight = (n % 2 ? -scale : scale) * a * b / Kokkos::sqrt(a * a + b * b);
    T g = T(weight) * (s + s_next), dg = T(weight) * (ds + ds_next);
    if (n > 0) {
      double const en = double(n) * n * b * b / (4 * a * a * a * a + 1);
      double const mix = Kokkos::sqrt(en / d);
      d = 1 - en / d;
      double const norm = 1 / Kokkos::sqrt(d);
      g = T(norm) * (g + T(mix) * g_before);
      dg = T(norm) * (dg + T(mix) * dg_before);
    }
    out(n, g * e, dg * e + g * de);
    g_before = g, dg_before = dg, s = s_next, ds = ds_next;
  }
}

} // namespace kolace::detail

namespace kolace {

template <class T, class Out, class OutSum>
KOKKOS_FUNCTION void RadialBasis::evaluate(T r, Out const& out, int limit, RadialSums const& sums,
                                           OutSum const& out_sum) const {
  constexpr double pi = 3.14159265358979323846;
  constexpr int width = lane_width<T>;
  RadialOptions const& o = options_;
  int const size = o.size < limit ? o.size : limit;
  T e(1.), de(0.);
  bool plain = true; // no lane in a taper or beyond the cutoff: the usual case
  double const outer = o.cutoff - (o.kind == RadialKind::ChebExpCos ? o.cutoff_width : 0);
  for (int i = 0; i < width; ++i)
    plain = plain && lane_get(r, i) < outer && lane_get(r, i) >= o.inner_cutoff;
  for (int i = 0; i < width && !plain; ++i) {
    double factor, slope;
    detail::radial_envelope(o, lane_get(r, i), factor, slope);
    lane_set(e, i, factor);
    lane_set(de, i, slope);
  }
  T x, dx, f = e, df = de;
  int first = 0; // index of the first polynomial; g_1 of ChebExpCos is f itself
  switch (o.kind) {
  case RadialKind::ChebExpCos: {
    double const floor = Kokkos::exp(-o.lambda), scale = 2 / (1 - floor);
    T u = T(1 / o.cutoff) * r;
    for (int i = 0; i < width && !plain; ++i) // range of lane_sincospi
      lane_set(u, i, Kokkos::fmin(lane_get(u, i), 1.));
    T const decay = lane_exp(T(-o.lambda) * u);
    T sine, cosine;
    lane_sincospi(u, sine, cosine);
    x = T(1.) - T(scale) * (decay - T(floor));
    dx = T(scale * o.lambda / o.cutoff) * decay;
    f = T(0.5) + T(0.5) * cosine;
    df = T(-0.5 * pi / o.cutoff) * sine;
    df = df * e + f * de;
    f = f * e;
    first = 1;
    break;
  }
  case RadialKind::ChebPow:
    for (int i = 0; i < width; ++i) {
      double const v = Kokkos::fmax(1 - lane_get(r, i) / o.cutoff, 0.);
      lane_set(x, i, 1 - 2 * Kokkos::pow(v, o.lambda));
      lane_set(dx, i, 2 * o.lambda / o.cutoff * Kokkos::pow(v, o.lambda - 1));
    }
    break;
  case RadialKind::ChebLinear:
    x = T(1.) - T(1 / o.cutoff) * r;
    dx = T(-1 / o.cutoff);
    break;
  case RadialKind::SBessel: {
    T inverse_r;
    for (int i = 0; i < width; ++i)
      lane_set(inverse_r, i, 1 / lane_get(r, i));
    detail::bessel_functions(size, o.cutoff, r, inverse_r, e, de, out);
    for (int p = 0; p < sums.count; ++p) {
      double const* const c = sums.of(p);
      T sum(0.), slope(0.);
      detail::bessel_functions(sums.n_terms, o.cutoff, r, inverse_r, e, de, [&](int k, T g, T dg) {
        sum += T(c[k]) * g;
        slope += T(c[k]) * dg;
      });
      out_sum(p, sum, slope);
    }
    return;
  }
  }
  if (first == 1 && size > 0)
    out(0, f, df);
  detail::chebyshev_functions(first, size, x, dx, f, df, out);
  for (int p = 0; p < sums.count; ++p)
    detail::chebyshev_sum(sums.of(p), sums.n_terms - first, x, dx, f, df,
                          [&](T sum, T slope) { out_sum(p, sum, slope); });
}

} // namespace kolace
