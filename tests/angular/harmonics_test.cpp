// SPDX-License-Identifier: BSD-3-Clause
#include "reference/oracle.hpp"
#include "support/tolerances.hpp"

#include <kolace/angular/harmonics.hpp>

#include <gtest/gtest.h>

#include <cmath>

namespace kolace {
namespace {

constexpr int lmax = 10;
double const points[][3] = {
    {0.3, -1.2, 2.1}, {1, 0, 0}, {0, 0, -1.5}, {0, 0, 2}, {-0.7, 0.7, 0.01}};

struct Harmonics {
  std::vector<double> value = std::vector<double>(harmonic_count(lmax));
  std::vector<std::array<double, 3>> gradient{value.size()};

  explicit Harmonics(double const (&r)[3]) {
    double const d = std::hypot(r[0], r[1], r[2]);
    auto const factors = harmonic_recurrence(lmax);
    real_harmonics(lmax, factors.data(), r[0] / d, r[1] / d, r[2] / d, 1 / d,
                   [&](int i, double s, double x, double y, double z) {
                     value[i] = s;
                     gradient[i] = {x, y, z};
                   });
  }
};

TEST(RealHarmonics, EqualTheComplexOnesWithGradients) {
  for (auto const& r : points) {
    Harmonics const real(r);
    for (int axis = 0; axis < 3; ++axis) {
      oracle::Dual x[3] = {r[0], r[1], r[2]};
      x[axis].slope = 1;
      oracle::Dual const d = sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2]);
      for (int l = 0; l <= lmax; ++l)
        for (int m = 0; m <= l; ++m) {
          auto const y = oracle::harmonic<oracle::Dual>(l, m, {x[0] / d, x[1] / d, x[2] / d});
          double const scale = m == 0 ? 1 : (m % 2 ? -1 : 1) * std::sqrt(2.);
          double const tolerance = test::tolerance::recurrence;
          EXPECT_NEAR(real.value[harmonic_index(l, m)], scale * y.re.value, tolerance);
          EXPECT_NEAR(real.gradient[harmonic_index(l, m)][axis], scale * y.re.slope,
                      tolerance * 10);
          if (m > 0) {
            EXPECT_NEAR(real.value[harmonic_index(l, -m)], scale * y.im.value, tolerance);
            EXPECT_NEAR(real.gradient[harmonic_index(l, -m)][axis], scale * y.im.slope,
                        tolerance * 10);
          }
        }
    }
  }
}

TEST(RealHarmonics, SquaresSumToTheDegeneracy) {
  for (auto const& r : points) {
    Harmonics const real(r);
    for (int l = 0; l <= lmax; ++l) {
      double sum = 0;
      for (int m = -l; m <= l; ++m)
        sum += std::pow(real.value[harmonic_index(l, m)], 2);
      EXPECT_NEAR(sum, 2 * l + 1, (2 * l + 1) * test::tolerance::recurrence);
    }
  }
}

TEST(RealHarmonics, GradientsAreNormalToTheRadius) {
  for (auto const& r : points) {
    Harmonics const real(r);
    for (auto const& g : real.gradient)
      EXPECT_NEAR(g[0] * r[0] + g[1] * r[1] + g[2] * r[2], 0, 100 * test::tolerance::recurrence);
  }
}

TEST(RealHarmonics, SumsAreThoseOfTheSingleHarmonics) {
  auto const factors = harmonic_recurrence(lmax);
  for (auto const& r : points) {
    Harmonics const real(r);
    double const d = std::hypot(r[0], r[1], r[2]);
    double const n[3] = {r[0] / d, r[1] / d, r[2] / d};
    for (int l_of_sums : {0, 1, 4, lmax}) {
      auto const value = [](int lm) { return std::cos(1.3 * lm); };
      auto const slope = [](int lm) { return std::sin(0.7 * lm + 1); };
      HarmonicSums<double> const sums =
          sum_harmonics(l_of_sums, factors.data(), n[0], n[1], n[2], value, slope);
      double const along =
          n[0] * sums.gradient[0] + n[1] * sums.gradient[1] + n[2] * sums.gradient[2];
      double expected_along = 0, expected[3] = {0, 0, 0};
      for (int lm = 0; lm < harmonic_count(l_of_sums); ++lm) {
        expected_along += slope(lm) * real.value[lm];
        for (int x = 0; x < 3; ++x)
          expected[x] += value(lm) * real.gradient[lm][x];
      }
      EXPECT_NEAR(sums.along, expected_along, 10 * test::tolerance::recurrence);
      for (int x = 0; x < 3; ++x)
        EXPECT_NEAR((sums.gradient[x] - n[x] * along) / d, expected[x],
                    100 * test::tolerance::recurrence);
    }
  }
}

} // namespace
} // namespace kolace
