// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/linalg/triangular_factor.hpp>

#include <array>

namespace kolace {

/// Kind of label that a design row belongs to.
enum class RowKind {
  energy, ///< one row per structure: energy per atom
  forces, ///< three rows per atom: Cartesian components
  virial  ///< six rows per structure: Voigt components per atom
};
/// All kinds, in the order of RowKind.
inline constexpr std::array row_kinds{RowKind::energy, RowKind::forces, RowKind::virial};

/// Shares of the kinds of rows in the loss (CONVENTIONS.md §8):
/// loss = sum over kinds of share · (weighted sum of squares) / (sum of weights).
struct LossShares {
  double kappa = 0;        ///< share of forces; energies have 1 - kappa
  double kappa_virial = 0; ///< share of virials, in addition

  /// Share of one kind; that of energies is 1 - kappa.
  double of(RowKind kind) const {
    return kind == RowKind::energy ? 1 - kappa : kind == RowKind::forces ? kappa : kappa_virial;
  }
  /// Factor of a kind's weighted sum of squares in the loss. A kind whose weights sum to zero does
  /// not contribute.
  double factor(RowKind kind, double sum_of_weights) const {
    return of(kind) > 0 && sum_of_weights > 0 ? of(kind) / sum_of_weights : 0;
  }
};

/// Everything a fit needs from some training data: one factor per kind of row, and the sum of the
/// rows' weights. Unknowns: the functions, then n_reference E0, then n_baseline baseline
/// predictions.
struct DesignFactors {
  TriangularFactor energy;  ///< of energies per atom, rows scaled by the root of their weight
  TriangularFactor forces;  ///< of force components
  TriangularFactor virial;  ///< of virial components per atom
  double energy_weight = 0; ///< sum of the weights of the energies
  double force_weight = 0;  ///< sum of the weights of the atoms' forces
  double virial_weight = 0; ///< sum of the weights of the structures' virials
  int n_functions = 0;      ///< columns of the functions, which come first
  int n_reference = 0;      ///< E0 columns after the functions: none, or one per element
  int n_baseline = 0;       ///< columns of the reference potential's predictions after those

  DesignFactors() = default;
  /// Factors without rows; the arguments are n_functions, n_reference and n_baseline.
  DesignFactors(int functions, int reference, int baseline = 0);

  /// Factor of one kind of rows.
  TriangularFactor const& of(RowKind kind) const {
    return kind == RowKind::energy ? energy : kind == RowKind::forces ? forces : virial;
  }
  /// Sum of the weights of one kind of rows.
  double weight_of(RowKind kind) const {
    return kind == RowKind::energy   ? energy_weight
           : kind == RowKind::forces ? force_weight
                                     : virial_weight;
  }

  /// Number of columns before the target.
  int n_unknowns() const { return n_functions + n_reference + n_baseline; }
  /// Number of rows with a label, all kinds together.
  long n_rows() const { return energy.n_rows() + forces.n_rows() + virial.n_rows(); }

  /// Adds the rows of another group with all their weights multiplied by `weight`.
  void merge(DesignFactors const& other, double weight = 1);
  /// Multiplies the weights of each kind of row by a factor.
  void scale(double of_energies, double of_forces, double of_virials);
};

/// Factor of the loss without penalties: weighted means of the squares, so that |R (c, -1)|^2 = (1
/// - kappa) <dE^2> + kappa <|dF|^2> + kappa_virial <|dW|^2>.
TriangularFactor loss_factor(DesignFactors const& factors, LossShares shares);

} // namespace kolace
