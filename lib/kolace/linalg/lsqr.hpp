// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <functional>
#include <vector>

namespace kolace {

/// One pass over the rows of a matrix A that is never formed. The first pass sets u = y, later ones
/// u <- A v - alpha u, row by row. Every pass sums A^T u.
///
/// @param v [n_columns]
/// @param product receives A^T u, [n_columns]
/// @return |u|^2
using LsqrPass = std::function<double(bool first, std::vector<double> const& v, double alpha,
                                      std::vector<double>& product)>;

struct LsqrOptions {
  int max_iterations = 200;
  double tolerance = 1e-10; ///< stop at |A^T r| <= tolerance |A| |r|
};

struct LsqrResult {
  std::vector<double> coefficients;
  std::vector<double> residual_squares; ///< |A c - y|^2 after each iteration, from c = 0
  bool converged = false;
};

/// Least squares by Golub-Kahan bidiagonalization (Paige and Saunders 1982), with one pass over the
/// rows per iteration and one before the first. Converges best if all columns have about equal
/// length.
LsqrResult solve_lsqr(int n_columns, LsqrPass const& pass, LsqrOptions const& options);

} // namespace kolace
