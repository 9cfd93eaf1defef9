#pragma once

#include <kolace/fit/assembly.hpp>
#include <kolace/fit/solver.hpp>

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

  TrainingData const& training() const { return training_; }
  TrainingData const* test() const { return test_ ? &*test_ : nullptr; }
  std::vector<std::string> skipped_frames() const; ///< of both sets
  LossShares shares() const { return shares_; }
  void set_shares(LossShares shares) { shares_ = shares; }
  bool fit_reference() const { return fit_reference_; } ///< E0 of some element is fitted
  /// What every stream of these data's rows has in common.
  RowStreamOptions rows(FitOptions const& options) const;

private:
  TrainingData training_;
  std::optional<TrainingData> test_;
  LossShares shares_;
  bool fit_reference_;
};

/// The factors a solver with its choice needs.
struct SolverFactors {
  std::vector<DesignFactors> groups; ///< of the training data: one, or one a fold
  std::optional<DesignFactors> test; ///< only where the solver looks at test data
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

} // namespace kolace
