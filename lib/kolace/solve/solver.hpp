#pragma once

#include <kolace/linalg/bayes.hpp>
#include <kolace/linalg/lbfgs.hpp>
#include <kolace/linalg/triangular_factor.hpp>
#include <kolace/model/ace_basis.hpp>
#include <kolace/solve/options.hpp>

#include <optional>
#include <string>
#include <vector>

namespace kolace {

/// The factors of a loss that a solver works on; penalties are not in them.
struct SolverProblem {
  TriangularFactor train;
  std::optional<TriangularFactor> validation;
  /// Training rows without those of a fold, and those of the fold.
  std::vector<std::pair<TriangularFactor, TriangularFactor>> folds;
  std::vector<double> weights; ///< of the penalties, [n_unknowns]; 0 for E0
  double l1 = 0, l2 = 0;       ///< of the loss

  /// The part that some columns are.
  SolverProblem select(std::vector<int> const& columns) const;
};

/// Strength of a regularisation, and the score it was judged by.
struct StrengthScore {
  double strength, score;
};

/// What a solver found and how.
struct SolverResult {
  Solution solution; ///< rank and condition: of the training rows with their penalties; 0: unknown
  std::string name;
  double strength = 0;           ///< of the regularisation, chosen or given
  double degrees_of_freedom = 0; ///< effective number of parameters; NaN where not defined
  int n_nonzero = 0;
  int n_without_data = 0; ///< functions that vanish in all training structures; coefficients 0
  std::string score_name; ///< empty: the strength was given
  std::vector<StrengthScore> scores; ///< to be minimised
  std::vector<LearningPoint> curve;  ///< of iterative solvers
  bool converged = true;             ///< did an iterative solver meet its tolerance?
  std::optional<double> log_evidence;
  std::optional<Posterior> posterior;
  double penalty = 0; ///< l1 sum |c| + l2 sum c^2 of the loss
};

/// Weights of the penalties: of the prior, or 1; 0 for the E0 behind the functions.
std::vector<double> penalty_weights(AceBasis const& basis,
                                    std::optional<SmoothnessPrior> const& prior, int n_reference);

/// Minimises on the factors; every kind but lsqr, which needs the rows (solve_on_rows).
/// @throws InputError where the choice has nothing to judge by, or the data are too few
SolverResult solve(SolverProblem const& problem, SolverOptions const& options);

std::string solver_name(SolverOptions::Kind kind);
std::string choice_name(SolverOptions::Choice choice);

} // namespace kolace
