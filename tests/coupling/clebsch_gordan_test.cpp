// SPDX-License-Identifier: BSD-3-Clause
#include "reference/oracle.hpp"
#include "support/tolerances.hpp"

#include <kolace/angular/harmonics.hpp>
#include <kolace/coupling/clebsch_gordan.hpp>
#include <kolace/coupling/coupling_tree.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <complex>

namespace kolace {
namespace {

TEST(ClebschGordan, EqualsLadderConstruction) {
  for (int l1 = 0; l1 <= 5; ++l1)
    for (int l2 = 0; l2 <= 5; ++l2)
      for (int L = 0; L <= 11; ++L)
        for (int m1 = -l1; m1 <= l1; ++m1)
          for (int m2 = -l2; m2 <= l2; ++m2)
            EXPECT_NEAR(clebsch_gordan(l1, m1, l2, m2, L, m1 + m2),
                        oracle::clebsch_gordan(l1, m1, l2, m2, L, m1 + m2),
                        test::tolerance::coupling * 10)
                << l1 << m1 << l2 << m2 << L;
}

TEST(ClebschGordan, StaysOrthonormalAtLargeL) {
  for (int L : {0, 7, 20, 40})
    for (int M : {0, L / 2, L}) {
      double sum = 0;
      for (int m = -20; m <= 20; ++m)
        sum += std::pow(clebsch_gordan(20, m, 20, M - m, L, M), 2);
      EXPECT_NEAR(sum, 1, test::tolerance::coupling);
    }
}

TEST(ClebschGordan, PairCouplesToZeroAsInTheConventions) {
  for (int l = 0; l <= 6; ++l)
    for (int m = -l; m <= l; ++m)
      EXPECT_NEAR(clebsch_gordan(l, m, l, -m, 0, 0), ((l - m) % 2 ? -1 : 1) / std::sqrt(2 * l + 1.),
                  test::tolerance::coupling);
}

/// The real coupling of real harmonics of two directions equals the complex coupling of complex
/// ones.
TEST(RealCoupling, IsTheComplexCouplingInRealForm) {
  std::array<double, 3> const a{0.36, 0.48, 0.8}, b{-0.6, 0.64, 0.48};
  auto const real = [](int l, int m, std::array<double, 3> const& n) {
    auto const y = oracle::harmonic<double>(l, std::abs(m), n);
    double const scale = m == 0 ? 1 : (m % 2 ? -1 : 1) * std::sqrt(2.);
    return scale * (m < 0 ? y.im : y.re);
  };
  for (int l1 = 0; l1 <= 4; ++l1)
    for (int l2 = 0; l2 <= 4; ++l2)
      for (int L = std::abs(l1 - l2); L <= l1 + l2; ++L) {
        std::vector<double> coupled(2 * L + 1, 0.);
        for (auto const& e : real_coupling(l1, l2, L))
          coupled[e.M] += e.value * real(l1, e.m1 - l1, a) * real(l2, e.m2 - l2, b);
        for (int M = 0; M <= L; ++M) {
          std::complex<double> sum = 0;
          for (int m = -l1; m <= l1; ++m) {
            if (std::abs(M - m) > l2)
              continue;
            auto const x = oracle::harmonic<double>(l1, m, a),
                       y = oracle::harmonic<double>(l2, M - m, b);
            sum += oracle::clebsch_gordan(l1, m, l2, M - m, L, M) * std::complex(x.re, x.im) *
                   std::complex(y.re, y.im);
          }
          // X_M = (-1)^M (S_M + i S_-M)/sqrt 2, times i if l1 + l2 + L is odd.
          double const scale = M == 0 ? 1 : (M % 2 ? -1 : 1) * std::sqrt(0.5);
          std::complex<double> expected(scale * coupled[L + M],
                                        M == 0 ? 0 : scale * coupled[L - M]);
          if ((l1 + l2 + L) % 2)
            expected *= std::complex<double>(0, 1);
          EXPECT_NEAR(std::abs(expected - sum), 0, 100 * test::tolerance::coupling)
              << l1 << l2 << L << M;
        }
      }
}

TEST(CouplingTree, FollowsTheConventions) {
  auto const steps = [](int rank) { return coupling_tree(rank).steps; };
  using Steps = std::vector<std::pair<int, int>>;
  EXPECT_EQ(steps(1), Steps{});
  EXPECT_EQ(steps(2), (Steps{{0, 1}}));
  EXPECT_EQ(steps(3), (Steps{{0, 1}, {3, 2}}));
  EXPECT_EQ(steps(4), (Steps{{0, 1}, {2, 3}, {4, 5}}));
  EXPECT_EQ(steps(5), (Steps{{0, 1}, {2, 3}, {5, 6}, {7, 4}}));
  EXPECT_EQ(steps(6), (Steps{{0, 1}, {2, 3}, {4, 5}, {6, 7}, {8, 9}}));
}

} // namespace
} // namespace kolace
