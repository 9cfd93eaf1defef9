// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/fit/fit.hpp>
#include <kolace/fit/subset_models.hpp>

#include <string>
#include <vector>

namespace kolace {

/// Choice of the models in a study of body orders.
struct SweepOptions {
  /// Limits of the path: a body order grows up to these limits before the next is added; empty: up
  /// to the whole basis. Functions beyond them form branches, whose models stay at their body
  /// order.
  std::optional<BlockLimits> path;
  int points = 8; ///< number of models per body order on the path, and as many on its branch
};

/// One model of a study: a subset of the basis.
struct SweepModel {
  int body_order = 2;  ///< K: functions of rank K - 1 are added to the path of lower body orders
  bool on_path = true; ///< on the path, not on a branch
  std::vector<int> functions; ///< columns, ascending
};

/// Models of the path and its branches. For K = 2, 3, ...: all functions of the path below K, plus
/// functions of rank K - 1 in power order (nu + sum n + sum l), first those of the path, then the
/// others.
std::vector<SweepModel> make_sweep(AceBasis const& basis, SweepOptions const& options);

/// A fitted model of a study.
struct SweepPoint : SubsetModel {
  SweepModel model; ///< its place in the study and its functions
};

/// Models of a study and facts about their data.
struct SweepResult {
  std::vector<SweepPoint> points; ///< all models, in the order of make_sweep()
  double kappa = 0;               ///< share of forces in the loss, as used for all models
  double kappa_virial = 0;        ///< weight of the virial term in the loss
  /// E0 that is subtracted from the targets, eV [n_elements]; fitted E0 of a model are added to it.
  std::vector<double> reference_energy;
  std::string reference_source;           ///< origin of E0 (TrainingData::reference_source)
  std::vector<double> shortest_distances; ///< of the training data, Angstrom [n_elements^2]
  long n_rows = 0;         ///< labels (energies and components) in the fits; on rank 0
  LabelCounts labels;      ///< labels found in the training files
  LabelCounts test_labels; ///< labels found in the test files
  std::vector<std::string> skipped_frames; ///< one message per bad frame of both data sets
  long n_dropped = 0; ///< training structures left out by weighting or by a table of weights
  std::vector<std::pair<std::string, double>> seconds; ///< per stage, in order
};

/// Fits every model from one assembly of the whole basis and measures the errors in one more pass
/// over each data set. Solvers use the columns of R of each model. Ranks share the data; every rank
/// gets the errors, rank 0 the solvers' details.
/// @throws InputError for bad data and for the solver lsqr
SweepResult run_sweep(Context const& context, Dataset const& train, Dataset const& test,
                      std::shared_ptr<AceBasis const> const& basis, FitOptions const& options,
                      SweepOptions const& sweep);

/// The same from previously assembled factors, without access to the data.
SweepResult sweep_factors(Context context, FactorSet const& set,
                          std::shared_ptr<AceBasis const> const& basis, FitOptions const& options,
                          SweepOptions const& sweep);

/// The potential of one model with only its functions, complete like that of fit_potential.
AcePotential sweep_potential(std::shared_ptr<AceBasis const> const& basis,
                             FitOptions const& options, SweepResult const& result,
                             SweepPoint const& point);

} // namespace kolace
