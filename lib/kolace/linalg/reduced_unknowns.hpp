// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/linalg/triangular_factor.hpp>

#include <utility>
#include <vector>

namespace kolace {

/// A part that several unknowns have in common: it adds factor · part to each member.
struct SharedPart {
  std::vector<std::pair<int, double>> members; ///< unknowns and their factors
  double weight = 1;                           ///< of the part's square in the penalty
};

/// Penalty of generalized ridge regression. Each unknown is the sum of a part of its own and of its
/// shared parts; the penalty is the sum of the squares of all parts, multiplied by their weights.
/// It is a Gaussian prior under which the members of a shared part are correlated.
struct RidgeWeights {
  /// Weights of the own parts [n_unknowns], non-negative; 0: not penalized, infinite: no own part.
  std::vector<double> own;
  std::vector<SharedPart> shared; ///< usually none

  RidgeWeights() = default;
  /// Without shared parts.
  RidgeWeights(std::vector<double> weights) : own(std::move(weights)) {}
  /// The same penalty for only these unknowns.
  RidgeWeights select(std::vector<int> const& unknowns) const;
};

/// Reduction of the unknowns to those determined by the rows.
///
/// Unknowns without a penalty or prior (weight 0) are replaced by coordinates along the right
/// singular vectors of their part of R with singular values above 1e-12 of the largest. The
/// coordinates along the other singular vectors stay zero, which makes the solution the
/// minimum-norm one there. Penalized parts with a column of zeros are left out: exactly zero.
/// Reduced order: these coordinates, the penalized own parts, the shared parts.
class ReducedUnknowns {
public:
  ReducedUnknowns() = default;
  /// @throws std::invalid_argument for a wrong number of weights or a negative weight
  ReducedUnknowns(TriangularFactor const& factor, RidgeWeights const& weights);

  /// Number of original unknowns.
  int n_unknowns() const { return n_unknowns_; }
  /// Number of directions of unpenalized unknowns that the rows determine.
  int n_determined() const { return n_determined_; }
  /// Number of reduced unknowns: n_determined() and the penalized parts with non-zero columns.
  int n_reduced() const { return static_cast<int>(weights_.size()); }
  /// Weights of the reduced unknowns: zeros for the determined directions, then those of the
  /// penalized parts.
  std::vector<double> const& weights() const { return weights_; }

  /// The factor of rows over the same unknowns, in reduced order.
  TriangularFactor reduce(TriangularFactor const& factor) const;
  /// Rows over the same unknowns, in reduced order, column-major [n_reduced][m].
  /// @param rows column-major, leading dimension ld >= m
  std::vector<double> reduce_rows(double const* rows, int m, int ld) const;
  /// All unknowns from the reduced ones.
  std::vector<double> expand(std::vector<double> const& reduced) const;
  /// Original index of the unknown whose own part is reduced unknown i; -1 for unpenalized
  /// directions and shared parts.
  int original(int reduced) const;

private:
  /// Calls add(reduced, original, factor) for every non-zero entry of the matrix that expands
  /// reduced unknowns.
  template <class Add> void for_each_entry(Add const& add) const;

  int n_unknowns_ = 0, n_flat_ = 0, n_determined_ = 0;
  std::vector<int> order_; ///< unknowns of weight 0, then those whose own parts are penalized
  std::vector<SharedPart> shared_;
  std::vector<double> weights_;
  std::vector<double> directions_; ///< [n_flat][n_determined], column-major
};

} // namespace kolace
