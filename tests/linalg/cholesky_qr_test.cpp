// SPDX-License-Identifier: BSD-3-Clause
#include "support/execution_spaces.hpp"
#include "support/random_rows.hpp"

#include <kolace/core/spaces.hpp>
#include <kolace/linalg/detail/cholesky_qr.hpp>
#include <kolace/linalg/streaming_qr.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

namespace kolace {
namespace {

using Eigen::MatrixXd;

template <class Space> struct CholeskyQrTest : testing::Test {};
TYPED_TEST_SUITE(CholeskyQrTest, test::ExecutionSpaces);

template <class Space> Matrix<Space> to_device(Space const& space, MatrixXd const& rows) {
  Matrix<Space> const device("rows", rows.rows(), rows.cols());
  auto const host = Kokkos::create_mirror_view(device);
  for (int j = 0; j < rows.cols(); ++j)
    for (int i = 0; i < rows.rows(); ++i)
      host(i, j) = rows(i, j);
  Kokkos::deep_copy(space, device, host);
  return device;
}

/// R of batches of rows, and how many of them Cholesky factors added.
struct Updates {
  TriangularFactor factor;
  int by_cholesky = 0, by_reflections = 0;
};

/// Adds batches as a device does: reflections where Cholesky factors decline.
/// @param cholesky false: reflections only
template <class Space>
Updates update(Space const& space, MatrixXd const& rows, int batch, bool cholesky = true) {
  int const n = static_cast<int>(rows.cols());
  Matrix<Space> const r("r", n, n);
  detail::CholeskyQr<Space> qr;
  Updates result{TriangularFactor(n - 1)};
  for (int first = 0; first < rows.rows(); first += batch) {
    int const m = std::min<int>(batch, static_cast<int>(rows.rows()) - first);
    Matrix<Space> const device = to_device(space, rows.middleRows(first, m));
    if (cholesky && qr.update(space, r, device, m)) {
      ++result.by_cholesky;
    } else {
      ++result.by_reflections;
      detail::qr_update_in_kernels(space, r, device, m);
    }
  }
  auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), r);
  std::copy_n(host.data(), n * n, result.factor.data().data());
  result.factor.set_n_rows(rows.rows());
  return result;
}

/// The least squares by a factor have the rank and the loss, in extended precision, that they have
/// by Householder reflections: to 1e-7, or to three times what the order of the reflections
/// changes, which is more where singular values are lost in rounding errors (condition above 1e14).
template <class Space>
void expect_equal_fits(Space const& space, TriangularFactor const& factor, MatrixXd const& rows,
                       std::string const& what) {
  test::ExactRows const exact(rows);
  auto const loss_of = [&](TriangularFactor const& of) {
    return exact.residual_square(solve_least_squares(of).coefficients);
  };
  TriangularFactor const reference = test::factor_of_rows(rows);
  double const loss = loss_of(reference);
  double scatter = 0;
  for (double const other :
       {loss_of(test::factor_of_rows(rows, 200)), loss_of(test::factor_of_rows(rows, 2000)),
        loss_of(update(space, rows, 200, false).factor)})
    scatter = std::max(scatter, std::abs(other / loss - 1));
  EXPECT_EQ(solve_least_squares(factor).rank, solve_least_squares(reference).rank) << what;
  EXPECT_NEAR(loss_of(factor) / loss, 1, std::max(1e-7, 3 * scatter)) << what;
}

TYPED_TEST(CholeskyQrTest, EqualsReflectionsAtAnyCondition) {
  TypeParam const space;
  for (int const n : {7, 40, 75})
    for (double const condition : {1., 1e4, 1e8, 1e12, 1e14, 1e15, 1e16}) {
      MatrixXd const rows = test::rows_of_condition(1200, n, condition, 3 + n);
      Updates const got = update(space, rows, 200);
      std::string const what =
          std::to_string(n) + " unknowns, condition " + std::to_string(condition);
      expect_equal_fits(space, got.factor, rows, what);
      // Only the first batch brings new directions.
      EXPECT_EQ(got.by_reflections, condition == 1 ? 0 : 1) << what;
      EXPECT_EQ(got.by_cholesky + got.by_reflections, 6) << what;
    }
}

TYPED_TEST(CholeskyQrTest, ZerosAndRepeatedColumns) {
  TypeParam const space;
  MatrixXd rows = test::rows_of_condition(900, 60, 1e6, 12);
  rows.col(0).setZero();
  rows.col(33).setZero();
  rows.col(41) = 3 * rows.col(4);
  rows.col(59) = rows.col(10) - 1e3 * rows.col(20);
  Updates const got = update(space, rows, 150);
  ASSERT_TRUE(got.factor.is_finite());
  EXPECT_GE(got.by_cholesky, 4);
  expect_equal_fits(space, got.factor, rows, "dependent columns");
  EXPECT_EQ(got.factor(33, 33), 0);
  MatrixXd r(61, 61);
  for (int j = 0; j < 61; ++j)
    for (int i = 0; i < 61; ++i)
      r(i, j) = got.factor(i, j);
  EXPECT_LT((r.transpose() * r - rows.transpose() * rows).norm(), 1e-13 * rows.squaredNorm());
}

/// Kinds of structures that come one after the other, each with directions and scales of its own.
TYPED_TEST(CholeskyQrTest, NewDirectionsAreLeftToReflections) {
  TypeParam const space;
  MatrixXd rows = MatrixXd::Zero(1600, 50);
  rows.topLeftCorner(400, 20) = test::rows_of_condition(400, 19, 1e9, 4);
  rows.block(400, 10, 400, 40) = 1e-6 * test::rows_of_condition(400, 39, 1e9, 5);
  rows.bottomRows(800) = 1e5 * test::rows_of_condition(800, 49, 1e10, 6);
  rows.col(49) = test::random_rows(1600, 1, 7);
  Updates const got = update(space, rows, 100);
  EXPECT_GE(got.by_reflections, 3);
  EXPECT_GE(got.by_cholesky, 9);
  expect_equal_fits(space, got.factor, rows, "three kinds");
}

/// What is not a number reaches R, where the fit reports it.
TYPED_TEST(CholeskyQrTest, NotANumberIsNotHidden) {
  TypeParam const space;
  for (double const bad :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    MatrixXd rows = test::random_rows(300, 20, 8);
    rows(250, 7) = bad;
    Updates const got = update(space, rows, 100);
    EXPECT_EQ(got.by_reflections, 1);
    EXPECT_FALSE(got.factor.is_finite());
  }
}

} // namespace
} // namespace kolace
