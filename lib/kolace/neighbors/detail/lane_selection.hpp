// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/lanes.hpp>

#if defined(KOLACE_VECTOR_EXTENSION) && defined(__AVX512VL__)
#include <immintrin.h>
#endif

/// @file
/// Selecting and counting lanes whose values (squared distances) are below a limit.

namespace kolace::detail {

/// Writes first + i to `out`, contiguously, for each lane i < n_lanes whose value is below `limit`;
/// all of out[0, width) may be overwritten.
/// @return number of lanes written
template <class T>
KOKKOS_FORCEINLINE_FUNCTION int select_below(T x, double limit, int n_lanes, int first, int* out) {
#if defined(KOLACE_VECTOR_EXTENSION) && defined(__AVX512VL__)
  if constexpr (sizeof(T) == sizeof(Pack)) {
    __mmask8 const valid = static_cast<__mmask8>(n_lanes < 8 ? (1 << n_lanes) - 1 : 255);
    __mmask8 const mask = _mm512_mask_cmp_pd_mask(valid, reinterpret_cast<__m512d const&>(x),
                                                  _mm512_set1_pd(limit), _CMP_LT_OQ);
    __m256i const index =
        _mm256_add_epi32(_mm256_set1_epi32(first), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), _mm256_maskz_compress_epi32(mask, index));
    return __builtin_popcount(mask);
  }
#endif
  int found = 0;
  for (int i = 0; i < static_cast<int>(sizeof(T) / sizeof(double)); ++i) {
    out[found] = first + i;
    found += i < n_lanes && lane_get(x, i) < limit;
  }
  return found;
}

/// The same for all lanes of x.
template <class T>
KOKKOS_FORCEINLINE_FUNCTION int select_below(T x, double limit, int first, int* out) {
  return select_below(x, limit, static_cast<int>(sizeof(T) / sizeof(double)), first, out);
}

/// Counts the lanes of several values that are below a limit, among all lanes or the first
/// `n_lanes` of each value.
template <class T> struct LaneCounter {
  static constexpr int width = sizeof(T) / sizeof(double);
  int count = 0;

  KOKKOS_FORCEINLINE_FUNCTION void add_below(T x, double limit, int n_lanes = width) {
    for (int i = 0; i < width; ++i)
      count += i < n_lanes && lane_get(x, i) < limit;
  }
  KOKKOS_FORCEINLINE_FUNCTION int total() const { return count; }
};

#if defined(KOLACE_VECTOR_EXTENSION) && !defined(__AVX512F__) && defined(__AVX__)
template <> struct LaneCounter<Pack> {
  using Half = Vector<double, 4>;
  Half::Bits low{}, high{};

  KOKKOS_FORCEINLINE_FUNCTION void add_below(Pack x, double limit) {
    low -= x.v.low.v < limit; // true is -1
    high -= x.v.high.v < limit;
  }
  KOKKOS_FORCEINLINE_FUNCTION void add_below(Pack x, double limit, int n_lanes) {
    Half::Bits const lane{0, 1, 2, 3};
    low -= (x.v.low.v < limit) & (lane < n_lanes);
    high -= (x.v.high.v < limit) & (lane < n_lanes - 4);
  }
  KOKKOS_FORCEINLINE_FUNCTION int total() const {
    Half::Bits const both = low + high;
    return static_cast<int>((both[0] + both[1]) + (both[2] + both[3]));
  }
};
#elif defined(KOLACE_VECTOR_EXTENSION) && defined(__AVX512F__)
template <> struct LaneCounter<Pack> {
  typedef long long Bits __attribute__((vector_size(64)));
  Bits counts{};

  KOKKOS_FORCEINLINE_FUNCTION void add_below(Pack x, double limit) {
    counts -= x.v.v < limit; // true is -1
  }
  KOKKOS_FORCEINLINE_FUNCTION void add_below(Pack x, double limit, int n_lanes) {
    Bits const lane{0, 1, 2, 3, 4, 5, 6, 7};
    counts -= (x.v.v < limit) & (lane < n_lanes);
  }
  KOKKOS_FORCEINLINE_FUNCTION int total() const {
    long long sum = 0;
    for (int i = 0; i < Pack::width; ++i)
      sum += counts[i];
    return static_cast<int>(sum);
  }
};
#endif

} // namespace kolace::detail
