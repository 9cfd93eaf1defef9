#pragma once

#include <kolace/core/tuning.hpp>
#include <kolace/core/types.hpp>
#include <kolace/linalg/triangular_factor.hpp>

namespace kolace {

/// Rows folded into a triangular factor where they are: in TriangularFactor on a host, by
/// reflections in kernels on a device, which rows then never leave.
template <class Space> class RowFolder {
public:
  explicit RowFolder(int n_unknowns) : factor_(n_unknowns) {}

  /// Folds the first `m` of `rows` in; may destroy them. 2 m (n_unknowns + 1)^2 FLOPs. A few rows
  /// are kept until there are enough for a fold to be worth its passes over R.
  /// @param rows [>= m][n_unknowns + 1]
  void add_rows(Space const& space, Matrix<Space> const& rows, int m);

  /// The factor of all rows so far.
  TriangularFactor factor(Space const& space);

private:
  static constexpr int enough = Tuning<Space>::rows_worth_folding;

  void fold(Space const& space, Matrix<Space> const& rows, int m);

  TriangularFactor factor_; ///< on a host R, on a device only the number of rows
  Matrix<Space> r_;         ///< on a device
  Matrix<Space> kept_;      ///< [enough][n_unknowns + 1], not folded yet
  int n_kept_ = 0;
};

namespace detail {

/// Householder QR of R over the first m of `rows`, in kernels of any space: R is overwritten by the
/// new one, rows are destroyed. Works on panels (KernelQrTuning): each column takes two kernels
/// that read the panel once; the rest of the matrix is updated by two matrix products.
/// @param r [n][n], upper triangular; below the diagonal nothing is read or written
template <class Space>
void fold_in_kernels(Space const& space, Matrix<Space> const& r, Matrix<Space> const& rows, int m);

} // namespace detail
} // namespace kolace
