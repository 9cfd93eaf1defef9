// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <random>
#include <utility>
#include <vector>

namespace kolace::detail {

/// `count` of the candidates chosen at random, the same on every platform (unlike std::shuffle).
inline std::vector<long> random_subset(std::vector<long> candidates, long count,
                                       std::mt19937_64& random) {
  long const n = static_cast<long>(candidates.size());
  for (long i = 0; i < count; ++i)
    std::swap(candidates[i], candidates[i + static_cast<long>(random() % (n - i))]);
  candidates.resize(count);
  return candidates;
}

} // namespace kolace::detail
