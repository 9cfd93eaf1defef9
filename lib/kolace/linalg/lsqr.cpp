// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/linalg/lsqr.hpp>

#include <cmath>

namespace kolace {
namespace {

/// Normalizes x and returns its previous length.
double normalize(std::vector<double>& x) {
  double sum = 0;
  for (double const value : x)
    sum += value * value;
  double const length = std::sqrt(sum);
  for (double& value : x)
    value = length > 0 ? value / length : 0;
  return length;
}

} // namespace

LsqrResult solve_lsqr(int n_columns, LsqrPass const& pass, LsqrOptions const& options) {
  LsqrResult result;
  std::vector<double> c(n_columns, 0.), v(n_columns), product(n_columns);
  // u is kept unnormalized, with the rows; beta is its length.
  double beta = std::sqrt(pass(true, c, 0, product));
  result.residual_squares.push_back(beta * beta);
  if (beta > 0)
    for (int i = 0; i < n_columns; ++i)
      v[i] = product[i] / beta;
  double alpha = normalize(v);
  std::vector<double> w = v;
  double phi_bar = beta, rho_bar = alpha, norm_square = alpha * alpha;
  for (int k = 0; k < options.max_iterations && alpha > 0; ++k) {
    beta = std::sqrt(pass(false, v, alpha / beta, product));
    double const rho = std::hypot(rho_bar, beta), cosine = rho_bar / rho, sine = beta / rho;
    if (beta > 0) {
      for (int i = 0; i < n_columns; ++i)
        v[i] = product[i] / beta - beta * v[i];
      alpha = normalize(v);
    } else {
      alpha = 0;
    }
    norm_square += alpha * alpha + beta * beta;
    double const phi = cosine * phi_bar, theta = sine * alpha;
    phi_bar *= sine;
    rho_bar = -cosine * alpha;
    for (int i = 0; i < n_columns; ++i) {
      c[i] += phi / rho * w[i];
      w[i] = v[i] - theta / rho * w[i];
    }
    result.residual_squares.push_back(phi_bar * phi_bar);
    // |A^T r| = phi_bar alpha |cosine|, |r| = phi_bar
    if (alpha * std::abs(cosine) <= options.tolerance * std::sqrt(norm_square))
      break;
  }
  result.converged = static_cast<int>(result.residual_squares.size()) <= options.max_iterations;
  result.coefficients = std::move(c);
  return result;
}

} // namespace kolace
