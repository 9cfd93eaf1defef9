#pragma once

#include <kolace/fit/fit.hpp>
#include <kolace/fit/subset_models.hpp>

#include <string>
#include <vector>

namespace kolace {

/// Which models a study of body orders fits.
struct SweepOptions {
  /// Limits up to which a body order grows before the next is added; empty: the whole basis. What
  /// the basis has beyond them makes the branches that stay at their body order.
  std::optional<BlockLimits> ladder;
  int points = 8; ///< models a body order on the ladder, and as many on its branch
};

/// One model of a study: some functions of the basis.
struct SweepModel {
  int body_order = 2; ///< K: the ladder below it is kept, functions of rank K - 1 are added
  bool on_ladder = true;
  std::vector<int> functions; ///< columns, ascending
};

/// The ladder and its branches. For K = 2, 3, ...: all of the ladder below K, plus the functions of
/// rank K - 1 in power order (nu + sum n + sum l), first the ladder's, then the rest.
std::vector<SweepModel> make_sweep(AceBasis const& basis, SweepOptions const& options);

/// A fitted model of a study.
struct SweepPoint : SubsetModel {
  SweepModel model;
};

struct SweepResult {
  std::vector<SweepPoint> points;
  double kappa = 0, kappa_virial = 0;
  std::vector<double> reference_energy; ///< where it is not fitted
  std::string reference_source;
  std::vector<double> shortest_distances; ///< of the training data, Angstrom [n_elements^2]
  long n_rows = 0;
  LabelCounts labels, test_labels;
  std::vector<std::string> skipped_frames;
  long n_dropped = 0;
  std::vector<std::pair<std::string, double>> seconds; ///< per stage, in order
};

/// Fits every model from one assembly of the whole basis; errors from one more pass over each data
/// set. Solvers work on the columns of R that a model has. Ranks share the data; every rank has
/// the errors, rank 0 the solvers' details.
/// @throws InputError for bad data and for the solver lsqr
SweepResult run_sweep(Dataset const& train, Dataset const& test,
                      std::shared_ptr<AceBasis const> const& basis, FitOptions const& options,
                      SweepOptions const& sweep, Communicator const& ranks,
                      StageProgress const& progress = {});

/// The same from factors that were assembled before; the data are not touched.
SweepResult sweep_factors(FactorSet const& set, std::shared_ptr<AceBasis const> const& basis,
                          FitOptions const& options, SweepOptions const& sweep,
                          StageProgress const& progress = {});

/// The potential of one point, with the functions it has, complete as fit_potential's.
AcePotential sweep_potential(std::shared_ptr<AceBasis const> const& basis,
                             FitOptions const& options, SweepResult const& result,
                             SweepPoint const& point);

} // namespace kolace
