// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/core/elements.hpp>
#include <kolace/core/random_numbers.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace kolace {
namespace {

TEST(Elements, HaveTheirMasses) {
  EXPECT_NEAR(atomic_mass(1), 1.008, 1e-3);
  EXPECT_NEAR(atomic_mass(6), 12.011, 1e-3);
  EXPECT_NEAR(atomic_mass(*atomic_number("W")), 183.84, 1e-2);
  EXPECT_NEAR(atomic_mass(*atomic_number("U")), 238.03, 1e-2);
  EXPECT_THROW(atomic_mass(0), std::out_of_range);
  EXPECT_THROW(atomic_mass(119), std::out_of_range);
  // Masses grow with the atomic number but for pairs like argon and potassium.
  for (int number = 1; number + 2 <= 103; ++number)
    EXPECT_LT(atomic_mass(number), atomic_mass(number + 2)) << element_symbol(number);
}

TEST(RandomNumbers, AreUniformAndNormal) {
  RandomNumbers random(3);
  constexpr int n = 100000;
  double sum = 0, square = 0, fourth = 0, uniform = 0;
  for (int k = 0; k < n; ++k) {
    double const z = random.normal(), u = random.uniform();
    EXPECT_TRUE(u > 0 && u < 1);
    uniform += u / n;
    sum += z / n;
    square += z * z / n;
    fourth += std::pow(z, 4) / n;
  }
  EXPECT_NEAR(uniform, 0.5, 0.005);
  EXPECT_NEAR(sum, 0, 0.015);
  EXPECT_NEAR(square, 1, 0.02);
  EXPECT_NEAR(fourth, 3, 0.15);
}

TEST(RandomNumbers, FollowFromTheSeed) {
  RandomNumbers a(5), b(5), c(6);
  double const x = a.normal();
  EXPECT_EQ(x, b.normal());
  EXPECT_NE(x, c.normal());
}

} // namespace
} // namespace kolace
