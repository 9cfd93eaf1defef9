// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/core/lane_quads.hpp>

#include <gtest/gtest.h>

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

TEST(Lanes, LoadFourNumbersEach) {
  expect_quads<double>();
  expect_quads<float>();
  expect_quads<Pack>();
  expect_quads<FloatPack>();
}

} // namespace
} // namespace kolace
