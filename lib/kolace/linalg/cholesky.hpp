#pragma once

#include <vector>

namespace kolace {

/// A = U^T U of a symmetric matrix, column-major [n][n]; U replaces A, what is below the diagonal
/// stays. False where A is not positive definite.
bool cholesky(std::vector<double>& a, int n);

/// Solves U^T U x = b for all columns of b [columns][n], in place.
void cholesky_solve(std::vector<double> const& u, int n, std::vector<double>& b);

} // namespace kolace
