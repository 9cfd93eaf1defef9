// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/linalg/bayes.hpp>
#include <kolace/linalg/lbfgs.hpp>
#include <kolace/linalg/reduced_unknowns.hpp>
#include <kolace/linalg/triangular_factor.hpp>
#include <kolace/model/ace_basis.hpp>
#include <kolace/solve/options.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kolace {

/// Factors of the loss for a solver, without penalties.
struct SolverProblem {
  TriangularFactor train;                     ///< rows of the training data
  std::optional<TriangularFactor> validation; ///< rows of the test data, if the solver uses them
  /// For each fold: the training rows without those of the fold, and the rows of the fold.
  std::vector<std::pair<TriangularFactor, TriangularFactor>> folds;
  /// Weights of the penalties [n_unknowns]; 0 for E0, infinite for functions without data.
  std::vector<double> weights;
  std::vector<SharedPart> shared; ///< shared parts of functions; for ridge only
  /// Rows whose sum of squares is a mean square error, with its name: recorded in learning curves.
  std::vector<std::pair<std::string, TriangularFactor>> watched;
  double l1 = 0; ///< strength of sum |c| in the loss, without E0
  double l2 = 0; ///< strength of sum c^2 in the loss, without E0

  /// Weights and shared parts.
  RidgeWeights ridge_weights() const;
  /// The same problem with only these columns.
  SolverProblem select(std::vector<int> const& columns) const;
};

/// Strength of a regularization and its score.
struct StrengthScore {
  double strength; ///< in the meaning of the solver (SolverOptions::Kind)
  double score;    ///< value of the criterion; lower is better
};

/// Solution of a solver with details for reports.
struct SolverResult {
  /// Rank and condition are those of the training rows with penalties; 0: unknown. The rank of ard
  /// and truncated_svd is the number of unknowns that are kept.
  Solution solution;
  std::string name;              ///< solver_name(), or "l1" for elastic_net without L2
  double strength = 0;           ///< strength of the regularization, chosen or given
  double degrees_of_freedom = 0; ///< effective number of parameters; NaN if undefined
  int n_nonzero = 0;             ///< non-zero coefficients of functions
  /// Functions that vanish in all training structures; their coefficients are 0 unless predicted.
  int n_without_data = 0;
  /// Functions without data whose coefficients were predicted from similar ones (share_similar).
  int n_predicted = 0;
  std::string score_name;            ///< empty: the strength was given
  std::vector<StrengthScore> scores; ///< scores of all strengths tried; lower is better
  std::vector<LearningPoint> curve;  ///< learning curve of iterative solvers
  std::vector<std::string> watched;  ///< names of LearningPoint::watched
  bool converged = true;             ///< true if an iterative solver reached its tolerance
  std::optional<double>
      log_evidence; ///< natural logarithm, at the strength used (ridge, evidence, ard)
  /// Set by ridge (strength above 0), evidence and ard; fit_potential() calibrates it.
  std::optional<Posterior> posterior;
  double penalty = 0; ///< l1 sum |c| + l2 sum c^2 of the loss
};

/// Weights of the penalties: from the prior, or 1; 0 for the E0 unknowns after the functions.
std::vector<double> penalty_weights(AceBasis const& basis,
                                    std::optional<SmoothnessPrior> const& prior, int n_reference);

/// Minimizes the loss using factors; every kind but lsqr, which needs the rows (solve_on_rows).
/// @throws InputError if the choice lacks the data that it needs, or if there are too few data
SolverResult solve(SolverProblem const& problem, SolverOptions const& options);

/// Name of a solver in input.yaml.
std::string solver_name(SolverOptions::Kind kind);
/// Name of a criterion in input.yaml and reports.
std::string choice_name(SolverOptions::Choice choice);

} // namespace kolace
