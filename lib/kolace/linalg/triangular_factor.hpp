// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

namespace kolace {

/// R of a QR factorization of rows [A | y]: upper triangular, column-major, n + 1 columns.
///
/// Holds all that least squares needs from the rows: |A c - y| = |R (c, -1)|. Rows are added by QR
/// updates with Householder reflections and not stored. Memory: (n + 1)^2 doubles.
class TriangularFactor {
public:
  TriangularFactor() = default;
  /// A factor without rows, for n unknowns and one target.
  explicit TriangularFactor(int n_unknowns);

  /// Number of columns before the target, n; -1 for a default-constructed object.
  int n_unknowns() const { return n_ - 1; }
  /// Number of rows added so far, or the number set last.
  long n_rows() const { return n_rows_; }
  /// True if n_rows() is 0; merge() ignores such a factor.
  bool empty() const { return n_rows_ == 0; }

  /// QR update with m rows; destroys them. 2 m (n + 1)^2 FLOPs.
  /// @param rows column-major, n + 1 columns, leading dimension ld >= m
  void add_rows(double* rows, int m, int ld);

  /// QR update with the rows of another factor, multiplied by `scale`.
  void merge(TriangularFactor const& other, double scale = 1);

  /// Adds lambda times the squares of the first n unknowns to the sum of squares. @pre lambda >= 0
  void add_ridge(double lambda, int n);

  /// Adds sum_i weights[i] c_i^2 to the sum of squares; n_rows() does not change.
  /// @param weights [n_unknowns], non-negative
  void add_penalty(std::vector<double> const& weights);

  /// The factor of the same rows restricted to these columns, in this order. Leading columns 0, 1,
  /// 2, ... cost only a copy, others one QR of an (n + 1) x (k + 1) matrix.
  TriangularFactor select(std::vector<int> const& columns) const;

  /// R without its first `first` rows and columns: the problem that remains when the first unknowns
  /// are eliminated.
  TriangularFactor trailing(int first) const;

  /// |A c - y|^2 of all rows.
  double residual_square(std::vector<double> const& coefficients) const;

  /// True if the column of this unknown is zero: no row depends on it.
  bool is_zero_column(int unknown) const;

  /// True if all entries are finite. A single row that overflows makes the factor unusable.
  bool is_finite() const;

  /// Entry (i, j) of R, i <= j; column n is the target.
  double operator()(int i, int j) const { return r_[static_cast<std::size_t>(j) * n_ + i]; }
  /// R, column-major [n + 1][n + 1] with zeros below the diagonal.
  std::vector<double> const& data() const { return r_; }
  /// The same for writing, e.g. to scale R or to read it from a file; n_rows() does not change.
  std::vector<double>& data() { return r_; }
  /// Sets the number of rows, e.g. to leave out rows of zeros or of a prior.
  void set_n_rows(long n) { n_rows_ = n; }

private:
  int n_ = 0; ///< columns, including the target
  long n_rows_ = 0;
  std::vector<double> r_; ///< [n_][n_], zero below the diagonal
};

/// R (c, -1) = R c - y: [n_unknowns + 1] numbers whose squares sum to |A c - y|^2.
std::vector<double> residual(TriangularFactor const& factor,
                             std::vector<double> const& coefficients);

/// Least-squares solution of a factor.
struct Solution {
  std::vector<double> coefficients;    ///< [n_unknowns]
  int rank = 0;                        ///< number of singular values above the cutoff
  double condition = 0;                ///< largest / smallest singular value above the cutoff
  std::vector<double> singular_values; ///< of R without the target, descending
};

/// Minimum-norm least squares by the singular values of R; those below relative_cutoff · largest
/// are treated as zero. Columns of zeros get coefficients of exactly 0.
///
/// With the default cutoff, eps · n, directions below the cutoff are kept if they lower the loss,
/// so that a larger model is never worse than a smaller one.
/// @param relative_cutoff negative: use the default
Solution solve_least_squares(TriangularFactor const& factor, double relative_cutoff = -1);

/// Solves R c = y by back substitution: least squares for a factor of full rank, such as one with a
/// penalty on every unknown. A zero right-hand side gives 0 even on a zero pivot.
std::vector<double> solve_triangle(TriangularFactor const& factor);

} // namespace kolace
