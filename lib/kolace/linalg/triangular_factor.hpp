#pragma once

#include <vector>

namespace kolace {

/// R of a QR factorisation of rows [A | y]: upper triangular, column-major, (n + 1) columns.
///
/// Holds all that least squares needs of the rows: |A c - y| = |R (c, -1)|. Rows are folded in by
/// Householder reflections; nothing else of them is kept. Memory (n + 1)^2 doubles.
class TriangularFactor {
public:
  TriangularFactor() = default;
  /// Zero rows of n unknowns and one target.
  explicit TriangularFactor(int n_unknowns);

  int n_unknowns() const { return n_ - 1; }
  long n_rows() const { return n_rows_; }
  bool empty() const { return n_rows_ == 0; }

  /// Folds m rows in; destroys them. 2 m (n + 1)^2 FLOPs.
  /// @param rows column-major, n + 1 columns, leading dimension ld >= m
  void add_rows(double* rows, int m, int ld);

  /// Folds another factor's rows in, scaled.
  void merge(TriangularFactor const& other, double scale = 1);

  /// Adds lambda times the squares of the first n unknowns to the sum of squares. @pre lambda >= 0
  void add_ridge(double lambda, int n);

  /// Adds sum_i weights[i] c_i^2 to the sum of squares; the number of rows stays.
  /// @param weights [n_unknowns], not negative
  void add_penalty(std::vector<double> const& weights);

  /// The factor of the same rows with these columns alone, in this order. Leading columns
  /// 0, 1, 2, ... cost nothing but the copy; others one QR of an n x k matrix.
  TriangularFactor select(std::vector<int> const& columns) const;

  /// The rows of R behind the first `first` ones, unknowns and target behind `first`: the problem
  /// that is left once the first unknowns are eliminated.
  TriangularFactor trailing(int first) const;

  /// |A c - y|^2 of all rows.
  double residual_square(std::vector<double> const& coefficients) const;

  /// Is every row zero there: does nothing depend on this unknown?
  bool is_zero_column(int unknown) const;

  /// Are all entries finite? Rows that overflow spoil a factor for good.
  bool is_finite() const;

  /// Entry (i, j) of R, i <= j; column n is the target.
  double operator()(int i, int j) const { return r_[static_cast<std::size_t>(j) * n_ + i]; }
  std::vector<double> const& data() const { return r_; }
  std::vector<double>& data() { return r_; }
  void set_n_rows(long n) { n_rows_ = n; }

private:
  int n_ = 0; ///< columns, the target's included
  long n_rows_ = 0;
  std::vector<double> r_; ///< [n_][n_]; below the diagonal zero
};

/// (c, -1) R: R c - y, [n_unknowns + 1] numbers whose squares sum to |A c - y|^2.
std::vector<double> residual(TriangularFactor const& factor,
                             std::vector<double> const& coefficients);

/// Least-squares solution of a factor.
struct Solution {
  std::vector<double> coefficients;
  int rank = 0;
  double condition = 0;                ///< largest over smallest singular value that counts
  std::vector<double> singular_values; ///< of R without the target, descending
};

/// Minimum-norm least squares by the singular values of R; those below
/// relative_cutoff · largest count as zero. Columns of zeros get coefficients of exactly 0.
///
/// With the default cutoff, eps · n, the directions below it are looked at again where there are
/// any, and kept where the loss falls by them: a larger model is not worse than a smaller one.
/// @param relative_cutoff negative: the default
Solution solve_least_squares(TriangularFactor const& factor, double relative_cutoff = -1);

/// Solves R c = y by back substitution: least squares of a factor of full rank, such as one with a
/// penalty on every unknown.
std::vector<double> solve_triangle(TriangularFactor const& factor);

} // namespace kolace
