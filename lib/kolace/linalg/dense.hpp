// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace kolace {

/// c = a b on the host, column-major: a [m][k], b [k][n], c [m][n], leading dimensions given.
void multiply(int m, int n, int k, double const* a, int lda, double const* b, int ldb, double* c,
              int ldc);

} // namespace kolace
