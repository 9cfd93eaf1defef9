// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/linalg/reduced_unknowns.hpp>
#include <kolace/linalg/triangular_factor.hpp>

#include <vector>

namespace kolace {

/// Minimizers of |A c - y|^2 + lambda sum_i w_i c_i^2 for many strengths lambda (Elden 1977). The
/// decomposition R W^-1/2 = Q B P^T with a bidiagonal B is computed once (8/3 n^3 FLOPs, an eighth
/// of RidgePath's SVD); each strength then costs O(n) for B and O(n^2) for P. Provides no
/// statistics: for scans whose scores come from other rows.
class BidiagonalRidge {
public:
  /// @param weights [n_unknowns], non-negative; 0: not penalized (as in RidgePath)
  BidiagonalRidge(TriangularFactor const& factor, RidgeWeights const& weights);

  /// Largest singular value of R W^-1/2; 0 without penalized unknowns.
  double largest_singular_value() const { return largest_; }

  /// The minimizer. @pre strength > 0
  std::vector<double> coefficients(double strength) const;

private:
  ReducedUnknowns flat_;
  int n_ = 0, n_free_ = 0;
  TriangularFactor ordered_;                       ///< free unknowns first
  std::vector<double> root_weights_;               ///< of the penalized unknowns, in order
  std::vector<double> diagonal_, above_, rotated_; ///< B; Q^T y
  std::vector<double> reflections_, tau_p_;        ///< of dgebrd
  double largest_ = 0;
};

} // namespace kolace
