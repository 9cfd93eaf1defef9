#pragma once

#include <kolace/linalg/triangular_factor.hpp>

#include <vector>

namespace kolace {

/// How far linear properties b . c can move while the sum of squares |A c - y|^2 stays within a
/// budget above its least value: those c are the ellipsoid |R (c - best)|^2 <= budget, and b . c
/// reaches b . best +- sqrt(budget) |R^-T b| in it. Exact, whatever the conditioning: nothing is
/// assumed of noise or prior.
class LossBands {
public:
  /// One singular value decomposition of R with columns of length one.
  explicit LossBands(TriangularFactor const& factor);

  Solution const& best() const { return best_; } ///< solve_least_squares()
  double least() const { return least_; }        ///< |A c - y|^2 there

  /// sqrt(budget) |R^-T b|; infinite for a property that the rows do not determine: where more than
  /// 1e-6 of b lies along directions that R does not see.
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
