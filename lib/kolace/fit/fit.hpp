// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/assembly/factor_set.hpp>
#include <kolace/fit/calibration.hpp>
#include <kolace/fit/compression.hpp>
#include <kolace/fit/deviations.hpp>
#include <kolace/fit/errors.hpp>
#include <kolace/fit/ladder.hpp>
#include <kolace/fit/trial_dynamics.hpp>
#include <kolace/solve/solver.hpp>

#include <optional>
#include <string>
#include <vector>

namespace kolace {

/// A fitted potential and its quality.
struct FitResult {
  AcePotential potential;       ///< the complete potential, with reference potential and repulsion
  int n_functions = 0;          ///< number of fitted functions
  double coefficient_norm = 0;  ///< norm of their coefficients
  SolverResult solver;          ///< solution and choice of the strength; on rank 0 only
  double kappa = 0;             ///< share of forces in the loss, as used in the end
  double kappa_virial = 0;      ///< weight of the virial term in the loss, as used in the end
  std::string reference_source; ///< origin of E0 (TrainingData::reference_source)
  /// Shortest distance of each pair of elements in the training data, Angstrom [n_elements^2];
  /// infinite if no pair is within the cutoff.
  std::vector<double> shortest_distances;
  /// Training frames with atoms much closer than in the others, one sentence each.
  std::vector<std::string> close_frames;
  std::vector<double> test_shortest_distances; ///< those of the test set; empty without one
  /// Simple crystals beyond the densities of the data, on rank 0.
  std::vector<CompressionCheck> compression;
  /// Short molecular dynamics of training structures with the potential, on rank 0.
  std::vector<TrialRun> dynamics;
  std::vector<std::string> warnings;   ///< doubts about fit and data, each with a remedy
  long rows_energy = 0;                ///< energies in the fit; like the next two, on rank 0 only
  long rows_forces = 0;                ///< force components in the fit
  long rows_virial = 0;                ///< virial components in the fit
  ErrorTable train;                    ///< errors on the training structures that were not dropped
  std::optional<ErrorTable> test;      ///< errors on the test set; none without one
  std::vector<AcePotential> committee; ///< draws from the posterior of Bayesian solvers
  std::vector<LadderStep> ladder;      ///< model path, smallest model first, this one last
  std::optional<Calibration> calibration; ///< calibration of the posterior, if the solver has one
  /// Predicted deviations of the test structures, on rank 0; functions without data contribute
  /// nothing.
  std::optional<DeviationTable> test_deviations;
  std::vector<std::string> skipped_frames; ///< one message per bad frame of both data sets
  LabelCounts labels;                      ///< labels found in the training files
  LabelCounts test_labels;                 ///< labels found in the test files
  long n_dropped = 0; ///< training structures left out by weighting or by a table of weights
  std::vector<std::pair<std::string, double>> seconds; ///< per stage, in order
  double atoms_per_second = 0;                         ///< of the assembly on all ranks
  /// True if made from factors: mean squares are weighted as in the loss, absolute errors are NaN,
  /// and predicted deviations are not calibrated.
  bool from_factors = false;
};

/// Fits a linear potential: labels, assembly, solution, errors. The result includes the options'
/// reference potential and repulsion, and the errors are those of the complete potential, evaluated
/// with the spline tables of options.spline_width. Unless the options ask for another solver, the
/// fit is the exact optimum of the loss, and the minimum-norm one if the basis is rank-deficient.
/// `test` may be empty. Every rank gets the potential and the errors; only rank 0 gets the
/// solution, the numbers of rows and the warnings.
/// @throws InputError for bad data
FitResult fit_potential(Context const& context, Dataset const& train, Dataset const& test,
                        std::shared_ptr<AceBasis const> basis, FitOptions const& options);

/// The same from previously assembled factors, without access to the data.
/// @param basis all functions of the set, or a subset in the same order
/// @throws InputError if the options ask for something that the set does not have, e.g. other
///   radial functions, weights within groups or a reference potential
FitResult fit_factors(Context context, FactorSet const& set, std::shared_ptr<AceBasis const> basis,
                      FitOptions const& options);

} // namespace kolace
