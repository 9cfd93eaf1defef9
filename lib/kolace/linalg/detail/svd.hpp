// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/linalg/triangular_factor.hpp>

#include <vector>

namespace kolace::detail {

/// a = u diag(s) vt, all column-major [n][n], s descending.
struct Svd {
  std::vector<double> u, s, vt;
};
Svd singular_values(std::vector<double> a, int n);

/// R without the target column, column-major [n][n], zero below the diagonal.
std::vector<double> unknowns_of(TriangularFactor const& factor);

} // namespace kolace::detail
