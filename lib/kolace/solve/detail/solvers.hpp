// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/solve/solver.hpp>

#include <vector>

namespace kolace::detail {

/// Function of a family of solvers. It sets the solution and, where the family defines them,
/// strength, degrees of freedom, scores, curve and posterior.
using Solver = void (*)(SolverProblem const& problem, SolverOptions const& options,
                        SolverResult& result);

/// Exact minimum of the loss with its penalties.
void solve_loss(SolverProblem const& problem, SolverOptions const& options, SolverResult& result);
/// Ridge, truncated SVD and elastic net, with a strength that is given or chosen.
void solve_with_strength(SolverProblem const& problem, SolverOptions const& options,
                         SolverResult& result);
/// Bayesian ridge and automatic relevance determination.
void solve_bayesian(SolverProblem const& problem, SolverOptions const& options,
                    SolverResult& result);
/// Quasi-Newton steps (L-BFGS) from zero, with a learning curve.
void solve_by_gradients(SolverProblem const& problem, SolverOptions const& options,
                        SolverResult& result);

/// Penalties of the loss itself: `value` for every coefficient, 0 for E0.
std::vector<double> plain_penalties(std::vector<double> const& weights, double value);

/// Sets rank and condition of the rows with their penalties, as defined by solve_least_squares, and
/// stores the coefficients.
void describe_system(TriangularFactor const& factor, RidgeWeights const& penalties,
                     std::vector<double> coefficients, SolverResult& result);

} // namespace kolace::detail
