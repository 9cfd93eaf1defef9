// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/linalg/triangular_factor.hpp>

#include <vector>

namespace kolace {

/// Ranges of linear properties b . c over all c whose sum of squares |A c - y|^2 is within a budget
/// above its minimum: these c form the ellipsoid |R (c - best)|^2 <= budget, on which b . c reaches
/// b . best +- sqrt(budget) |R^-T b|. Exact for any condition number, without assumptions on noise
/// or prior.
class LossBands {
public:
  /// Computes one singular value decomposition of R with its columns scaled to unit length.
  explicit LossBands(TriangularFactor const& factor);

  Solution const& best() const { return best_; } ///< solve_least_squares()
  double least() const { return least_; }        ///< |A c - y|^2 at best()

  /// sqrt(budget) |R^-T b| for each property b. Infinite for a property undetermined by the data:
  /// more than 1e-6 of b, relative in norm, lies along directions whose singular values vanish to
  /// rounding.
  /// @param properties column-major [m][n_unknowns], leading dimension ld >= m
  std::vector<double> half_widths(double const* properties, int m, int ld, double budget) const;

private:
  int n_;
  Solution best_;
  double least_;
  std::vector<double> scale_;           ///< lengths of the columns of R, 1 where zero
  std::vector<double> singular_values_; ///< of the scaled R, descending
  std::vector<double> directions_;      ///< V^T, column-major [n][n]
};

} // namespace kolace
