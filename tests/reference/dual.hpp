// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>

namespace kolace::oracle {

/// Dual number: value and derivative, value + slope · epsilon with epsilon^2 = 0.
struct Dual {
  double value = 0, slope = 0;
  Dual() = default;
  Dual(double v) : value(v) {}
  Dual(double v, double s) : value(v), slope(s) {}
  Dual& operator+=(Dual b) { return *this = {value + b.value, slope + b.slope}; }
};
inline Dual operator+(Dual a, Dual b) {
  return {a.value + b.value, a.slope + b.slope};
}
inline Dual operator-(Dual a, Dual b) {
  return {a.value - b.value, a.slope - b.slope};
}
inline Dual operator-(Dual a) {
  return {-a.value, -a.slope};
}
inline Dual operator*(Dual a, Dual b) {
  return {a.value * b.value, a.slope * b.value + a.value * b.slope};
}
inline Dual operator/(Dual a, Dual b) {
  return {a.value / b.value, (a.slope - a.value / b.value * b.slope) / b.value};
}
inline Dual sqrt(Dual a) {
  return {std::sqrt(a.value), a.slope / (2 * std::sqrt(a.value))};
}
inline Dual exp(Dual a) {
  return {std::exp(a.value), a.slope * std::exp(a.value)};
}
inline Dual cos(Dual a) {
  return {std::cos(a.value), -a.slope * std::sin(a.value)};
}
inline Dual sin(Dual a) {
  return {std::sin(a.value), a.slope * std::cos(a.value)};
}
inline Dual pow(Dual a, double p) {
  return {std::pow(a.value, p), a.slope * p * std::pow(a.value, p - 1)};
}

/// Complex number over T.
template <class T> struct Complex { T re{}, im{}; };
template <class T> Complex<T> operator*(Complex<T> a, Complex<T> b) {
  return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}
template <class T> Complex<T> operator+(Complex<T> a, Complex<T> b) {
  return {a.re + b.re, a.im + b.im};
}
template <class T> Complex<T> operator*(T s, Complex<T> a) {
  return {s * a.re, s * a.im};
}

} // namespace kolace::oracle
