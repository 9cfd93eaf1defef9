#pragma once

#include <kolace/assembly/assemble.hpp>
#include <kolace/fit/options.hpp>
#include <kolace/solve/solver.hpp>

#include <memory>
#include <optional>

namespace kolace {

/// Labels, weights and targets of a fit's data sets, from one pass over each. Test data are judged
/// with the training data's E0; nothing of them is left out by energy.
class FitData {
public:
  /// @param test may be empty
  /// @throws InputError for bad data, and for label keys that no training frame has
  FitData(Dataset const& train, Dataset const& test, AceBasis const& basis,
          FitOptions const& options);
  /// Of data whose factors were assembled before.
  FitData(FactorSet const& set, FitOptions const& options);

  TrainingData const& training() const { return training_; }
  TrainingData const* test() const { return test_ ? &*test_ : nullptr; }
  std::vector<std::string> skipped_frames() const; ///< of both sets
  /// Of the training data; empty where they come from factors.
  std::vector<CloseFrame> const& close_frames() const { return close_frames_; }
  LossShares shares() const { return shares_; }
  void set_shares(LossShares shares) { shares_ = shares; }
  bool fit_reference() const { return fit_reference_; } ///< E0 of some element is fitted
  /// Whose E0 is fitted [n_elements]; empty: none.
  std::vector<bool> fitted_elements() const;
  /// What every stream of these data's rows has in common.
  RowStreamOptions rows(FitOptions const& options) const;

private:
  void choose_shares(FitOptions const& options);

  TrainingData training_;
  std::optional<TrainingData> test_;
  std::vector<CloseFrame> close_frames_;
  LossShares shares_;
  bool fit_reference_ = false;
};

/// The factors a solver with its choice needs.
struct SolverFactors {
  std::vector<DesignFactors> groups; ///< of the training data: one, or one a fold
  std::optional<DesignFactors> test; ///< only where the solver looks at test data
  /// Virial rows with the baseline's column as the last unknown, where there is a baseline.
  std::optional<TriangularFactor> virials;
  /// Rows of a prior over the same unknowns, in units of the loss; they count as no data.
  std::optional<TriangularFactor> prior;

  DesignFactors all() const; ///< the training data's groups together
  long n_rows() const;       ///< of the training data
  /// @throws InputError where rows overflow
  SolverProblem problem(LossShares shares, FitOptions const& options, AceBasis const& basis) const;
};

/// Assembles them; rank 0 has the result.
SolverFactors assemble_solver_factors(Dataset const& train, Dataset const& test,
                                      FitData const& data,
                                      std::shared_ptr<AceBasis const> const& basis,
                                      FitOptions const& options, Communicator const& ranks,
                                      AssemblyStatistics& statistics,
                                      Progress const& progress = {});

/// Groups of a data set as a fit sees them: its functions, E0, baseline and weights.
struct FittedGroups {
  std::vector<FactorGroup> train, test;
};

/// @param basis of the fit: all functions of the set, or some
/// @throws InputError where the options ask for what the set does not have
FittedGroups fitted_groups(FactorSet const& set, FitData const& data, AceBasis const& basis,
                           FitOptions const& options);

/// The same factors as assemble_solver_factors gives, from groups.
/// @param set whose groups they are
SolverFactors solver_factors(FactorSet const& set, FittedGroups const& groups, FitData const& data,
                             AceBasis const& basis, FitOptions const& options);

/// How many folds a solver wants of so many structures with labels; 1: none.
/// @throws InputError where there are too few
int wanted_folds(SolverOptions const& solver, long n_labelled);

} // namespace kolace
