// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <limits>

/// @file
/// Tolerances shared by several tests, relative to the largest number of the same kind unless
///   stated otherwise.
namespace kolace::test::tolerance {

inline constexpr double epsilon = std::numeric_limits<double>::epsilon();

/// Closed formulas with a few operations.
inline constexpr double formula = 64 * epsilon;
/// Recurrences up to degree 45 compared with trigonometric formulas: the error grows as the square
/// of the degree.
inline constexpr double recurrence = 1e-11;
/// Coupling coefficients: sums of factorials in extended precision.
inline constexpr double coupling = 1e-13;
/// Kernels compared with the sequential oracle: sums of about 1e4 products.
inline constexpr double oracle = 1e-11;
/// The same sums in another order (threads, batches, spaces).
inline constexpr double reordering = 1e-12;
/// Values of the ML-PACE evaluator, printed with nine decimals.
inline constexpr double ml_pace = 1e-7;
inline constexpr double ml_pace_digits = 1e-9; ///< absolute
/// Neighbor distances: one rounding per coordinate at a magnitude of about 100 A; absolute, in A.
inline constexpr double position = 1e-11;
/// Loss of fits whose matrices have condition 1e12.
inline constexpr double loss = 1e-6;
/// Errors of such fits: four digits.
inline constexpr double four_digits = 1e-4;

} // namespace kolace::test::tolerance
