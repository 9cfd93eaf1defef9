// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

namespace kolace {

/// Cholesky factorization A = U^T U of a symmetric matrix, column-major [n][n]. U replaces the
/// upper triangle of A; entries below the diagonal are unchanged. Returns false if A is not
/// positive definite.
bool cholesky(std::vector<double>& a, int n);

/// Solves U^T U x = b for all columns of b [columns][n], in place.
void cholesky_solve(std::vector<double> const& u, int n, std::vector<double>& b);

} // namespace kolace
