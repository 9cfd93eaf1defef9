// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/solve/detail/solvers.hpp>

namespace kolace::detail {

void solve_by_gradients(SolverProblem const& problem, SolverOptions const& options,
                        SolverResult& result) {
  LbfgsOptions lbfgs;
  lbfgs.max_iterations = options.max_iterations > 0 ? options.max_iterations : 3000;
  lbfgs.gradient_tolerance = options.tolerance > 0 ? options.tolerance : 1e-12;
  for (auto const& [name, rows] : problem.watched) {
    lbfgs.watched.push_back(&rows);
    result.watched.push_back(name);
  }
  auto const l2 = plain_penalties(problem.weights, problem.l2);
  LbfgsResult found =
      minimize_lbfgs(problem.train, plain_penalties(problem.weights, problem.l1), l2,
                     problem.validation ? &*problem.validation : nullptr, lbfgs);
  result.curve = std::move(found.curve);
  result.converged = found.converged;
  describe_system(problem.train, l2, std::move(found.coefficients), result);
}

} // namespace kolace::detail
