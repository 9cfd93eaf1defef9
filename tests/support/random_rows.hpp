// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/linalg/triangular_factor.hpp>

#include <Eigen/Dense>

#include <algorithm>
#include <cmath>
#include <cstdlib>

/// @file
/// Random least-squares problems for the solvers; the last column is the target.
namespace kolace::test {

inline Eigen::MatrixXd random_rows(int m, int n, unsigned seed) {
  std::srand(seed);
  return Eigen::MatrixXd::Random(m, n);
}

/// Rows with singular values from 1 to 1 / condition and a random target.
inline Eigen::MatrixXd rows_of_condition(int m, int n, double condition, unsigned seed) {
  Eigen::HouseholderQR<Eigen::MatrixXd> left(random_rows(m, m, seed)),
      right(random_rows(n, n, seed + 1));
  Eigen::MatrixXd const u = Eigen::MatrixXd(left.householderQ()).leftCols(n),
                        v = right.householderQ();
  Eigen::VectorXd s(n);
  for (int k = 0; k < n; ++k)
    s(k) = std::pow(condition, -1. * k / (n - 1));
  Eigen::MatrixXd rows(m, n + 1);
  rows.leftCols(n) = u * s.asDiagonal() * v.transpose();
  rows.col(n) = random_rows(m, 1, seed + 2);
  return rows;
}

/// Factor of these rows, by QR updates with `batch` rows at a time.
inline TriangularFactor factor_of_rows(Eigen::MatrixXd const& rows, int batch = 64) {
  TriangularFactor factor(static_cast<int>(rows.cols()) - 1);
  for (int first = 0; first < rows.rows(); first += batch) {
    Eigen::MatrixXd part = rows.middleRows(first, std::min<int>(batch, rows.rows() - first));
    factor.add_rows(part.data(), static_cast<int>(part.rows()), static_cast<int>(part.rows()));
  }
  return factor;
}

/// Rows in extended precision: at condition 1e12, doubles give only six digits of a residual.
struct ExactRows {
  using Matrix = Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic>;
  using Vector = Eigen::Matrix<long double, Eigen::Dynamic, 1>;
  Matrix a;
  Vector y;

  explicit ExactRows(Eigen::MatrixXd const& rows)
      : a(rows.leftCols(rows.cols() - 1).cast<long double>()),
        y(rows.col(rows.cols() - 1).cast<long double>()) {}

  /// |A c - y|^2.
  double residual_square(std::vector<double> const& c) const {
    Eigen::Map<Eigen::VectorXd const> const x(c.data(), static_cast<Eigen::Index>(c.size()));
    return static_cast<double>((a * x.cast<long double>() - y).squaredNorm());
  }
  /// Minimum of |A c - y|^2 over c.
  double least_square() const {
    Matrix const q = Matrix(Eigen::HouseholderQR<Matrix>(a).householderQ()).leftCols(a.cols());
    return static_cast<double>((y - q * (q.transpose() * y)).squaredNorm());
  }
};

inline Eigen::VectorXd vector_of(std::vector<double> const& x) {
  return Eigen::Map<Eigen::VectorXd const>(x.data(), static_cast<Eigen::Index>(x.size()));
}

inline std::vector<double> list_of(Eigen::VectorXd const& x) {
  return {x.data(), x.data() + x.size()};
}

} // namespace kolace::test
