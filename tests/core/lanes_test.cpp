// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/core/lane_shuffles.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace kolace {
namespace {

template <class T> void expect_quads() {
  using Scalar = lane_scalar<T>;
  constexpr int width = lane_width<T>;
  std::vector<Scalar> table(400);
  for (std::size_t k = 0; k < table.size(); ++k)
    table[k] = static_cast<Scalar>(k);
  Scalar const* from[width];
  for (int i = 0; i < width; ++i)
    from[i] = table.data() + (i * 37 + 5) % 300; // any order, any alignment
  for (std::size_t const at : {0, 4, 9}) {
    T quads[4];
    lane_load_quads(from, at, quads);
    for (int p = 0; p < 4; ++p)
      for (int i = 0; i < width; ++i)
        EXPECT_EQ(lane_get(quads[p], i), from[i][at + p]) << "number " << p << " of lane " << i;
  }
}

template <class T> void expect_sums() {
  constexpr int width = lane_width<T>;
  T x[width];
  for (int k = 0; k < width; ++k)
    for (int i = 0; i < width; ++i)
      lane_set(x[k], i, static_cast<lane_scalar<T>>(1000 * k + i * i));
  T const sums = lane_sums(x);
  for (int k = 0; k < width; ++k)
    EXPECT_EQ(lane_get(sums, k), lane_sum(x[k])) << "value " << k;
}

TEST(Lanes, AddUpEach) {
  expect_sums<double>();
  expect_sums<float>();
  expect_sums<Pack>();
  expect_sums<FloatPack>();
}

TEST(Lanes, TruncateToTheSmallerOfTwo) {
  Pack x(3.75);
  double const values[8] = {0,  0.999, 1,     41.5,
                            42, 43,    1e300, std::numeric_limits<double>::quiet_NaN()};
  for (int i = 0; i < 8; ++i)
    lane_set(x, i, values[i]);
  int whole[8];
  Pack const result = lane_truncate(x, 42., whole);
  int const wanted[8] = {0, 0, 1, 41, 42, 42, 42, 42};
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(whole[i], wanted[i]);
    EXPECT_EQ(lane_get(result, i), wanted[i]);
  }
}

TEST(Lanes, LoadFourNumbersEach) {
  expect_quads<double>();
  expect_quads<float>();
  expect_quads<Pack>();
  expect_quads<FloatPack>();
}

} // namespace
} // namespace kolace
