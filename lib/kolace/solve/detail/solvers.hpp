#pragma once

#include <kolace/solve/solver.hpp>

#include <vector>

namespace kolace::detail {

/// A family of solvers. It fills in the solution, and what it knows of strength, degrees of
/// freedom, scores, curve and posterior.
using Solver = void (*)(SolverProblem const& problem, SolverOptions const& options,
                        SolverResult& result);

/// The loss with its penalties, exactly.
void solve_loss(SolverProblem const& problem, SolverOptions const& options, SolverResult& result);
/// Ridge, truncated singular values and elastic net: one number, the strength, given or chosen.
void solve_with_strength(SolverProblem const& problem, SolverOptions const& options,
                         SolverResult& result);
/// Bayesian ridge and automatic relevance determination.
void solve_bayesian(SolverProblem const& problem, SolverOptions const& options,
                    SolverResult& result);
/// Gradient steps from zero, with a learning curve.
void solve_by_gradients(SolverProblem const& problem, SolverOptions const& options,
                        SolverResult& result);

/// Penalties of the loss itself act on every coefficient alike, not on E0.
std::vector<double> plain_penalties(std::vector<double> const& weights, double value);

/// Rank and condition of the rows with their penalties, as solve_least_squares counts them.
void describe_system(TriangularFactor const& factor, std::vector<double> const& penalties,
                     std::vector<double> coefficients, SolverResult& result);

} // namespace kolace::detail
