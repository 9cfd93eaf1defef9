// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/linalg/reduced_unknowns.hpp>
#include <kolace/linalg/triangular_factor.hpp>

#include <vector>

namespace kolace {

/// Lower bounds a . c >= bound of linear functions of the unknowns.
struct LowerBounds {
  std::vector<double> rows;   ///< a, column-major [n_unknowns][bounds.size()]
  std::vector<double> bounds; ///< one per row
};

/// Solution of a BoundedRidge.
struct BoundedSolution {
  std::vector<double> coefficients; ///< [n_unknowns]
  std::vector<int> active;          ///< bounds that act, ascending
};

/// Generalized ridge regression whose unknowns keep lower bounds: the minimizer of |A c - y|^2 +
/// strength · penalty + stiffness · sum_k max(0, bound_k - a_k . c)^2.
///
/// Solved in its dual form, non-negative least squares for one multiplier per bound (Lawson and
/// Hanson 1974): each step costs O(m n) for m bounds, and few bounds act.
class BoundedRidge {
public:
  /// @pre strength > 0
  BoundedRidge(TriangularFactor const& factor, RidgeWeights const& weights, double strength);

  /// The minimizer without bounds.
  std::vector<double> const& unbounded() const { return unbounded_; }
  /// The minimizer. @pre stiffness > 0
  BoundedSolution solve(LowerBounds const& bounds, double stiffness) const;

private:
  ReducedUnknowns reduced_;
  int n_ = 0;
  std::vector<double> triangle_; ///< R of rows and penalty, column-major [n][n]
  std::vector<double> unbounded_;
};

} // namespace kolace
