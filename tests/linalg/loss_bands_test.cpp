// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/linalg/loss_bands.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace kolace {
namespace {

/// Random rows whose column norms span six orders of magnitude, with a target.
TriangularFactor factor_of(int m, int n, std::vector<double>& rows) {
  std::mt19937 random(4);
  std::normal_distribution<double> normal;
  rows.resize(static_cast<std::size_t>(m) * (n + 1));
  for (int k = 0; k <= n; ++k)
    for (int i = 0; i < m; ++i)
      rows[i + static_cast<std::size_t>(k) * m] = normal(random) * std::pow(10., k % 7 - 3);
  TriangularFactor factor(n);
  std::vector<double> copy = rows;
  factor.add_rows(copy.data(), m, m);
  return factor;
}

double value(std::vector<double> const& b, std::vector<double> const& c) {
  double sum = 0;
  for (std::size_t k = 0; k < b.size(); ++k)
    sum += b[k] * c[k];
  return sum;
}

/// Steps in random directions that use up the loss budget stay inside the band, and a random search
/// for the extreme value of the property reaches its edge.
TEST(LossBands, AreReachedAndNotCrossed) {
  int const m = 60, n = 9;
  std::vector<double> rows;
  TriangularFactor const factor = factor_of(m, n, rows);
  LossBands const bands(factor);
  double const budget = 0.02 * bands.least();
  std::mt19937 random(7);
  std::normal_distribution<double> normal;
  std::vector<double> const& best = bands.best().coefficients;
  std::vector<double> b(n);
  for (int k = 0; k < n; ++k)
    b[k] = normal(random) * std::pow(10., k % 7 - 3);
  double const width = bands.half_widths(b.data(), 1, 1, budget).front();
  ASSERT_GT(width, 0);
  double furthest = 0;
  auto const reach = [&](std::vector<double> const& direction) {
    std::vector<double> c = best;
    for (int k = 0; k < n; ++k)
      c[k] += direction[k];
    double const rise = factor.residual_square(c) - bands.least();
    double const step = std::sqrt(budget / rise); // along a line, the loss is a parabola
    for (int k = 0; k < n; ++k)
      c[k] = best[k] + step * direction[k];
    EXPECT_NEAR(factor.residual_square(c), bands.least() + budget, 1e-9 * bands.least());
    return std::abs(value(b, c) - value(b, best));
  };
  std::vector<double> direction(n, 0.), found(n, 0.);
  for (int trial = 0; trial < 4000; ++trial) { // random search, always from the best so far
    for (int k = 0; k < n; ++k)
      direction[k] =
          found[k] + normal(random) * std::pow(10., 3 - k % 7) * std::pow(0.998, trial) * 0.1;
    double const here = reach(direction);
    EXPECT_LE(here, width * (1 + 1e-9));
    if (here > furthest) {
      furthest = here;
      found = direction;
    }
  }
  EXPECT_GT(furthest, 0.99 * width);
  // Four times the budget doubles the width.
  EXPECT_NEAR(bands.half_widths(b.data(), 1, 1, 4 * budget).front(), 2 * width, 1e-12 * width);
}

TEST(LossBands, WhatRowsDoNotSeeIsOpen) {
  int const m = 40, n = 6;
  std::vector<double> rows;
  factor_of(m, n, rows);
  for (int i = 0; i < m; ++i) {
    rows[i + 2 * m] = 0;                   // not in any row
    rows[i + 5 * m] = 3 * rows[i + 4 * m]; // only c4 + 3 c5 is determined
  }
  TriangularFactor factor(n);
  factor.add_rows(rows.data(), m, m);
  LossBands const bands(factor);
  auto const width = [&](std::vector<double> const& b) {
    return bands.half_widths(b.data(), 1, 1, 0.1).front();
  };
  EXPECT_TRUE(std::isinf(width({0, 0, 1, 0, 0, 0})));
  EXPECT_TRUE(std::isinf(width({0, 0, 0, 0, 1, 0})));
  EXPECT_TRUE(std::isfinite(width({0, 0, 0, 0, 1, 3})));
  EXPECT_TRUE(std::isfinite(width({1, 0, 0, 2, 0, 0})));
  EXPECT_EQ(width({0, 0, 0, 0, 0, 0}), 0);
}

} // namespace
} // namespace kolace
