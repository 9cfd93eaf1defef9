// SPDX-License-Identifier: BSD-3-Clause
#include "support/temporary_folder.hpp"

#include <kolace/config/default_basis.hpp>
#include <kolace/config/default_radial.hpp>

#include <gtest/gtest.h>

#include <cmath>

namespace kolace {
namespace {

TEST(DefaultBasis, GrowsWithTheData) {
  DefaultBasis last;
  for (long const n_labels : {0, 400, 1500, 5000, 20000, 100000, 10000000}) {
    DefaultBasis const basis = default_basis(1, {n_labels, false});
    EXPECT_GE(basis.n_functions, last.n_functions) << n_labels;
    EXPECT_GT(basis.n_functions, 0);
    if (basis.n_functions > 4) {
      EXPECT_LE((basis.n_functions > 600 ? 15 : 4) * basis.n_functions, n_labels);
    }
    EXPECT_EQ(basis.limits.nradmax.size(), basis.limits.lmax.size());
    last = basis;
  }
  EXPECT_EQ(last.n_functions, 1101);
  // A few dozen cells of two elements are enough for angular functions: pair functions alone had
  // three times the force errors.
  EXPECT_GT(default_basis(2, {1200, false}).n_functions, 200);
  EXPECT_EQ(default_basis(4, {1000, false}).limits.nradmax.size(), 2u);
  for (int const n_elements : {2, 4, 12})
    EXPECT_LE(default_basis(n_elements, {10000000, false}).n_functions,
              n_elements < 12 ? 3000 : 100000);
  DefaultBasis const alloy = default_basis(4, {10000000, true});
  EXPECT_EQ(alloy.limits.nradmax, (std::vector<int>{6, 2}));
  EXPECT_LE(alloy.n_functions, 600);
}

TEST(DataAmount, KnowsTriplesThatAreNotThere) {
  test::TemporaryFolder const folder;
  std::string const pairs = "2\nenergy=1\nC 0 0 0\nH 0 0 1\n2\nenergy=1\nC 0 0 0\nO 0 0 1\n"
                            "2\nenergy=1\nH 0 0 0\nO 0 0 1\n";
  std::string const triple = "3\nenergy=1\nC 0 0 0\nH 0 0 1\nO 0 1 0\n";
  DataAmount const lacking = amount_of(Dataset({folder.write("a.xyz", pairs)}, {}));
  EXPECT_TRUE(lacking.lacks_triples);
  EXPECT_EQ(lacking.n_labels, 3);
  EXPECT_FALSE(amount_of(Dataset({folder.write("b.xyz", pairs + triple)}, {})).lacks_triples);
}

TEST(DataAmount, IgnoresForcesThatSymmetryMakesZero) {
  test::TemporaryFolder const folder;
  DataAmount const amount = amount_of(
      Dataset({folder.write("a.xyz", "2\nenergy=1 Properties=species:S:1:pos:R:3:forces:R:3\n"
                                     "C 0 0 0 0 1e-9 0.5\nC 0 0 1 0 0 -0.5\n")},
              {}));
  EXPECT_EQ(amount.n_labels, 7);
  EXPECT_EQ(amount.n_zero_forces, 4);
  EXPECT_EQ(amount.n_determining(), 3);
  DataAmount many{10000000, false, 9999000};
  EXPECT_EQ(default_basis(1, many).n_functions, default_basis(1, {1000, false}).n_functions);
}

TEST(DefaultRadial, FunctionsResolveTheDistancesOfTheData) {
  // A third of the range of the Chebyshev variable, from -1 to 1.
  auto const range = [](double lambda, double r) {
    return std::expm1(lambda * (1 - r)) / std::expm1(lambda);
  };
  double last = 6;
  for (double const r : {0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6}) {
    double const lambda = default_lambda(5 * r, 5);
    EXPECT_LE(lambda, last);
    EXPECT_GE(range(lambda, r), 0.33);
    EXPECT_TRUE(lambda == 5.25 || range(lambda + 0.25, r) < 0.36);
    EXPECT_EQ(lambda, default_lambda(7 * r, 7));
    last = lambda;
  }
  EXPECT_EQ(default_lambda(0.7, 5), 5.25); // dimers of carbon
  EXPECT_EQ(default_lambda(5, 5), 0.25);   // no neighbors
  EXPECT_LT(range(5.25, 2.46 / 5), 0.08);  // tungsten, with the usual parameter
}

TEST(DefaultRadial, FewFramesDoNotDecide) {
  test::TemporaryFolder const folder;
  auto const dimers = [&](int count, double first) {
    std::string text;
    for (int k = 0; k < count; ++k)
      text +=
          "2\nenergy=1\nC 0 0 0\nC 0 0 " + std::to_string(k == 0 ? first : 2 + 0.001 * k) + "\n";
    return Dataset({folder.write("a.xyz", text)}, {});
  };
  EXPECT_NEAR(close_distance(dimers(1, 1.5), 5), 1.5, 1e-6);
  EXPECT_NEAR(close_distance(dimers(60, 0.1), 5), 2.001, 1e-6);
  EXPECT_NEAR(close_distance(dimers(300, 0.1), 5), 2.006, 1e-6);
  EXPECT_NEAR(close_distance(dimers(900, 0.1), 5), 2.018, 1e-6); // every third
  EXPECT_EQ(close_distance(dimers(5, 1.5), 1), 1);
}

} // namespace
} // namespace kolace
