// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/lanes.hpp>

/// @file
/// Elementary functions of lane values: library calls for a double, polynomials for a Pack,
/// so that eight lanes cost about as much as one.

namespace kolace {

KOKKOS_FORCEINLINE_FUNCTION double lane_exp(double x) {
  return Kokkos::exp(x);
}

/// sin and cos of pi u.
KOKKOS_FORCEINLINE_FUNCTION void lane_sincospi(double u, double& sine, double& cosine) {
  constexpr double pi = 3.14159265358979323846;
  sine = Kokkos::sin(pi * u);
  cosine = Kokkos::cos(pi * u);
}

KOKKOS_FORCEINLINE_FUNCTION double lane_sqrt(double x) {
  return Kokkos::sqrt(x);
}

KOKKOS_FORCEINLINE_FUNCTION float lane_exp(float x) {
  return Kokkos::exp(x);
}
KOKKOS_FORCEINLINE_FUNCTION void lane_sincospi(float u, float& sine, float& cosine) {
  constexpr float pi = 3.14159265F;
  sine = Kokkos::sin(pi * u);
  cosine = Kokkos::cos(pi * u);
}
KOKKOS_FORCEINLINE_FUNCTION float lane_sqrt(float x) {
  return Kokkos::sqrt(x);
}

/// Compiles to one vector instruction if the compiler need not set errno (-fno-math-errno).
template <class Number>
KOKKOS_FORCEINLINE_FUNCTION BasicPack<Number> lane_sqrt(BasicPack<Number> x) {
  alignas(64) Number lanes[BasicPack<Number>::width];
  lane_store(lanes, x);
  for (Number& lane : lanes)
    lane = Kokkos::sqrt(lane);
  return lane_load<BasicPack<Number>>(lanes);
}

#ifdef KOLACE_VECTOR_EXTENSION

/// exp(x) = 2^n exp(r) with |r| <= ln(2)/2, exp(r) by a Taylor polynomial of degree 13. Error 2
/// ulp.
/// @pre -700 <= x <= 700
KOKKOS_FORCEINLINE_FUNCTION Pack lane_exp(Pack x) {
  constexpr double magic = 6755399441055744.; // 1.5 · 2^52: adding it rounds to an integer
  Pack const shifted = x * Pack(1.4426950408889634074) + Pack(magic);
  Pack const n = shifted - Pack(magic);
  Pack r = x - n * Pack(6.93147180369123816490e-01); // ln 2 in two parts
  r = r - n * Pack(1.90821492927058770002e-10);
  Pack p(1. / 6227020800);
  for (double const c : {1. / 479001600, 1. / 39916800, 1. / 3628800, 1. / 362880, 1. / 40320,
                         1. / 5040, 1. / 720, 1. / 120, 1. / 24, 1. / 6, 0.5, 1., 1.})
    p = p * r + Pack(c);
  return p * Pack(shifted.v.power_of_two());
}

/// sin and cos of pi u by Taylor polynomials in x = pi (u - 1/2), |x| <= pi/2, up to degree 22.
/// Error 2 ulp of 1.
/// @pre 0 <= u <= 1
KOKKOS_FORCEINLINE_FUNCTION void lane_sincospi(Pack u, Pack& sine, Pack& cosine) {
  constexpr double pi = 3.14159265358979323846;
  Pack const x = Pack(pi) * (u - Pack(0.5));
  Pack const y = x * x;
  Pack s(1.9572941063391261e-20), c(-8.8967913924505741e-22); // 1/21!, -1/22!
  for (double const k :
       {-8.2206352466243297e-18, 2.8114572543455206e-15, -7.6471637318198164e-13,
        1.6059043836821613e-10, -2.5052108385441720e-08, 2.7557319223985893e-06,
        -1.9841269841269841e-04, 8.3333333333333332e-03, -1.6666666666666666e-01, 1.})
    s = s * y + Pack(k);
  for (double const k :
       {4.1103176233121648e-19, -1.5619206968586225e-16, 4.7794773323873853e-14,
        -1.1470745597729725e-11, 2.0876756987868100e-09, -2.7557319223985888e-07,
        2.4801587301587302e-05, -1.3888888888888889e-03, 4.1666666666666664e-02, -0.5, 1.})
    c = c * y + Pack(k);
  cosine = -(x * s); // cos(pi u) = -sin(pi (u - 1/2))
  sine = c;
}

/// The same for floats: polynomial of degree 7, error 2 ulp.
/// @pre -80 <= x <= 80
KOKKOS_FORCEINLINE_FUNCTION FloatPack lane_exp(FloatPack x) {
  constexpr float magic = 12582912.F; // 1.5 · 2^23
  FloatPack const shifted = x * FloatPack(1.44269504F) + FloatPack(magic);
  FloatPack const n = shifted - FloatPack(magic);
  FloatPack r = x - n * FloatPack(0.693359375F); // ln 2 in two parts
  r = r - n * FloatPack(-2.12194440e-4F);
  FloatPack p(1.F / 5040);
  for (float const c : {1.F / 720, 1.F / 120, 1.F / 24, 1.F / 6, 0.5F, 1.F, 1.F})
    p = p * r + FloatPack(c);
  return p * FloatPack(shifted.v.power_of_two());
}

/// The same for floats: polynomials up to degree 12.
/// @pre 0 <= u <= 1
KOKKOS_FORCEINLINE_FUNCTION void lane_sincospi(FloatPack u, FloatPack& sine, FloatPack& cosine) {
  FloatPack const x = FloatPack(3.14159265F) * (u - FloatPack(0.5F));
  FloatPack const y = x * x;
  FloatPack s(-2.50521084e-08F), c(2.08767570e-09F); // -1/11!, 1/12!
  for (float const k : {2.75573192e-06F, -1.98412698e-04F, 8.33333333e-03F, -1.66666667e-01F, 1.F})
    s = s * y + FloatPack(k);
  for (float const k :
       {-2.75573192e-07F, 2.48015873e-05F, -1.38888889e-03F, 4.16666667e-02F, -0.5F, 1.F})
    c = c * y + FloatPack(k);
  cosine = -(x * s);
  sine = c;
}

#else

template <class Number>
KOKKOS_FORCEINLINE_FUNCTION BasicPack<Number> lane_exp(BasicPack<Number> x) {
  BasicPack<Number> result;
  for (int i = 0; i < BasicPack<Number>::width; ++i)
    result.set(i, lane_exp(x[i]));
  return result;
}

template <class Number>
KOKKOS_FORCEINLINE_FUNCTION void lane_sincospi(BasicPack<Number> u, BasicPack<Number>& sine,
                                               BasicPack<Number>& cosine) {
  for (int i = 0; i < BasicPack<Number>::width; ++i) {
    Number s, c;
    lane_sincospi(u[i], s, c);
    sine.set(i, s);
    cosine.set(i, c);
  }
}

#endif

} // namespace kolace
