// SPDX-License-Identifier: BSD-3-Clause
#include "support/execution_spaces.hpp"
#include "support/random_rows.hpp"

#include <kolace/linalg/streaming_qr.hpp>

#include <gtest/gtest.h>

namespace kolace {
namespace {

using Eigen::MatrixXd;

template <class Space> struct StreamingQrTest : testing::Test {};
TYPED_TEST_SUITE(StreamingQrTest, test::ExecutionSpaces);

/// A device matrix with `room` additional rows, as in batches.
template <class Space>
Matrix<Space> to_device(Space const& space, MatrixXd const& rows, int room = 0) {
  Matrix<Space> const device("rows", rows.rows() + room, rows.cols());
  auto const host = Kokkos::create_mirror_view(device);
  Kokkos::deep_copy(host, 777.); // additional rows must not matter
  for (int j = 0; j < rows.cols(); ++j)
    for (int i = 0; i < rows.rows(); ++i)
      host(i, j) = rows(i, j);
  Kokkos::deep_copy(space, device, host);
  return device;
}

/// R from the kernels for any space, batch by batch.
template <class Space>
TriangularFactor qr_update_in_kernels(Space const& space, MatrixXd const& rows, int batch) {
  int const n = static_cast<int>(rows.cols());
  Matrix<Space> const r("r", n, n);
  for (int first = 0; first < rows.rows(); first += batch) {
    int const m = std::min<int>(batch, static_cast<int>(rows.rows()) - first);
    detail::qr_update_in_kernels(space, r, to_device(space, rows.middleRows(first, m), 5), m);
  }
  auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), r);
  space.fence();
  TriangularFactor factor(n - 1);
  std::copy_n(host.data(), n * n, factor.data().data());
  factor.set_n_rows(rows.rows());
  return factor;
}

/// Distance up to the sign of each row of R, which is arbitrary.
double distance(TriangularFactor const& a, TriangularFactor const& b) {
  double sum = 0;
  for (int i = 0; i <= a.n_unknowns(); ++i) {
    double const sign = a(i, i) * b(i, i) < 0 ? -1 : 1;
    for (int j = i; j <= a.n_unknowns(); ++j)
      sum += (a(i, j) - sign * b(i, j)) * (a(i, j) - sign * b(i, j));
  }
  return std::sqrt(sum);
}

TYPED_TEST(StreamingQrTest, KernelsEqualTheHostsFactor) {
  TypeParam const space;
  // Below, at and above the sizes of the kernels' panels and chunks.
  for (int const n : {1, 5, 32, 33, 71})
    for (int const batch : {1, 40, 256, 600}) {
      int const m = batch == 1 ? 90 : 611;
      MatrixXd const rows = test::random_rows(m, n, 7 * n + batch);
      TriangularFactor const got = qr_update_in_kernels(space, rows, batch),
                             wanted = test::factor_of_rows(rows);
      EXPECT_LT(distance(got, wanted), 1e-12 * rows.norm())
          << n << " columns, batches of " << batch;
      for (int j = 0; j < n; ++j)
        for (int i = j + 1; i < n; ++i)
          EXPECT_EQ(got(i, j), 0) << "below the diagonal";
    }
}

TYPED_TEST(StreamingQrTest, ColumnsOfZerosAndRepeatedColumns) {
  TypeParam const space;
  MatrixXd rows = test::random_rows(300, 40, 5);
  rows.col(0).setZero();
  rows.col(17).setZero();
  rows.col(33) = 3 * rows.col(4);
  TriangularFactor const factor = qr_update_in_kernels(space, rows, 128);
  ASSERT_TRUE(factor.is_finite());
  MatrixXd r(40, 40);
  for (int j = 0; j < 40; ++j)
    for (int i = 0; i < 40; ++i)
      r(i, j) = factor(i, j);
  MatrixXd const gram = rows.transpose() * rows;
  EXPECT_LT((r.transpose() * r - gram).norm(), 1e-13 * gram.norm());
  EXPECT_EQ(solve_least_squares(factor).rank, 36); // of 39 unknowns
}

/// At condition 1e12, the normal equations would leave no correct digit of the residual.
TYPED_TEST(StreamingQrTest, KeepsTheResidualAtCondition1e12) {
  TypeParam const space;
  int const n = 40;
  MatrixXd const rows = test::rows_of_condition(700, n, 1e12, 6);
  test::ExactRows const exact(rows);
  double const best = exact.least_square();
  TriangularFactor const factor = qr_update_in_kernels(space, rows, 300);
  Solution const solution = solve_least_squares(factor);
  EXPECT_EQ(solution.rank, n);
  EXPECT_NEAR(solution.condition / 1e12, 1, 1e-2);
  EXPECT_NEAR(exact.residual_square(solution.coefficients) / best, 1, 1e-8);
  EXPECT_NEAR(factor.residual_square(solution.coefficients) / best, 1, 1e-5); // R is rounded
}

TYPED_TEST(StreamingQrTest, UpdatesRWhereTheRowsAre) {
  TypeParam const space;
  MatrixXd const rows = test::random_rows(203, 31, 1);
  StreamingQr<TypeParam> folder(30);
  EXPECT_TRUE(folder.factor(space).empty());
  folder.add_rows(space, to_device(space, rows.topRows(100), 9), 100);
  folder.add_rows(space, to_device(space, rows.bottomRows(103)), 103);
  TriangularFactor const got = folder.factor(space);
  EXPECT_EQ(got.n_rows(), 203);
  EXPECT_LT(distance(got, test::factor_of_rows(rows)), 1e-12 * rows.norm());
}

/// A few rows are buffered, many are used at once; the factor may be requested in between.
TYPED_TEST(StreamingQrTest, BatchesOfAnySize) {
  TypeParam const space;
  MatrixXd const rows = test::random_rows(6000, 21, 2);
  StreamingQr<TypeParam> folder(20);
  int first = 0;
  for (int const m : {1, 100, 155, 1, 300, 7, 2100, 90, 1200, 1900, 146}) {
    folder.add_rows(space, to_device(space, rows.middleRows(first, m), 3), m);
    first += m;
    if (m == 300) {
      EXPECT_EQ(folder.factor(space).n_rows(), first);
    }
  }
  ASSERT_EQ(first, 6000);
  TriangularFactor const got = folder.factor(space);
  EXPECT_EQ(got.n_rows(), 6000);
  EXPECT_LT(distance(got, test::factor_of_rows(rows, 6000)), 1e-12 * rows.norm());
}

TYPED_TEST(StreamingQrTest, RefusesRowsOfAnotherWidth) {
  TypeParam const space;
  Matrix<TypeParam> const r("r", 4, 4), rows("rows", 10, 3);
  EXPECT_THROW(detail::qr_update_in_kernels(space, r, rows, 10), std::invalid_argument);
}

} // namespace
} // namespace kolace
