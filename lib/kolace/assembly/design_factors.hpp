#pragma once

#include <kolace/linalg/triangular_factor.hpp>

#include <array>

namespace kolace {

enum class RowKind { energy, forces, virial };
inline constexpr std::array row_kinds{RowKind::energy, RowKind::forces, RowKind::virial};

/// The shares of the kinds of rows in the loss (CONVENTIONS.md §8):
/// loss = sum over kinds of share · (weighted sum of squares) / (sum of weights).
struct LossShares {
  double kappa = 0;        ///< of forces; energies have the rest
  double kappa_virial = 0; ///< of virials, on top

  double of(RowKind kind) const {
    return kind == RowKind::energy ? 1 - kappa : kind == RowKind::forces ? kappa : kappa_virial;
  }
  /// What a kind's weighted sum of squares counts in the loss. A kind without weight counts
  /// nothing.
  double factor(RowKind kind, double sum_of_weights) const {
    return of(kind) > 0 && sum_of_weights > 0 ? of(kind) / sum_of_weights : 0;
  }
};

/// All that fits need of some training data: one factor a kind of row, and the sum of the rows'
/// weights. Unknowns: the functions, then one E0 an element if E0 is fitted.
struct DesignFactors {
  TriangularFactor energy, forces, virial;
  double energy_weight = 0, force_weight = 0, virial_weight = 0;
  int n_functions = 0;
  int n_reference = 0; ///< columns of E0 behind the functions: none, or one an element
  int n_baseline = 0;  ///< columns of the reference potential's predictions behind those

  DesignFactors() = default;
  DesignFactors(int functions, int reference, int baseline = 0);

  TriangularFactor const& of(RowKind kind) const {
    return kind == RowKind::energy ? energy : kind == RowKind::forces ? forces : virial;
  }
  double weight_of(RowKind kind) const {
    return kind == RowKind::energy   ? energy_weight
           : kind == RowKind::forces ? force_weight
                                     : virial_weight;
  }

  int n_unknowns() const { return n_functions + n_reference + n_baseline; }
  long n_rows() const { return energy.n_rows() + forces.n_rows() + virial.n_rows(); }

  /// Adds another group's rows, all weights multiplied.
  void merge(DesignFactors const& other, double weight = 1);
  /// Multiplies the weights of each kind of row.
  void scale(double of_energies, double of_forces, double of_virials);
};

/// The factor of the loss without penalties: weighted means of the squares, so that
/// |R (c, -1)|^2 = (1 - kappa) <dE^2> + kappa <|dF|^2> + kappa_virial <|dW|^2>.
TriangularFactor loss_factor(DesignFactors const& factors, LossShares shares);

} // namespace kolace
