// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/linalg/triangular_factor.hpp>

#include <vector>

namespace kolace {

/// Reduction of the unknowns to those determined by the rows.
///
/// Unknowns without a penalty or prior (weight 0) are replaced by coordinates along the right
/// singular vectors of their part of R with singular values above 1e-12 of the largest. The
/// coordinates along the other singular vectors stay zero, which makes the solution the
/// minimum-norm one there. Penalized unknowns with a column of zeros are left out: exactly zero.
/// Reduced order: these coordinates, then the penalized unknowns.
class FlatDirections {
public:
  FlatDirections() = default;
  /// @param weights [n_unknowns], non-negative
  /// @throws std::invalid_argument for a wrong number of weights or a negative weight
  FlatDirections(TriangularFactor const& factor, std::vector<double> const& weights);

  /// Number of original unknowns.
  int n_unknowns() const { return n_unknowns_; }
  /// Number of directions of unpenalized unknowns that the rows determine.
  int n_determined() const { return n_determined_; }
  /// Number of reduced unknowns: n_determined() and the penalized ones with non-zero columns.
  int n_reduced() const { return n_determined_ + static_cast<int>(order_.size()) - n_flat_; }
  /// Weights of the reduced unknowns: zeros for the determined directions, then the penalized
  /// ones'.
  std::vector<double> const& weights() const { return weights_; }

  /// The factor of rows over the same unknowns, in reduced order.
  TriangularFactor reduce(TriangularFactor const& factor) const;
  /// Rows over the same unknowns, in reduced order, column-major [n_reduced][m].
  /// @param rows column-major, leading dimension ld >= m
  std::vector<double> reduce_rows(double const* rows, int m, int ld) const;
  /// All unknowns from the reduced ones.
  std::vector<double> expand(std::vector<double> const& reduced) const;
  /// Original index of reduced unknown i, or -1 for an unpenalized direction.
  int original(int reduced) const;

private:
  int n_unknowns_ = 0, n_flat_ = 0, n_determined_ = 0;
  std::vector<int> order_; ///< unknowns of weight 0, then the penalized ones
  std::vector<double> weights_;
  std::vector<double> directions_; ///< [n_flat][n_determined], column-major
};

} // namespace kolace
