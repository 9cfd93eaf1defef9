#pragma once

#include <kolace/fit/row_stream.hpp>
#include <kolace/linalg/triangular_factor.hpp>

#include <memory>
#include <vector>

namespace kolace {

/// All that fits need of some training data: one factor a kind of row, and the sum of the rows'
/// weights. Unknowns: the functions, then one E0 for each element if E0 is fitted.
struct DesignFactors {
  TriangularFactor energy, forces, virial;
  double energy_weight = 0, force_weight = 0, virial_weight = 0;
  int n_functions = 0;
  int n_reference = 0;

  DesignFactors() = default;
  DesignFactors(int functions, int reference);

  int n_unknowns() const { return n_functions + n_reference; }
  long n_rows() const { return energy.n_rows() + forces.n_rows() + virial.n_rows(); }

  /// Adds another group's rows, all weights multiplied.
  void merge(DesignFactors const& other, double weight = 1);
};

/// One pass over the data: design rows folded into triangular factors, never held. Ranks share the
/// structures; rank 0 has the merged result.
/// @return one set of factors a group of RowStreamOptions::group, [n_groups]
std::vector<DesignFactors> assemble_factors(Dataset const& dataset, TrainingData const& training,
                                            std::shared_ptr<AceBasis const> const& basis,
                                            RowStreamOptions const& options, int n_groups,
                                            Communicator const& ranks,
                                            AssemblyStatistics& statistics,
                                            Progress const& progress = {});

/// The shares of the kinds of rows in the loss (CONVENTIONS.md §8).
struct LossShares {
  double kappa = 0;        ///< of forces; energies have the rest
  double kappa_virial = 0; ///< of virials, on top
};

/// The factor of the loss without penalties: weighted means of the squares, so that
/// |R (c, -1)|^2 = (1 - kappa) <dE^2> + kappa <|dF|^2> + kappa_virial <|dW|^2>.
TriangularFactor loss_factor(DesignFactors const& factors, LossShares shares);

} // namespace kolace
