// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Core.hpp>

namespace kolace::detail {

/// I - tau v v^T with v = (1; scale · column) turns (alpha; column) into (beta; 0).
struct Reflection {
  double beta, tau, scale;

  /// @param below squared length of the column; 0: no reflection (tau = 0)
  KOKKOS_INLINE_FUNCTION static Reflection of(double alpha, double below) {
    if (!(below > 0))
      return {alpha, 0, 0};
    double const length = Kokkos::sqrt(alpha * alpha + below);
    double const beta = alpha >= 0 ? -length : length;
    return {beta, (beta - alpha) / beta, 1 / (alpha - beta)};
  }
};

} // namespace kolace::detail
