// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/assembly/row_stream.hpp>
#include <kolace/comm/context.hpp>
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
  /// Adds the error of one structure, eV/atom, with its weight in the loss.
  void add_energy(double error, double weight);
  /// Adds the error of the force on one atom, eV/A, with the atom's weight in the loss.
  void add_force(Vec3 const& error, double weight);
  /// Adds the virial error of one structure, eV/atom, with its weight in the loss.
  void add_virial(Voigt const& error, double weight);
  /// Adds rows of one kind for which only the weighted sum of squares is known: mean squares are
  /// weighted, mean absolute errors are NaN.
  /// @param n_components number of energies, force components or virial components
  /// @param weight weights of energies, atoms' forces or virials, summed like `weighted_square`
  void add_weighted(RowKind kind, long n_components, double weight, double weighted_square);

  long n_structures = 0; ///< structures that were compared, also those without labels
  long n_atoms = 0;      ///< their atoms
  /// Number of energies.
  long n_energies() const { return static_cast<long>(sums_[0]); }
  /// Number of Cartesian force components.
  long n_forces() const { return static_cast<long>(sums_[5]); }
  /// Number of virial components, six per structure.
  long n_virials() const { return static_cast<long>(sums_[10]); }

  /// Root mean square of the energy errors, eV/atom; NaN without energies.
  double energy_rmse() const { return root(0); }
  /// Mean absolute energy error, eV/atom; NaN without energies.
  double energy_mae() const { return mean(0); }
  /// Root mean square over force components, eV/A; NaN without forces.
  double force_rmse() const { return root(5); }
  /// Mean absolute error of force components, eV/A; NaN without forces.
  double force_mae() const { return mean(5); }
  /// Root mean square over virial components, eV/atom; NaN without virials.
  double virial_rmse() const { return root(10); }
  /// Mean absolute error of virial components, eV/atom; NaN without virials.
  double virial_mae() const { return mean(10); }

  /// (1 - kappa) <dE^2> + kappa <|dF|^2> + kappa_virial <|dW|^2>, weighted means; absent kinds
  /// contribute nothing.
  double loss(double kappa, double kappa_virial) const;

  /// Adds the sums of all ranks; every rank gets the result. Collective.
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
  /// A frame and its error.
  struct Entry {
    double square = 0; ///< sum of the squares of the frame's errors
    Place place;       ///< the frame in its file
  };

  /// Counts a frame and keeps it if its error is among the five largest.
  void add(double square, Place const& place);

  /// Frames that contain more than half of the sum of squares, if there are at least 20 frames and
  /// these are at most max(1, 2 %) of them and at most five, which suggests wrong labels; empty
  /// otherwise.
  std::vector<Entry> outliers() const;

private:
  static constexpr std::size_t most = 5;
  std::vector<Entry> largest_; ///< descending
  double total_ = 0;
  long n_frames_ = 0;
};

/// Errors over a data set and over each config_type in it.
struct ErrorTable {
  ErrorSums total;      ///< all structures, those without config_type included
  WorstFrames energies; ///< largest errors of energies per atom; frames of this rank
  WorstFrames forces;   ///< largest sums over the force components of a frame; frames of this rank
  std::map<std::string, ErrorSums> by_config_type; ///< structures of each named config_type
  Dataset::Pass pass;                              ///< labels used and frames left out
};

/// Adds the unweighted errors of a prediction to the table.
void add_errors(ErrorTable& table, Structure const& structure, Prediction const& prediction);

/// Compares predictions with the labels in one pass, in batches on the default execution space.
///
/// @param weights weights of the same data (TrainingData), for the loss
ErrorTable measure_errors(Context const& context, Dataset const& dataset,
                          AcePotential const& potential, TrainingData const* weights);

} // namespace kolace
