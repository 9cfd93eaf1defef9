// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <random>

namespace kolace {

/// Random numbers that are the same on every platform, which the distributions of the standard
/// library are not.
class RandomNumbers {
public:
  explicit RandomNumbers(std::uint64_t seed) : random_(seed) {}
  double uniform(); ///< in (0, 1]
  double normal();  ///< with mean 0 and variance 1

private:
  std::mt19937_64 random_;
};

} // namespace kolace
