// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/types.hpp>

namespace kolace::detail {

/// QR updates by Cholesky factors, for devices: a few large matrix products in place of two kernels
/// per column.
///
/// Preconditioned by the factor so far. P is R with diagonal entries that are at least rounding
/// errors of their column, and Z = [R; rows] P^-1. Since R already holds rows like the new ones,
/// Z is well conditioned at any condition of R: Z^T Z = C^T C loses no digits, and C P is the new
/// factor. Rows with directions that R lacks (the first ones, other kinds of structures) make Z
/// ill-conditioned; they are left to Householder reflections, after which R holds them.
template <class Space> class CholeskyQr {
public:
  /// Updates R with the first m of `rows`. 2.2 (m + n) n^2 + 3 n^3 FLOPs in about 5 n / 32 kernels.
  /// Waits for the result.
  /// @param r [n][n], upper triangular; entries below the diagonal are neither read nor written
  /// @param rows [>= m][n], left unchanged
  /// @return false, with r unchanged, if Z is too ill-conditioned
  bool update(Space const& space, Matrix<Space> const& r, Matrix<Space> const& rows, int m);

  /// Smallest pivot of Z^T Z, relative to its diagonal entry, that an update accepts. Pivots have
  /// relative errors of n · 2e-16 over this share.
  static constexpr double least_pivot = 1e-4;

private:
  void allocate(Space const& space, int n, int m);
  void precondition(Space const& space, Matrix<Space> const& r, Matrix<Space> const& rows, int m);
  void solve_rows(Space const& space);
  void multiply_columns(Space const& space);
  double factorize(Space const& space);

  Matrix<Space> z_, z_memory_;    ///< [n + m][n], a part of [>= n + m][n]
  Matrix<Space> p_, gram_;        ///< [n][n]; gram_ becomes C
  Matrix<Space> product_;         ///< [n][n] C P
  Array<double, Space> diagonal_; ///< [n] of Z^T Z
  Array<double, Space> worst_;    ///< [1] smallest relative pivot
};

} // namespace kolace::detail
