#pragma once

#include <kolace/core/spaces.hpp>

/// @file Vector lanes: kernels are written once over a value type that is a short SIMD vector where
/// one core runs many lanes, and a plain double where each lane is a thread of its own.

namespace kolace {

#if defined(__GNUC__) && !defined(__CUDACC__) && !defined(__HIPCC__)
#define KOLACE_VECTOR_EXTENSION
#endif

/// Eight doubles with elementwise arithmetic.
struct alignas(64) Pack {
  static constexpr int width = 8;
#ifdef KOLACE_VECTOR_EXTENSION
  typedef double storage __attribute__((vector_size(64)));
  storage v;
  Pack() = default;
  KOKKOS_FORCEINLINE_FUNCTION Pack(double x) : v(x - storage{}) {}
  KOKKOS_FORCEINLINE_FUNCTION explicit Pack(storage x) : v(x) {}
  KOKKOS_FORCEINLINE_FUNCTION double operator[](int i) const {
    return v[i];
  }
  KOKKOS_FORCEINLINE_FUNCTION void set(int i, double x) {
    v[i] = x;
  }
  friend KOKKOS_FORCEINLINE_FUNCTION Pack operator+(Pack a, Pack b) {
    return Pack(a.v + b.v);
  }
  friend KOKKOS_FORCEINLINE_FUNCTION Pack operator-(Pack a, Pack b) {
    return Pack(a.v - b.v);
  }
  friend KOKKOS_FORCEINLINE_FUNCTION Pack operator*(Pack a, Pack b) {
    return Pack(a.v * b.v);
  }
  friend KOKKOS_FORCEINLINE_FUNCTION Pack operator/(Pack a, Pack b) {
    return Pack(a.v / b.v);
  }
  KOKKOS_FORCEINLINE_FUNCTION Pack operator-() const {
    return Pack(-v);
  }
#else
  double v[width];
  Pack() = default;
  KOKKOS_FORCEINLINE_FUNCTION Pack(double x) {
    for (int i = 0; i < width; ++i)
      v[i] = x;
  }
  KOKKOS_FORCEINLINE_FUNCTION double operator[](int i) const {
    return v[i];
  }
  KOKKOS_FORCEINLINE_FUNCTION void set(int i, double x) {
    v[i] = x;
  }
  friend KOKKOS_FORCEINLINE_FUNCTION Pack operator+(Pack a, Pack b) {
    for (int i = 0; i < width; ++i)
      a.v[i] += b.v[i];
    return a;
  }
  friend KOKKOS_FORCEINLINE_FUNCTION Pack operator-(Pack a, Pack b) {
    for (int i = 0; i < width; ++i)
      a.v[i] -= b.v[i];
    return a;
  }
  friend KOKKOS_FORCEINLINE_FUNCTION Pack operator*(Pack a, Pack b) {
    for (int i = 0; i < width; ++i)
      a.v[i] *= b.v[i];
    return a;
  }
  friend KOKKOS_FORCEINLINE_FUNCTION Pack operator/(Pack a, Pack b) {
    for (int i = 0; i < width; ++i)
      a.v[i] /= b.v[i];
    return a;
  }
  KOKKOS_FORCEINLINE_FUNCTION Pack operator-() const {
    return Pack(0.) - *this;
  }
#endif
  KOKKOS_FORCEINLINE_FUNCTION Pack& operator+=(Pack b) {
    return *this = *this + b;
  }
  KOKKOS_FORCEINLINE_FUNCTION Pack& operator*=(Pack b) {
    return *this = *this * b;
  }
};

/// Halves added to halves: short chains.
KOKKOS_FORCEINLINE_FUNCTION double lane_sum(Pack a) {
#if defined(KOLACE_VECTOR_EXTENSION) && __has_builtin(__builtin_shufflevector)
  typedef double Half __attribute__((vector_size(32)));
  typedef double Quarter __attribute__((vector_size(16)));
  Half const half =
      __builtin_shufflevector(a.v, a.v, 0, 1, 2, 3) + __builtin_shufflevector(a.v, a.v, 4, 5, 6, 7);
  Quarter const quarter =
      __builtin_shufflevector(half, half, 0, 1) + __builtin_shufflevector(half, half, 2, 3);
  return quarter[0] + quarter[1];
#else
  return ((a[0] + a[4]) + (a[2] + a[6])) + ((a[1] + a[5]) + (a[3] + a[7]));
#endif
}
KOKKOS_FORCEINLINE_FUNCTION double lane_sum(double a) {
  return a;
}

KOKKOS_FORCEINLINE_FUNCTION double lane_get(Pack a, int i) {
  return a[i];
}
KOKKOS_FORCEINLINE_FUNCTION double lane_get(double a, int) {
  return a;
}
KOKKOS_FORCEINLINE_FUNCTION void lane_set(Pack& a, int i, double x) {
  a.set(i, x);
}
KOKKOS_FORCEINLINE_FUNCTION void lane_set(double& a, int, double x) {
  a = x;
}

/// A value of type T at an address that is aligned for it.
template <class T> KOKKOS_FORCEINLINE_FUNCTION T lane_load(double const* p) {
  return *reinterpret_cast<T const*>(p);
}
template <class T> KOKKOS_FORCEINLINE_FUNCTION void lane_store(double* p, T x) {
  *reinterpret_cast<T*>(p) = x;
}

/// How a space's processor is addressed.
template <class Space> struct LaneTraits {
  /// Lanes one value of type `type` holds.
  static constexpr int width = is_host_space<Space> ? Pack::width : 1;
  using type = std::conditional_t<is_host_space<Space>, Pack, double>;
  /// Centres whose values lie side by side in memory: a vector, or a warp.
  static constexpr int block = is_host_space<Space> ? Pack::width : 32;
};

} // namespace kolace
