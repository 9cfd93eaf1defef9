// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/spaces.hpp>

#include <cstddef>
#include <type_traits>

/// @file
/// Vector lanes. Kernels are written once over a value type: a short SIMD vector (Pack) on a
/// host, where one core processes many lanes, and a plain number on a device, where each lane has
/// its own thread.

#if defined(__GNUC__) && !defined(__CUDACC__) && !defined(__HIPCC__)
#define KOLACE_VECTOR_EXTENSION
#endif

namespace kolace {

#ifdef KOLACE_VECTOR_EXTENSION
namespace detail {

#ifdef __AVX512F__
inline constexpr int register_bytes = 64;
#elif defined(__AVX__)
inline constexpr int register_bytes = 32;
#else
inline constexpr int register_bytes = 16;
#endif

/// Register types by scalar and bytes, spelled out because the attribute does not accept a template
/// argument. `exponent_bias` and `mantissa_bits` are those of the scalar.
template <class Scalar, int bytes> struct RegisterOf;
#define KOLACE_REGISTER(bytes)                                                                     \
  template <> struct RegisterOf<double, bytes> {                                                   \
    typedef double values __attribute__((vector_size(bytes)));                                     \
    typedef long long integers __attribute__((vector_size(bytes)));                                \
    typedef int counts __attribute__((vector_size((bytes) / 2)));                                  \
    static constexpr int exponent_bias = 1023, mantissa_bits = 52;                                 \
  };                                                                                               \
  template <> struct RegisterOf<float, bytes> {                                                    \
    typedef float values __attribute__((vector_size(bytes)));                                      \
    typedef int integers __attribute__((vector_size(bytes)));                                      \
    typedef int counts __attribute__((vector_size(bytes)));                                        \
    static constexpr int exponent_bias = 127, mantissa_bits = 23;                                  \
  };
KOLACE_REGISTER(16)
KOLACE_REGISTER(32)
KOLACE_REGISTER(64)
#undef KOLACE_REGISTER

/// n numbers in as many registers as they need. The compiler would keep a vector wider than the
/// processor's registers in memory, and copy it through the stack in pieces of 16 bytes; reading
/// these pieces back into registers stalls. Copies are therefore made register by register.
template <class Scalar, int n, bool native = (n * int(sizeof(Scalar)) <= register_bytes)>
struct Vector {
  using Half = Vector<Scalar, n / 2>;
  Half low, high;

