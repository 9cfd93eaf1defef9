#pragma once

#include <kolace/linalg/triangular_factor.hpp>

#include <vector>

namespace kolace {

/// The unknowns without a penalty or prior, reduced to the directions that rows determine.
///
/// Unknowns of weight 0 are replaced by coordinates along the right singular vectors of their part
/// of R whose singular values are above 1e-12 of the largest; the others stay zero, which makes the
/// answer one of least norm there. Reduced order: these coordinates, then the penalised unknowns.
class FlatDirections {
public:
  FlatDirections() = default;
  /// @param weights [n_unknowns], not negative
  /// @throws std::invalid_argument for a wrong number of weights or a negative one
  FlatDirections(TriangularFactor const& factor, std::vector<double> const& weights);

  int n_unknowns() const { return static_cast<int>(order_.size()); }
  int n_determined() const { return n_determined_; }
  int n_reduced() const { return n_determined_ + n_unknowns() - n_flat_; }
  /// Weights of the reduced unknowns: zeros, then the penalised ones'.
  std::vector<double> const& weights() const { return weights_; }

  /// The factor of any rows over the same unknowns, in reduced order.
  TriangularFactor reduce(TriangularFactor const& factor) const;
  /// All unknowns from the reduced ones.
  std::vector<double> expand(std::vector<double> const& reduced) const;
  /// Numbers of the reduced unknowns of the penalised ones: original index of reduced i, or -1.
  int original(int reduced) const;

private:
  int n_flat_ = 0, n_determined_ = 0;
  std::vector<int> order_; ///< flat unknowns, then the penalised
  std::vector<double> weights_;
  std::vector<double> directions_; ///< [n_flat][n_determined], column-major
};

} // namespace kolace
