#pragma once

#include <functional>
#include <vector>

namespace kolace {

/// What LSQR needs of a matrix that is never formed: one pass over its rows. The first makes
/// u = y; later ones make u <- A v - alpha u, row by row. Both add up A^T u.
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

/// Least squares by Golub-Kahan bidiagonalisation (Paige and Saunders 1982), one pass over the rows
/// an iteration and one before them. Columns of about equal length converge best.
LsqrResult solve_lsqr(int n_columns, LsqrPass const& pass, LsqrOptions const& options);

} // namespace kolace
