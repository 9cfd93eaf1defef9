// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/linalg/triangular_factor.hpp>

#include <vector>

namespace kolace::detail {

/// Back substitution for the first n_free entries of `unknowns`; the other entries are given.
inline void solve_free_unknowns(TriangularFactor const& factor, int n_free,
                                std::vector<double>& unknowns) {
  int const n = factor.n_unknowns();
  for (int i = n_free - 1; i >= 0; --i) {
    double sum = factor(i, n);
    for (int j = i + 1; j < n; ++j)
      sum -= factor(i, j) * unknowns[j];
    unknowns[i] = sum / factor(i, i);
  }
}

} // namespace kolace::detail
