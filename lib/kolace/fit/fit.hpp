#pragma once

#include <kolace/assembly/factor_set.hpp>
#include <kolace/fit/calibration.hpp>
#include <kolace/fit/compression.hpp>
#include <kolace/fit/deviations.hpp>
#include <kolace/fit/errors.hpp>
#include <kolace/fit/ladder.hpp>
#include <kolace/solve/solver.hpp>

#include <optional>
#include <string>
#include <vector>

namespace kolace {

/// Stages of a fit, for progress displays.
using StageProgress =
    std::function<void(std::string const& stage, long atoms_done, long atoms_total)>;

/// A fitted potential and how good it is.
struct FitResult {
  AcePotential potential;
  int n_functions = 0;         ///< that were fitted
  double coefficient_norm = 0; ///< of those
  SolverResult solver;
  double kappa = 0, kappa_virial = 0;
  std::string reference_source;
  /// Shortest distance of each pair of elements in the training data, Angstrom [n_elements^2];
  /// infinite where none lies within the cutoff.
  std::vector<double> shortest_distances;
  /// Training frames with atoms much closer than in the others, a sentence on each.
  std::vector<std::string> close_frames;
  std::vector<double> test_shortest_distances; ///< of the test data; empty without
  std::vector<CompressionCheck> compression;   ///< simple crystals beyond the data's densities
  std::vector<std::string> warnings;           ///< what a colleague would say, each with a way out
  long rows_energy = 0, rows_forces = 0, rows_virial = 0;
  ErrorTable train;
  std::optional<ErrorTable> test;
  std::vector<AcePotential> committee;    ///< draws from the posterior, of Bayesian solvers
  std::vector<LadderStep> ladder;         ///< the models below this one, smallest first, and it
  std::optional<Calibration> calibration; ///< of the posterior, where the solver has one
  /// Predicted deviations of the test structures, on rank 0; without functions that have no data.
  std::optional<DeviationTable> test_deviations;
  std::vector<std::string> skipped_frames;
  LabelCounts labels, test_labels;
  long n_dropped = 0;
  std::vector<std::pair<std::string, double>> seconds; ///< per stage, in order
  double atoms_per_second = 0;                         ///< of the assembly, all ranks
  /// Made from factors: mean squares are weighted as in the loss, absolute errors are NaN, and
  /// predicted deviations are not calibrated.
  bool from_factors = false;
};

/// Fits a linear potential: labels, assembly, solution, errors. The result holds the options'
/// reference potential and repulsion too, and the errors are those of the whole, evaluated with the
/// spline tables of options.spline_width. Unless the options ask for another solver, the exact
/// optimum of the loss; where the basis is rank-deficient, the minimum-norm one. `test` may be
/// empty. Every rank has the potential and the errors; the solution, the numbers of rows and the
/// warnings are rank 0's.
/// @throws InputError for bad data
FitResult fit_potential(Dataset const& train, Dataset const& test,
                        std::shared_ptr<AceBasis const> basis, FitOptions const& options,
                        Communicator const& ranks, StageProgress const& progress = {});

/// The same from factors that were assembled before; the data are not touched.
/// @param basis all functions of the set, or some of them in its order
/// @throws InputError where the options ask for what the set does not have, e.g. other radial
///         functions, weights within groups or a reference potential
FitResult fit_factors(FactorSet const& set, std::shared_ptr<AceBasis const> basis,
                      FitOptions const& options, StageProgress const& progress = {});

} // namespace kolace
