// SPDX-License-Identifier: BSD-3-Clause
#include "reference/oracle.hpp"
#include "support/tolerances.hpp"

#include <kolace/core/errors.hpp>
#include <kolace/radial/spline_table.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace kolace {
namespace {

std::vector<RadialOptions> all_options() {
  return {{RadialKind::ChebExpCos, 5.25, 5, 0.01, 45},
          {RadialKind::ChebExpCos, 4, 4.5, 0.5, 8},
          {RadialKind::ChebExpCos, 5.25, 6, 0, 6},
          {RadialKind::ChebExpCos, 5.25, 5, 0.1, 6, 1.4, 0.3},
          {RadialKind::ChebPow, 2, 5, 0, 12},
          {RadialKind::ChebPow, 1, 5, 0, 6},
          {RadialKind::SBessel, 0, 5, 0, 12}};
}

oracle::Radial to_oracle(RadialOptions const& o) {
  return {radial_name(o.kind), o.lambda,     o.cutoff, o.cutoff_width, o.size,
          o.inner_cutoff,      o.inner_width};
}

TEST(RadialBasis, EqualsTheOracleWithDerivatives) {
  for (RadialOptions const& options : all_options()) {
    RadialBasis const basis(options);
    for (double r = 0.31; r < options.cutoff + 0.5; r += 0.0373) {
      auto const expected = oracle::radial_functions(to_oracle(options), oracle::Dual(r, 1));
      basis.evaluate(r, [&](int k, double g, double dg) {
        double const scale = 1 + std::abs(expected[k].slope);
        EXPECT_NEAR(g, expected[k].value, test::tolerance::recurrence) << r << " " << k;
        EXPECT_NEAR(dg, expected[k].slope, test::tolerance::recurrence * scale) << r << " " << k;
      });
    }
  }
}

TEST(RadialBasis, LanesEqualSingleValues) {
  for (RadialOptions const& options : all_options()) {
    RadialBasis const basis(options);
    Pack r;
    for (int i = 0; i < Pack::width; ++i)
      r.set(i, 0.4 + 0.65 * i);
    for (int i = 0; i < Pack::width; ++i) {
      std::vector<double> single(options.size), slopes(options.size);
      basis.evaluate(r[i], [&](int k, double g, double dg) { single[k] = g, slopes[k] = dg; });
      basis.evaluate(r, [&](int k, Pack g, Pack dg) {
        EXPECT_NEAR(g[i], single[k], test::tolerance::formula);
        EXPECT_NEAR(dg[i], slopes[k], test::tolerance::formula * (1 + std::abs(slopes[k])) * 100);
      });
    }
  }
}

/// A sum with fixed coefficients equals the sum of the functions evaluated one by one.
TEST(RadialBasis, SumsAreThoseOfTheFunctions) {
  for (RadialOptions const& options : all_options()) {
    RadialBasis const basis(options);
    // Includes indices beyond the last coefficient, where it is zero.
    int const n = options.size + 3;
    std::vector<double> c[2], table;
    for (int p = 0; p < 2; ++p) {
      for (int k = 0; k < options.size; ++k)
        c[p].push_back(std::cos(1.7 * k + p) / (1 + 0.3 * k));
      auto const list = basis.sum_coefficients(c[p], n);
      ASSERT_EQ(static_cast<int>(list.size()), RadialSums::length(n));
      table.insert(table.end(), list.begin(), list.end());
    }
    RadialSums const sums{2, n, table.data()};
    for (double r = 0.31; r < options.cutoff + 0.5; r += 0.0373) {
      double value[2] = {0, 0}, slope[2] = {0, 0}, scale[2] = {1, 1};
      basis.evaluate(r, [&](int k, double g, double dg) {
        for (int p = 0; p < 2; ++p) {
          value[p] += c[p][k] * g;
          slope[p] += c[p][k] * dg;
          scale[p] += std::abs(c[p][k] * dg) + std::abs(c[p][k]);
        }
      });
      int alone = 0, told = 0;
      basis.evaluate(
          r, [&](int, double, double) { ++alone; }, 2, sums,
          [&](int p, double sum, double of_sum) {
            ++told;
            EXPECT_NEAR(sum, value[p], test::tolerance::recurrence * scale[p]) << r;
            EXPECT_NEAR(of_sum, slope[p], test::tolerance::recurrence * scale[p]) << r;
          });
      EXPECT_EQ(alone, 2);
      EXPECT_EQ(told, 2);
      basis.evaluate(
          Pack(r), [](int, Pack, Pack) {}, 0, sums,
          [&](int p, Pack sum, Pack of_sum) {
            EXPECT_NEAR(sum[5], value[p], test::tolerance::recurrence * scale[p]) << r;
            EXPECT_NEAR(of_sum[2], slope[p], test::tolerance::recurrence * scale[p]) << r;
          });
    }
  }
}

TEST(LaneMath, PolynomialsEqualTheLibraryToTheLastDigits) {
  for (double x = -690; x < 690; x += 0.0713) {
    Pack const e = lane_exp(Pack(x));
    EXPECT_NEAR(e[3] / std::exp(x), 1, 4 * test::tolerance::epsilon) << x;
  }
  for (double u = 0; u <= 1; u += 0.000137) {
    Pack sine, cosine;
    lane_sincospi(Pack(u), sine, cosine);
    EXPECT_NEAR(sine[5], std::sin(M_PI * u), 4 * test::tolerance::epsilon) << u;
    EXPECT_NEAR(cosine[5], std::cos(M_PI * u), 4 * test::tolerance::epsilon) << u;
  }
}

TEST(RadialBasis, VanishesSmoothlyAtTheCutoff) {
  for (RadialOptions const& options : all_options()) {
    RadialBasis const basis(options);
    for (double const gap : {1e-4, 1e-5, 1e-6})
      basis.evaluate(options.cutoff - gap, [&](int k, double g, double) {
        // g is at least linear in the gap, with a slope below 100 times the function number
        // squared.
        EXPECT_LT(std::abs(g), 100. * (k + 1) * (k + 1) * gap);
      });
    for (double const r : {options.cutoff, options.cutoff + 1e-9, options.cutoff + 3})
      basis.evaluate(r, [&](int, double g, double dg) {
        EXPECT_EQ(g, 0);
        EXPECT_EQ(dg, 0);
      });
  }
}

TEST(RadialBasis, WhatIsNotANumberStaysSo) {
  double const nan = std::numeric_limits<double>::quiet_NaN();
  for (RadialOptions const& options : all_options()) {
    RadialBasis const basis(options);
    basis.evaluate(nan, [&](int, double g, double) { EXPECT_TRUE(std::isnan(g)); });
    Pack r(0.5 * options.cutoff);
    r.set(2, nan);
    basis.evaluate(r, [&](int, Pack g, Pack) {
      EXPECT_TRUE(std::isnan(g[2]));
      EXPECT_FALSE(std::isnan(g[1]));
    });
  }
}

TEST(RadialBasis, SBesselIsOrthonormal) {
  RadialOptions const options{RadialKind::SBessel, 0, 5, 0, 8};
  RadialBasis const basis(options);
  int const n = 4000; // midpoint rule: error ~ (8 pi / 4000)^2 / 24
  double overlap[8][8] = {};
  for (int i = 0; i < n; ++i) {
    double const r = 5 * (i + 0.5) / n;
    double g[8] = {};
    basis.evaluate(r, [&](int k, double value, double) { g[k] = value; });
    for (int a = 0; a < 8; ++a)
      for (int b = 0; b < 8; ++b)
        overlap[a][b] += g[a] * g[b] * r * r * 5 / n;
  }
  for (int a = 0; a < 8; ++a)
    for (int b = 0; b < 8; ++b)
      EXPECT_NEAR(overlap[a][b], a == b ? 1 : 0, 1e-5) << a << b;
}

TEST(RadialBasis, RejectsImpossibleOptions) {
  auto const make = [](auto change) {
    RadialOptions options;
    change(options);
    return RadialBasis(options);
  };
  EXPECT_THROW(make([](auto& o) { o.cutoff = 0; }), InputError);
  EXPECT_THROW(make([](auto& o) { o.cutoff = NAN; }), InputError);
  EXPECT_THROW(make([](auto& o) { o.cutoff_width = -1; }), InputError);
  EXPECT_THROW(make([](auto& o) { o.size = 0; }), InputError);
  EXPECT_THROW(make([](auto& o) { o.lambda = 0; }), InputError);
  EXPECT_THROW(make([](auto& o) { o.inner_cutoff = 1; }), InputError);
  EXPECT_THROW(radial_kind("Gaussian"), InputError);
}

TEST(SplineTable, ConvergesWithTheFourthOrder) {
  RadialBasis const basis(RadialOptions{RadialKind::ChebExpCos, 5.25, 5, 0, 10});
  double error[2] = {0, 0};
  for (int fine = 0; fine < 2; ++fine) {
    SplineTable const table(basis, fine ? 0.01 : 0.02);
    for (double r = 0.5; r < 4.9; r += 0.00731) {
      std::vector<double> exact(10);
      basis.evaluate(r, [&](int k, double g, double) { exact[k] = g; });
      evaluate_spline(table.coefficients.data(), table.n_bins, table.per_angstrom, 10, r,
                      [&](int k, double g, double) {
                        error[fine] = std::max(error[fine], std::abs(g - exact[k]));
                      });
    }
  }
  EXPECT_NEAR(std::log2(error[0] / error[1]), 4, 0.3);
}

/// Exact fits have coefficients of 1e10 and more, whose terms cancel. A table of the sum must then
/// be that of the terms: rounded nodes would show in the derivative, divided by the width.
TEST(SplineTable, OfASumThatCancelsIsTheSumOfTables) {
  RadialBasis const basis({RadialKind::ChebExpCos, 5.25, 5, 0.01, 45});
  double const width = 0.0002;
  std::vector<double> c(45);
  for (int k = 0; k < 45; ++k) // of alternating sign
    c[k] = (k % 2 ? -1e11 : 1e11) * (1 + 0.01 * (k / 2));
  c[44] = 0;
  SplineTable const terms(basis, width), sum(basis, width, std::span(&c, 1));
  for (double r = 0.503; r < 4.9; r += 0.0917) {
    long double value = 0, derivative = 0;
    evaluate_spline(terms.coefficients.data(), terms.n_bins, terms.per_angstrom, 45, r,
                    [&](int k, double g, double dg) {
                      value += static_cast<long double>(c[k]) * g;
                      derivative += static_cast<long double>(c[k]) * dg;
                    });
    evaluate_spline(sum.coefficients.data(), sum.n_bins, sum.per_angstrom, 1, r,
                    [&](int, double v, double dv) {
                      EXPECT_NEAR(v, static_cast<double>(value), 1e-5 + 1e-12 * std::abs(v)) << r;
                      EXPECT_NEAR(dv, static_cast<double>(derivative), 1e-3) << r;
                    });
  }
}

} // namespace
} // namespace kolace
