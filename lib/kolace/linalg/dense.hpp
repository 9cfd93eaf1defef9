// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

namespace kolace {

/// c = a b on the host, column-major: a [m][k], b [k][n], c [m][n], leading dimensions given.
void multiply(int m, int n, int k, double const* a, int lda, double const* b, int ldb, double* c,
              int ldc);

/// The transpose of a column-major matrix with n columns.
std::vector<double> transposed(std::vector<double> const& matrix, int n);

} // namespace kolace
