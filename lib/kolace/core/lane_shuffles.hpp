// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/lanes.hpp>

/// @file
/// Lane shuffles: loads of four adjacent numbers per lane from a different address for each lane
/// (table lookups), and sums over the lanes of several values at once.

namespace kolace {
namespace detail {

#if defined(KOLACE_VECTOR_EXTENSION) && defined(__has_builtin)
#if __has_builtin(__builtin_shufflevector)
#define KOLACE_TRANSPOSES
#endif
#endif

#ifdef KOLACE_TRANSPOSES
template <class Scalar> using Quad = typename RegisterOf<Scalar, 4 * int(sizeof(Scalar))>::values;

template <class Scalar> KOKKOS_FORCEINLINE_FUNCTION Quad<Scalar> load_quad(Scalar const* p) {
  Quad<Scalar> quad;
  __builtin_memcpy(&quad, p, sizeof quad);
  return quad;
}

/// Transposes in groups of four numbers: row k holds the quads of lanes k, k + 4, k + 8, ...;
/// afterwards out[p] holds number p of every lane.
template <class Register>
KOKKOS_FORCEINLINE_FUNCTION void transpose_quads(Register const (&row)[4], Register (&out)[4]) {
  if constexpr (sizeof(Register) == 4 * sizeof(row[0][0])) {
    Register const a = __builtin_shufflevector(row[0], row[1], 0, 4, 2, 6),
                   b = __builtin_shufflevector(row[0], row[1], 1, 5, 3, 7),
                   c = __builtin_shufflevector(row[2], row[3], 0, 4, 2, 6),
                   d = __builtin_shufflevector(row[2], row[3], 1, 5, 3, 7);
    out[0] = __builtin_shufflevector(a, c, 0, 1, 4, 5);
    out[1] = __builtin_shufflevector(b, d, 0, 1, 4, 5);
    out[2] = __builtin_shufflevector(a, c, 2, 3, 6, 7);
    out[3] = __builtin_shufflevector(b, d, 2, 3, 6, 7);
  } else if constexpr (sizeof(Register) == 8 * sizeof(row[0][0])) {
    Register const a = __builtin_shufflevector(row[0], row[1], 0, 8, 2, 10, 4, 12, 6, 14),
                   b = __builtin_shufflevector(row[0], row[1], 1, 9, 3, 11, 5, 13, 7, 15),
                   c = __builtin_shufflevector(row[2], row[3], 0, 8, 2, 10, 4, 12, 6, 14),
                   d = __builtin_shufflevector(row[2], row[3], 1, 9, 3, 11, 5, 13, 7, 15);
    out[0] = __builtin_shufflevector(a, c, 0, 1, 8, 9, 4, 5, 12, 13);
    out[1] = __builtin_shufflevector(b, d, 0, 1, 8, 9, 4, 5, 12, 13);
    out[2] = __builtin_shufflevector(a, c, 2, 3, 10, 11, 6, 7, 14, 15);
    out[3] = __builtin_shufflevector(b, d, 2, 3, 10, 11, 6, 7, 14, 15);
  } else {
    Register const a = __builtin_shufflevector(row[0], row[1], 0, 16, 2, 18, 4, 20, 6, 22, 8, 24,
                                               10, 26, 12, 28, 14, 30),
                   b = __builtin_shufflevector(row[0], row[1], 1, 17, 3, 19, 5, 21, 7, 23, 9, 25,
                                               11, 27, 13, 29, 15, 31),
                   c = __builtin_shufflevector(row[2], row[3], 0, 16, 2, 18, 4, 20, 6, 22, 8, 24,
                                               10, 26, 12, 28, 14, 30),
                   d = __builtin_shufflevector(row[2], row[3], 1, 17, 3, 19, 5, 21, 7, 23, 9, 25,
                                               11, 27, 13, 29, 15, 31);
    out[0] =
        __builtin_shufflevector(a, c, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
    out[1] =
        __builtin_shufflevector(b, d, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
    out[2] =
        __builtin_shufflevector(a, c, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
    out[3] =
        __builtin_shufflevector(b, d, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
  }
}

/// The quads of lanes in one register, those of lane k, k + 4, k + 8, ...
template <class Scalar, int n>
KOKKOS_FORCEINLINE_FUNCTION auto quads_of(Scalar const* const* from, std::size_t at) {
  if constexpr (n == 4) {
    return load_quad(from[0] + at);
  } else if constexpr (n == 8) {
    return __builtin_shufflevector(load_quad(from[0] + at), load_quad(from[4] + at), 0, 1, 2, 3, 4,
                                   5, 6, 7);
  } else {
    return __builtin_shufflevector(quads_of<Scalar, 8>(from, at), quads_of<Scalar, 8>(from + 8, at),
                                   0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  }
}

template <class Scalar, int n, bool native>
KOKKOS_FORCEINLINE_FUNCTION void load_quads(Scalar const* const* from, std::size_t at,
                                            Vector<Scalar, n, native> (&out)[4]) {
  if constexpr (!native) {
    typename Vector<Scalar, n, native>::Half low[4], high[4];
    load_quads(from, at, low);
    load_quads(from + n / 2, at, high);
    for (int p = 0; p < 4; ++p)
      out[p] = {low[p], high[p]};
  } else if constexpr (n >= 4) {
    typename Vector<Scalar, n, native>::Register row[4], transposed[4];
    for (int k = 0; k < 4; ++k)
      row[k] = quads_of<Scalar, n>(from + k, at);
    transpose_quads(row, transposed);
    for (int p = 0; p < 4; ++p)
      out[p].v = transposed[p];
  } else {
    static_assert(n == 2);
    for (int p = 0; p < 4; ++p)
      out[p].v = typename Vector<Scalar, n, native>::Register{from[0][at + p], from[1][at + p]};
  }
}

/// Sums of quads: those of lanes 0 .. 3 of row[0] .. row[3], then those of lanes 4 .. 7, ...
template <class Register> KOKKOS_FORCEINLINE_FUNCTION Register quad_sums(Register const (&row)[4]) {
  Register number[4];
  transpose_quads(row, number);
  return (number[0] + number[1]) + (number[2] + number[3]);
}

/// Sums of the lanes of eight values, for registers of eight or four numbers.
template <class Value> KOKKOS_FORCEINLINE_FUNCTION Value lane_sums_of_eight(Value const (&x)[8]) {
  using Storage = typename Value::storage;
  if constexpr (sizeof(Storage) == register_bytes) {
    typename Storage::Register v[2][4];
    for (int k = 0; k < 8; ++k)
      v[k / 4][k % 4] = x[k].v.v;
    auto const low = quad_sums(v[0]), high = quad_sums(v[1]);
    return Value(Storage(__builtin_shufflevector(low, high, 0, 1, 2, 3, 8, 9, 10, 11) +
                         __builtin_shufflevector(low, high, 4, 5, 6, 7, 12, 13, 14, 15)));
  } else {
    using Half = typename Storage::Half;
    typename Half::Register v[2][4];
    for (int k = 0; k < 8; ++k)
      v[k / 4][k % 4] = x[k].v.low.v + x[k].v.high.v;
    return Value(Storage(Half(quad_sums(v[0])), Half(quad_sums(v[1]))));
  }
}
#endif

} // namespace detail

/// Lane k of the result is the sum of the lanes of x[k].
template <class T> KOKKOS_FORCEINLINE_FUNCTION T lane_sums(T const (&x)[lane_width<T>]) {
#ifdef KOLACE_TRANSPOSES
  if constexpr (std::is_same_v<T, Pack> && detail::register_bytes >= 4 * sizeof(double))
    return detail::lane_sums_of_eight(x);
  else
#endif
  {
    T sums(0.);
    for (int k = 0; k < lane_width<T>; ++k)
      lane_set(sums, k, lane_sum(x[k]));
    return sums;
  }
}

/// Loads four adjacent numbers of each lane: lane i of out[p] becomes from[i][at + p].
template <class T>
KOKKOS_FORCEINLINE_FUNCTION void lane_load_quads(lane_scalar<T> const* const* from, std::size_t at,
                                                 T (&out)[4]) {
#ifdef KOLACE_TRANSPOSES
  if constexpr (lane_width < T >> 1) {
    typename T::storage numbers[4];
    detail::load_quads(from, at, numbers);
    for (int p = 0; p < 4; ++p)
      out[p] = T(numbers[p]);
  } else
#endif
    for (int p = 0; p < 4; ++p)
      for (int i = 0; i < lane_width<T>; ++i)
        lane_set(out[p], i, from[i][at + p]);
}

} // namespace kolace
