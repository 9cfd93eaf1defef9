// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/tuning.hpp>
#include <kolace/core/types.hpp>
#include <kolace/linalg/detail/cholesky_qr.hpp>
#include <kolace/linalg/triangular_factor.hpp>

namespace kolace {

/// Accumulates rows into a triangular factor by QR updates where the rows are: on a host with
/// TriangularFactor, on a device with CholeskyQr or, where its matrix is too ill-conditioned, with
/// Householder kernels (qr_update_in_kernels). Rows never leave the device.
template <class Space> class StreamingQr {
public:
  explicit StreamingQr(int n_unknowns) : factor_(n_unknowns) {}

  /// Adds the first `m` of `rows` by a QR update; may destroy them. 2 m (n_unknowns + 1)^2 FLOPs.
  /// Small batches are collected until they justify the passes over R.
  /// @param rows [>= m][n_unknowns + 1]
  void add_rows(Space const& space, Matrix<Space> const& rows, int m);

  /// The factor of all rows so far.
  TriangularFactor factor(Space const& space);

private:
  static constexpr int enough = Tuning<Space>::qr_update_rows;

  void update(Space const& space, Matrix<Space> const& rows, int m);

  TriangularFactor factor_; ///< R on a host; only the number of rows on a device
  Matrix<Space> r_;         ///< R on a device
  detail::CholeskyQr<Space> cholesky_;
  Matrix<Space> kept_; ///< [enough][n_unknowns + 1] rows of the next QR update
  int n_kept_ = 0;
};

namespace detail {

/// QR update of R with the first m of `rows` by Householder reflections, in kernels of any space: R
/// is overwritten, the rows are destroyed. Works on panels of columns (KernelQrTuning): each column
/// takes two kernels, which read the panel once; two matrix products update the rest of the matrix.
/// @param r [n][n], upper triangular; entries below the diagonal are neither read nor written
template <class Space>
void qr_update_in_kernels(Space const& space, Matrix<Space> const& r, Matrix<Space> const& rows,
                          int m);

} // namespace detail
} // namespace kolace
