// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/solve/detail/solvers.hpp>

#include <kolace/core/errors.hpp>

#include <algorithm>
#include <cmath>

namespace kolace::detail {

void solve_bayesian(SolverProblem const& problem, SolverOptions const& options,
                    SolverResult& result) {
  bool const ard = options.kind == SolverOptions::Kind::ard;
  if (problem.train.n_rows() <= std::count(problem.weights.begin(), problem.weights.end(), 0.))
    throw InputError("fit.solver: the training data must have more labels than fitted E0s");
  BayesianSolution bayesian =
      ard ? solve_ard(problem.train, problem.weights,
                      options.max_iterations > 0 ? options.max_iterations : 300,
                      options.tolerance > 0 ? options.tolerance : 1e-4)
          : solve_evidence(problem.train, problem.weights);
  double const beta = bayesian.posterior.noise_precision();
  // Penalties of the ridge with the same mean; pruned coefficients get the largest of them.
  std::vector<double> penalties;
  double largest = 0;
  for (double const p : bayesian.precisions)
    if (std::isfinite(p))
      largest = std::max(largest, p / beta);
  for (double const p : bayesian.precisions)
    penalties.push_back(std::isfinite(p) ? p / beta : largest);
  describe_system(problem.train, penalties, bayesian.posterior.mean(), result);
  if (ard)
    result.solution.rank = bayesian.posterior.n_kept();
  for (std::size_t i = 0; i < penalties.size() && !ard; ++i)
    if (problem.weights[i] > 0)
      result.strength = std::max(result.strength, penalties[i] / problem.weights[i]);
  result.degrees_of_freedom = bayesian.degrees_of_freedom;
  result.log_evidence = bayesian.log_evidence;
  result.posterior = std::move(bayesian.posterior);
}

} // namespace kolace::detail
