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
  std::optional<BlockLimits> ladder;
  int points = 8; ///< number of models per body order on the path, and as many on its branch
};

/// One model of a study: a subset of the basis.
struct SweepModel {
  int body_order = 2;    ///< K: functions of rank K - 1 are added to the path of lower body orders
  bool on_ladder = true; ///< on the path, not on a branch
  std::vector<int> functions; ///< columns, ascending
};

/// Models of the path and its branches. For K = 2, 3, ...: all functions of the path below K, plus
/// functions of rank K - 1 in power order (nu + sum n + sum l), first those of the path, then the
/// others.
std::vector<SweepModel> make_sweep(AceBasis const& basis, SweepOptions const& options);

/// A fitted model of a study.
struct SweepPoint : SubsetModel {
  SweepModel model;
};

struct SweepResult {
  std::vector<SweepPoint> points;
  double kappa = 0, kappa_virial = 0;
  std::vector<double> reference_energy; ///< E0 of elements for which it is not fitted, eV
  std::string reference_source;
  std::vector<double> shortest_distances; ///< of the training data, Angstrom [n_elements^2]
  long n_rows = 0;
  LabelCounts labels, test_labels;
  std::vector<std::string> skipped_frames;
  long n_dropped = 0;
  std::vector<std::pair<std::string, double>> seconds; ///< per stage, in order
};

/// Fits every model from one assembly of the whole basis and measures the errors in one more pass
/// over each data set. Solvers use the columns of R of each model. Ranks share the data; every rank
/// gets the errors, rank 0 the solvers' details.
/// @throws InputError for bad data and for the solver lsqr
SweepResult run_sweep(Dataset const& train, Dataset const& test,
                      std::shared_ptr<AceBasis const> const& basis, FitOptions const& options,
                      SweepOptions const& sweep, Communicator const& ranks,
                      StageProgress const& progress = {});

/// The same from previously assembled factors, without access to the data.
SweepResult sweep_factors(FactorSet const& set, std::shared_ptr<AceBasis const> const& basis,
                          FitOptions const& options, SweepOptions const& sweep,
                          StageProgress const& progress = {});

/// The potential of one model with only its functions, complete like that of fit_potential.
AcePotential sweep_potential(std::shared_ptr<AceBasis const> const& basis,
                             FitOptions const& options, SweepResult const& result,
                             SweepPoint const& point);

} // namespace kolace