  Vector() = default;
  KOKKOS_FORCEINLINE_FUNCTION Vector(Vector const& other) : low(other.low), high(other.high) {}
  KOKKOS_FORCEINLINE_FUNCTION Vector& operator=(Vector const& other) {
    low = other.low;
    high = other.high;
    return *this;
  }
  KOKKOS_FORCEINLINE_FUNCTION explicit Vector(Scalar x) : low(x), high(x) {}
  KOKKOS_FORCEINLINE_FUNCTION Vector(Half a, Half b) : low(a), high(b) {}
  static KOKKOS_FORCEINLINE_FUNCTION Vector load(Scalar const* p) {
    return {Half::load(p), Half::load(p + n / 2)};
  }
  KOKKOS_FORCEINLINE_FUNCTION void store(Scalar* p) const {
    low.store(p);
    high.store(p + n / 2);
  }
  KOKKOS_FORCEINLINE_FUNCTION Scalar operator[](int i) const {
    return i < n / 2 ? low[i] : high[i - n / 2];
  }
  KOKKOS_FORCEINLINE_FUNCTION void set(int i, Scalar x) {
    if (i < n / 2)
      low.set(i, x);
    else
      high.set(i - n / 2, x);
  }
  friend KOKKOS_FORCEINLINE_FUNCTION Vector operator+(Vector a, Vector b) {
    return {a.low + b.low, a.high + b.high};
  }
  friend KOKKOS_FORCEINLINE_FUNCTION Vector operator-(Vector a, Vector b) {
    return {a.low - b.low, a.high - b.high};
  }
  friend KOKKOS_FORCEINLINE_FUNCTION Vector operator*(Vector a, Vector b) {
    return {a.low * b.low, a.high * b.high};
  }
  friend KOKKOS_FORCEINLINE_FUNCTION Vector operator/(Vector a, Vector b) {
    return {a.low / b.low, a.high / b.high};
  }
  KOKKOS_FORCEINLINE_FUNCTION Vector operator-() const { return {-low, -high}; }
  /// 2^k for the integers k in the low bits of x + 1.5 · 2^mantissa_bits.
  KOKKOS_FORCEINLINE_FUNCTION Vector power_of_two() const {
    return {low.power_of_two(), high.power_of_two()};
  }
  /// Integer part of min(x, most), or of `most` if x is not a number; also stored as int.
  KOKKOS_FORCEINLINE_FUNCTION Vector truncated(Scalar most, int* out) const {
    return {low.truncated(most, out), high.truncated(most, out + n / 2)};
  }
  KOKKOS_FORCEINLINE_FUNCTION Scalar sum() const { return (low + high).sum(); }
};

template <class Scalar, int n> struct Vector<Scalar, n, true> {
  using Kind = RegisterOf<Scalar, n* int(sizeof(Scalar))>;
  using Register = typename Kind::values;
  using Bits = typename Kind::integers;
  Register v;

  Vector() = default;
  KOKKOS_FORCEINLINE_FUNCTION explicit Vector(Scalar x) : v(x - Register{}) {}
  KOKKOS_FORCEINLINE_FUNCTION explicit Vector(Register x) : v(x) {}
  static KOKKOS_FORCEINLINE_FUNCTION Vector load(Scalar const* p) {
    Vector x;
    __builtin_memcpy(&x.v, p, sizeof(Register));
    return x;
  }
  KOKKOS_FORCEINLINE_FUNCTION void store(Scalar* p) const {
    __builtin_memcpy(p, &v, sizeof(Register));
  }
  KOKKOS_FORCEINLINE_FUNCTION Scalar operator[](int i) const { return v[i]; }
  KOKKOS_FORCEINLINE_FUNCTION void set(int i, Scalar x) { v[i] = x; }
  friend KOKKOS_FORCEINLINE_FUNCTION Vector operator+(Vector a, Vector b) {
    return Vector(a.v + b.v);
  }
  friend KOKKOS_FORCEINLINE_FUNCTION Vector operator-(Vector a, Vector b) {
    return Vector(a.v - b.v);
  }
  friend KOKKOS_FORCEINLINE_FUNCTION Vector operator*(Vector a, Vector b) {
    return Vector(a.v * b.v);
  }
  friend KOKKOS_FORCEINLINE_FUNCTION Vector operator/(Vector a, Vector b) {
    return Vector(a.v / b.v);
  }
  KOKKOS_FORCEINLINE_FUNCTION Vector operator-() const { return Vector(-v); }
  KOKKOS_FORCEINLINE_FUNCTION Vector power_of_two() const {
    return Vector(reinterpret_cast<Register>((reinterpret_cast<Bits>(v) + Kind::exponent_bias)
                                             << Kind::mantissa_bits));
  }
  KOKKOS_FORCEINLINE_FUNCTION Vector truncated(Scalar most, int* out) const {
    Register const limit = Vector(most).v;
    auto const count = __builtin_convertvector(v < limit ? v : limit, typename Kind::counts);
    __builtin_memcpy(out, &count, sizeof count);
    return Vector(__builtin_convertvector(count, Register));
  }
  /// Sum of all lanes, formed by adding halves so that dependency chains stay short.
  KOKKOS_FORCEINLINE_FUNCTION Scalar sum() const {
    if constexpr (n * sizeof(Scalar) == 16) {
      Scalar total = v[0] + v[1];
      for (int i = 2; i < n; i += 2)
        total += v[i] + v[i + 1];
      return total;
    } else {
      Vector<Scalar, n / 2, true> low, high;
      __builtin_memcpy(&low, &v, sizeof low);
      __builtin_memcpy(&high, reinterpret_cast<char const*>(&v) + sizeof low, sizeof high);
      return (low + high).sum();
    }
  }
};

} // namespace detail
#endif

/// False if a Pack takes several registers; kernels then keep fewer Packs at a time.
#ifdef KOLACE_VECTOR_EXTENSION
inline constexpr bool packs_fit_registers = detail::register_bytes >= 64;
#else
inline constexpr bool packs_fit_registers = true;
#endif

/// 64 bytes of numbers with elementwise arithmetic.
template <class Number> struct alignas(64) BasicPack {
  using Scalar = Number;
  static constexpr int width = 64 / sizeof(Scalar);
#ifdef KOLACE_VECTOR_EXTENSION
  using storage = detail::Vector<Scalar, width>;
  storage v;
  BasicPack() = default;
  KOKKOS_FORCEINLINE_FUNCTION BasicPack(Scalar x) : v(x) {}
  KOKKOS_FORCEINLINE_FUNCTION explicit BasicPack(storage x) : v(x) {}
  KOKKOS_FORCEINLINE_FUNCTION Scalar operator[](int i) const {
    return v[i];
  }
  KOKKOS_FORCEINLINE_FUNCTION void set(int i, Scalar x) {
    v.set(i, x);
  }
  friend KOKKOS_FORCEINLINE_FUNCTION BasicPack operator+(BasicPack a, BasicPack b) {
    return BasicPack(a.v + b.v);
  }
  friend KOKKOS_FORCEINLINE_FUNCTION BasicPack operator-(BasicPack a, BasicPack b) {
    return BasicPack(a.v - b.v);
  }
  friend KOKKOS_FORCEINLINE_FUNCTION BasicPack operator*(BasicPack a, BasicPack b) {
    return BasicPack(a.v * b.v);
  }
  friend KOKKOS_FORCEINLINE_FUNCTION BasicPack operator/(BasicPack a, BasicPack b) {
    return BasicPack(a.v / b.v);
  }
  KOKKOS_FORCEINLINE_FUNCTION BasicPack operator-() const {
    return BasicPack(-v);
  }
#else
  Scalar v[width];
  BasicPack() = default;
  KOKKOS_FORCEINLINE_FUNCTION BasicPack(Scalar x) {
    for (int i = 0; i < width; ++i)
      v[i] = x;
  }
  KOKKOS_FORCEINLINE_FUNCTION Scalar operator[](int i) const {
    return v[i];
  }
  KOKKOS_FORCEINLINE_FUNCTION void set(int i, Scalar x) {
    v[i] = x;
  }
  friend KOKKOS_FORCEINLINE_FUNCTION BasicPack operator+(BasicPack a, BasicPack b) {
    for (int i = 0; i < width; ++i)
      a.v[i] += b.v[i];
    return a;
  }
  friend KOKKOS_FORCEINLINE_FUNCTION BasicPack operator-(BasicPack a, BasicPack b) {
    for (int i = 0; i < width; ++i)
      a.v[i] -= b.v[i];
    return a;
  }
  friend KOKKOS_FORCEINLINE_FUNCTION BasicPack operator*(BasicPack a, BasicPack b) {
    for (int i = 0; i < width; ++i)
      a.v[i] *= b.v[i];
    return a;
  }
  friend KOKKOS_FORCEINLINE_FUNCTION BasicPack operator/(BasicPack a, BasicPack b) {
    for (int i = 0; i < width; ++i)
      a.v[i] /= b.v[i];
    return a;
  }
  KOKKOS_FORCEINLINE_FUNCTION BasicPack operator-() const {
    return BasicPack(Scalar(0)) - *this;
  }
#endif
  KOKKOS_FORCEINLINE_FUNCTION BasicPack& operator+=(BasicPack b) {
    return *this = *this + b;
  }
  KOKKOS_FORCEINLINE_FUNCTION BasicPack& operator*=(BasicPack b) {
    return *this = *this * b;
  }
};

using Pack = BasicPack<double>;     ///< eight doubles
using FloatPack = BasicPack<float>; ///< sixteen floats

namespace detail {
template <class T> struct LaneType {
  using Scalar = T;
  static constexpr int width = 1;
};
template <class Number> struct LaneType<BasicPack<Number>> {
  using Scalar = Number;
  static constexpr int width = BasicPack<Number>::width;
};
} // namespace detail

/// Type and number of the lanes of a value.
template <class T> using lane_scalar = typename detail::LaneType<T>::Scalar;
template <class T> inline constexpr int lane_width = detail::LaneType<T>::width;

/// Sum of all lanes, formed by adding halves so that dependency chains stay short.
template <class Number> KOKKOS_FORCEINLINE_FUNCTION Number lane_sum(BasicPack<Number> a) {
#ifdef KOLACE_VECTOR_EXTENSION
  return a.v.sum();
#else
  for (int half = BasicPack<Number>::width / 2; half > 0; half /= 2)
    for (int i = 0; i < half; ++i)
      a.v[i] += a.v[i + half];
  return a.v[0];
#endif
}
KOKKOS_FORCEINLINE_FUNCTION double lane_sum(double a) {
  return a;
}
KOKKOS_FORCEINLINE_FUNCTION float lane_sum(float a) {
  return a;
}

template <class Number> KOKKOS_FORCEINLINE_FUNCTION Number lane_get(BasicPack<Number> a, int i) {
  return a[i];
}
KOKKOS_FORCEINLINE_FUNCTION double lane_get(double a, int) {
  return a;
}
KOKKOS_FORCEINLINE_FUNCTION float lane_get(float a, int) {
  return a;
}
template <class Number>
KOKKOS_FORCEINLINE_FUNCTION void lane_set(BasicPack<Number>& a, int i,
                                          typename BasicPack<Number>::Scalar x) {
  a.set(i, x);
}
KOKKOS_FORCEINLINE_FUNCTION void lane_set(double& a, int, double x) {
  a = x;
}
KOKKOS_FORCEINLINE_FUNCTION void lane_set(float& a, int, float x) {
  a = x;
}

/// Loads a T from an address aligned for T; lane_store stores one.
template <class T> KOKKOS_FORCEINLINE_FUNCTION T lane_load(lane_scalar<T> const* p) {
#ifdef KOLACE_VECTOR_EXTENSION
  if constexpr (lane_width < T >> 1)
    return T(T::storage::load(static_cast<lane_scalar<T> const*>(__builtin_assume_aligned(p, 64))));
  else
#endif
    return *reinterpret_cast<T const*>(p);
}
template <class T> KOKKOS_FORCEINLINE_FUNCTION void lane_store(lane_scalar<T>* p, T x) {
#ifdef KOLACE_VECTOR_EXTENSION
  if constexpr (lane_width < T >> 1)
    x.v.store(static_cast<lane_scalar<T>*>(__builtin_assume_aligned(p, 64)));
  else
#endif
    *reinterpret_cast<T*>(p) = x;
}

/// Loads a T from an address aligned for its lanes only; lane_store_unaligned stores one.
template <class T> KOKKOS_FORCEINLINE_FUNCTION T lane_load_unaligned(lane_scalar<T> const* p) {
#ifdef KOLACE_VECTOR_EXTENSION
  if constexpr (lane_width < T >> 1)
    return T(T::storage::load(p));
  else
#endif
  {
    T x(0.);
    for (int i = 0; i < lane_width<T>; ++i)
      lane_set(x, i, p[i]);
    return x;
  }
}

template <class T> KOKKOS_FORCEINLINE_FUNCTION void lane_store_unaligned(lane_scalar<T>* p, T x) {
#ifdef KOLACE_VECTOR_EXTENSION
  if constexpr (lane_width < T >> 1)
    x.v.store(p);
  else
#endif
    for (int i = 0; i < lane_width<T>; ++i)
      p[i] = lane_get(x, i);
}

/// Integer part of min(x, most) of each lane, or of `most` if x is not a number; also stored as
/// int.
/// @pre x >= 0 or not a number
template <class T>
KOKKOS_FORCEINLINE_FUNCTION T lane_truncate(T x, lane_scalar<T> most, int (&out)[lane_width<T>]) {
#ifdef KOLACE_VECTOR_EXTENSION
  if constexpr (lane_width < T >> 1)
    return T(x.v.truncated(most, out));
  else
#endif
  {
    T whole(0.);
    for (int i = 0; i < lane_width<T>; ++i) {
      out[i] = static_cast<int>(lane_get(x, i) < most ? lane_get(x, i) : most);
      lane_set(whole, i, static_cast<lane_scalar<T>>(out[i]));
    }
    return whole;
  }
}

/// Prefetches memory into the caches of a host; does nothing on a device.
KOKKOS_FORCEINLINE_FUNCTION void prefetch(double const* p) {
#ifdef KOLACE_VECTOR_EXTENSION
  __builtin_prefetch(p);
#else
  static_cast<void>(p);
#endif
}

/// Value type and block size of an execution space.
template <class Space, class Scalar = double> struct LaneTraits {
  using type = std::conditional_t<tuned_as_host<Space>, BasicPack<Scalar>, Scalar>;
  /// Number of lanes in one value of type `type`.
  static constexpr int width = lane_width<type>;
  /// Number of centers whose values are adjacent in memory: one pack on a host, one warp on a
  /// device.
  static constexpr int block = tuned_as_host<Space> ? width : 32;
};

/// One column of a table whose rows are `stride` scalars apart: entry k is the T (its lanes) in row
/// k. Cheap to copy.
template <class T, int stride> class LaneColumn {
public:
  using Scalar = lane_scalar<T>;
  LaneColumn() = default;
  /// @param first address of entry 0, aligned for T
  KOKKOS_FORCEINLINE_FUNCTION explicit LaneColumn(Scalar* first) : first_(first) {}

  KOKKOS_FORCEINLINE_FUNCTION T operator[](int k) const {
    return lane_load<T>(first_ + static_cast<std::ptrdiff_t>(k) * stride);
  }
  KOKKOS_FORCEINLINE_FUNCTION void set(int k, T const& x) const {
    lane_store(first_ + static_cast<std::ptrdiff_t>(k) * stride, x);
  }
  KOKKOS_FORCEINLINE_FUNCTION void add(int k, T const& x) const { set(k, (*this)[k] + x); }
  /// The first lane of row k.
  KOKKOS_FORCEINLINE_FUNCTION Scalar& lane(int k) const {
    return first_[static_cast<std::ptrdiff_t>(k) * stride];
  }

  /// The same column, starting at row k.
  KOKKOS_FORCEINLINE_FUNCTION LaneColumn from(int k) const {
    return LaneColumn(first_ + static_cast<std::ptrdiff_t>(k) * stride);
  }
  /// The column that starts `lane` scalars further along the same rows.
  KOKKOS_FORCEINLINE_FUNCTION LaneColumn at(int lane) const { return LaneColumn(first_ + lane); }

private:
  Scalar* first_ = nullptr;
};

} // namespace kolace
