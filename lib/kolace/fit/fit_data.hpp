// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/assembly/assemble.hpp>
#include <kolace/fit/options.hpp>
#include <kolace/solve/solver.hpp>

#include <memory>
#include <optional>

namespace kolace {

/// Labels, weights and targets of a fit's data sets, from one pass over each. Test data use the E0
/// of the training data and are not dropped by energy.
class FitData {
public:
  /// @param test may be empty
  /// @throws InputError for bad data, and for label keys that occur in no training frame
  FitData(Context const& context, Dataset const& train, Dataset const& test, AceBasis const& basis,
          FitOptions const& options);
  /// From data whose factors were assembled before.
  FitData(FactorSet const& set, FitOptions const& options);

  /// Labels of the training set.
  TrainingData const& training() const { return training_; }
  /// Labels of the test set; null if there is none.
  TrainingData const* test() const { return test_ ? &*test_ : nullptr; }
  std::vector<std::string> skipped_frames() const; ///< in both sets
  /// Close frames of the training data; empty if the fit uses factors.
  std::vector<CloseFrame> const& close_frames() const { return close_frames_; }
  /// Shares of the kinds of labels in the loss: those of training(), or those set later.
  LossShares shares() const { return shares_; }
  /// Replaces the shares by those that the automatic solver chose.
  void set_shares(LossShares shares) { shares_ = shares; }
  bool fit_reference() const { return fit_reference_; } ///< true if E0 of any element is fitted
  /// Elements whose E0 is fitted [n_elements]; empty: none.
  std::vector<bool> fitted_elements() const;
  /// Options common to all row streams of these data.
  RowStreamOptions rows(FitOptions const& options) const;

private:
  void choose_shares(FitOptions const& options);

  TrainingData training_;
  std::optional<TrainingData> test_;
  std::vector<CloseFrame> close_frames_;
  LossShares shares_;
  bool fit_reference_ = false;
};

/// A fit on data: what it reads and how it is done. All must outlive the object.
struct FitTask {
  Dataset const& train;                         ///< training data
  Dataset const& test;                          ///< test data; may be empty
  FitData& data;                                ///< labels and weights of both
  std::shared_ptr<AceBasis const> const& basis; ///< functions to fit
  FitOptions const& options;                    ///< as chosen so far
};

/// Factors for a solver and its choice of strength.
struct SolverFactors {
  std::vector<DesignFactors> groups; ///< groups of the training data: one, or one per fold
  std::optional<DesignFactors> test; ///< only if the solver uses test data
  /// Rows of virials and, if all E0 are fitted, of energies, with the baseline's column as the last
  /// unknown; for the automatic solver, if there is a baseline. Virials have no E0 columns.
  std::optional<TriangularFactor> virials, energies;
  /// Weights of the penalty, if they are not penalty_weights().
  std::optional<RidgeWeights> weights;
  /// Rows of a prior over the same unknowns, in units of the loss; they do not count as data.
  std::optional<TriangularFactor> prior;

  DesignFactors all() const; ///< sum over the groups of the training data
  long n_rows() const;       ///< number of rows of the training data
  /// @param with_prior false: without `prior`
  /// @throws InputError if rows overflow
  SolverProblem problem(LossShares shares, FitOptions const& options, AceBasis const& basis,
                        bool with_prior = true) const;
};

/// Assembles the factors for a solver; rank 0 gets the result.
SolverFactors assemble_solver_factors(Context const& context, FitTask const& task,
                                      AssemblyStatistics& statistics);

/// Groups of a data set with the functions, E0, baseline and weights of a fit.
struct FittedGroups {
  std::vector<FactorGroup> train; ///< by config_type and fold, as in the set
  std::vector<FactorGroup> test;  ///< empty without test data
};

/// @param basis basis of the fit: all functions of the set, or a subset
/// @throws InputError if the options ask for something that the set does not have
FittedGroups fitted_groups(FactorSet const& set, FitData const& data, AceBasis const& basis,
                           FitOptions const& options);

/// The same factors as from assemble_solver_factors, made from groups.
/// @param set the set that the groups come from
SolverFactors solver_factors(FactorSet const& set, FittedGroups const& groups, FitData const& data,
                             AceBasis const& basis, FitOptions const& options);

/// Number of folds that a solver uses for n_labelled structures; 1: no folds.
/// @throws InputError if there are too few structures
int wanted_folds(SolverOptions const& solver, long n_labelled);

} // namespace kolace
