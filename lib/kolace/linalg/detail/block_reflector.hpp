#pragma once

#include <kolace/core/tuning.hpp>

#include <vector>

namespace kolace::detail {

/// The reflections that turn some columns of [R; rows] into R's, as one block on a host:
/// Q = I - V T V^T with V = (1; v), v where the rows were, T upper triangular
/// (Schreiber and Van Loan, SIAM J. Sci. Stat. Comput. 10, 53 (1989)).
class BlockReflector {
public:
  static constexpr int width = HostQrTuning::panel;

  /// Makes the reflections of `count` columns and what the columns become in R.
  /// 5 m width^2 FLOPs. The rows are only read; v is kept here.
  /// @param r the columns' part of R's diagonal, column-major, leading dimension ld_r
  /// @param rows [count][ld], of which the first m are meant
  /// @param count 1 to width
  void factorise(double* r, int ld_r, double const* rows, int ld, int m, int count);

  /// Applies Q^T to further columns: 4 m width FLOPs and 24 m bytes a column.
  /// @pre factorise() has made `width` reflections
  /// @param top the columns in the rows of R, column-major, leading dimension ld_r
  /// @param columns [count][ld]
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
  int stride_ = 0;               ///< of the columns of v; behind row m they are zero
  std::vector<Pack> v_;          ///< [width][stride / lanes]
  std::vector<Pack> across_;     ///< [n_blocks][m]: v of a row in the columns of a block
  Pack t_[width][n_blocks] = {}; ///< T row by row
  double r_[width][width] = {};  ///< [column][row]
};

} // namespace kolace::detail
