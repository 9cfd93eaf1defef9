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

/// Errors of a potential on some structures. Energies and virials per atom (eV), forces per
/// Cartesian component (eV/A), virials over six components.
class ErrorSums {
public:
  void add_energy(double error, double weight);
  void add_force(Vec3 const& error, double weight);
  void add_virial(Voigt const& error, double weight);
  /// Rows of one kind that are known by the weighted sum of their squares alone: mean squares are
  /// weighted, mean absolute errors are not known (NaN).
  /// @param n_components numbers (of energies, force or virial components)
  /// @param weight and weighted square: of a structure's energy, an atom's force, a virial
  void add_weighted(RowKind kind, long n_components, double weight, double weighted_square);

  long n_structures = 0, n_atoms = 0;
  long n_energies() const { return static_cast<long>(sums_[0]); }
  long n_forces() const { return static_cast<long>(sums_[5]); }
  long n_virials() const { return static_cast<long>(sums_[10]); }

  /// NaN where there are no such labels.
  double energy_rmse() const { return root(0); }
  double energy_mae() const { return mean(0); }
  double force_rmse() const { return root(5); }
  double force_mae() const { return mean(5); }
  double virial_rmse() const { return root(10); }
  double virial_mae() const { return mean(10); }

  /// (1 - kappa) <dE^2> + kappa <|dF|^2> + kappa_virial <|dW|^2>, weighted means; a kind that is
  /// absent counts nothing.
  double loss(double kappa, double kappa_virial) const;

  void sum_over(Communicator const& ranks);

private:
  double root(int kind) const;
  double mean(int kind) const;
  /// Per kind: values, sum of squares, sum of absolute values, weight, weighted sum of squares.
  std::vector<double> sums_ = std::vector<double>(15, 0.);
};

/// The frames with the largest errors of one kind.
class WorstFrames {
public:
  struct Entry {
    double square = 0; ///< of the frame's errors, summed
    Place place;
  };

  void add(double square, Place const& place);

  /// Frames that hold more than half of all squares, if these are so few (at most 2 % of all, and
  /// five) that something must be wrong with them; empty otherwise.
  std::vector<Entry> outliers() const;

private:
  static constexpr std::size_t most = 5;
  std::vector<Entry> largest_; ///< falling
  double total_ = 0;
  long n_frames_ = 0;
};

/// Errors over a data set and over each config_type in it.
struct ErrorTable {
  ErrorSums total;
  WorstFrames energies, forces; ///< of this rank's frames
  std::map<std::string, ErrorSums> by_config_type;
  Dataset::Pass pass; ///< labels used and frames left out
};

/// Adds the errors of a prediction to the table, unweighted.
void add_errors(ErrorTable& table, Structure const& structure, Prediction const& prediction);

/// One pass: predictions in batches on the default execution space against the labels.
///
/// @param weights the same data's weights (TrainingData), for the loss
ErrorTable measure_errors(Dataset const& dataset, AcePotential const& potential,
                          TrainingData const* weights, Communicator const& ranks,
                          std::function<void(long atoms_done)> const& progress = {});

} // namespace kolace
