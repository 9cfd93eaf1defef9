// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/assembly/row_stream.hpp>
#include <kolace/comm/communicator.hpp>
#include <kolace/core/errors.hpp>
#include <kolace/dataset/dataset.hpp>
#include <kolace/dataset/training_data.hpp>
#include <kolace/evaluate/evaluator.hpp>
#include <kolace/model/ace_potential.hpp>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace kolace {

/// Errors of a potential on some structures: energies and virials per atom (eV), forces in eV/A.
/// Means run over structures, Cartesian force components and six virial components.
class ErrorSums {
public:
  void add_energy(double error, double weight);
  void add_force(Vec3 const& error, double weight);
  void add_virial(Voigt const& error, double weight);
  /// Adds rows of one kind for which only the weighted sum of squares is known: mean squares are
  /// weighted, mean absolute errors are NaN.
  /// @param n_components number of energies, force components or virial components
  /// @param weight weights of energies, atoms' forces or virials, summed like `weighted_square`
  void add_weighted(RowKind kind, long n_components, double weight, double weighted_square);

  long n_structures = 0, n_atoms = 0;
  long n_energies() const { return static_cast<long>(sums_[0]); }
  long n_forces() const { return static_cast<long>(sums_[5]); }
  long n_virials() const { return static_cast<long>(sums_[10]); }

  /// NaN without such labels.
  double energy_rmse() const { return root(0); }
  double energy_mae() const { return mean(0); }
  double force_rmse() const { return root(5); }
  double force_mae() const { return mean(5); }
  double virial_rmse() const { return root(10); }
  double virial_mae() const { return mean(10); }

  /// (1 - kappa) <dE^2> + kappa <|dF|^2> + kappa_virial <|dW|^2>, weighted means; absent kinds
  /// contribute nothing.
  double loss(double kappa, double kappa_virial) const;

  void sum_over(Communicator const& ranks);

private:
  double root(int kind) const;
  double mean(int kind) const;
  /// Per kind: number of values, sum of squares, sum of absolute values, weight, weighted sum of
  /// squares.
  std::vector<double> sums_ = std::vector<double>(15, 0.);
};

/// The frames with the largest errors of one kind.
class WorstFrames {
public:
  struct Entry {
    double square = 0; ///< sum over the frame's errors
    Place place;
  };

  void add(double square, Place const& place);

  /// Frames that contain more than half of the sum of squares, if they are so few (one or at most 2
  /// % of at least 20 frames, and at most five) that they must be wrong; empty otherwise.
  std::vector<Entry> outliers() const;

private:
  static constexpr std::size_t most = 5;
  std::vector<Entry> largest_; ///< descending
  double total_ = 0;
  long n_frames_ = 0;
};

/// Errors over a data set and over each config_type in it.
struct ErrorTable {
  ErrorSums total;
  WorstFrames energies, forces; ///< frames of this rank
  std::map<std::string, ErrorSums> by_config_type;
  Dataset::Pass pass; ///< labels used and frames left out
};

/// Adds the unweighted errors of a prediction to the table.
void add_errors(ErrorTable& table, Structure const& structure, Prediction const& prediction);

/// Compares predictions with the labels in one pass, in batches on the default execution space.
///
/// @param weights weights of the same data (TrainingData), for the loss
ErrorTable measure_errors(Dataset const& dataset, AcePotential const& potential,
                          TrainingData const* weights, Communicator const& ranks,
                          std::function<void(long atoms_done)> const& progress = {});

} // namespace kolace
