// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/tuning.hpp>

#include <vector>

namespace kolace::detail {

/// Householder reflections that eliminate a panel of columns from the rows of [R; rows], as one
/// block on a host: Q = I - V T V^T with V = (1; v), v in place of the rows, T upper triangular
/// (Schreiber and Van Loan, SIAM J. Sci. Stat. Comput. 10, 53 (1989)).
class BlockReflector {
public:
  static constexpr int width = HostQrTuning::panel;

  /// Computes the reflections of `count` columns and updates these columns of R. 5 m width^2 FLOPs.
  /// The rows are only read; v is stored here.
  /// @param r diagonal block of R in these columns, column-major, leading dimension ld_r
  /// @param rows [count][ld], column-major; the first m entries of each column are used
  /// @param count 1 to width
  void factorize(double* r, int ld_r, double const* rows, int ld, int m, int count);

  /// Applies Q^T to further columns: 4 m width FLOPs and 24 m bytes per column.
  /// @pre factorize() has computed `width` reflections
  /// @param top the columns in the panel's rows of R, column-major, leading dimension ld_r
  /// @param columns the columns in the rows, [count][ld]
  void apply(double* top, int ld_r, double* columns, int ld, int count) const;

private:
  static constexpr int lanes = Pack::width;
  static constexpr int n_blocks = width / lanes;

  struct Columns {
    double* top;
    int ld_r;
    double* rows;
    int ld, count;
  };

  void reflect_block(int block);
  void join(int block);
  void apply_blocks(int begin, int end, Columns const& columns) const;

  double* column(int k) {
    return reinterpret_cast<double*>(v_.data()) + static_cast<std::size_t>(k) * stride_;
  }

  int m_ = 0;
  int stride_ = 0;               ///< distance between columns of v, which are zero from row m on
  std::vector<Pack> v_;          ///< [width][stride / lanes]
  std::vector<Pack> across_;     ///< [n_blocks][m]: row of v in the columns of a block
  Pack t_[width][n_blocks] = {}; ///< T row by row
  double r_[width][width] = {};  ///< [column][row]
};

} // namespace kolace::detail
