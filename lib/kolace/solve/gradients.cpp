// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/core/random_numbers.hpp>
#include <kolace/solve/detail/solvers.hpp>

namespace kolace::detail {

void solve_by_gradients(SolverProblem const& problem, SolverOptions const& options,
                        SolverResult& result) {
  LbfgsOptions lbfgs;
  lbfgs.max_iterations = options.max_iterations > 0 ? options.max_iterations : 3000;
  lbfgs.gradient_tolerance = options.tolerance > 0 ? options.tolerance : 1e-12;
  if (options.start > 0) { // functions without data, and E0, start from zero
    RandomNumbers random(options.seed);
    lbfgs.start.assign(problem.train.n_unknowns(), 0.);
    for (int j = 0; j < problem.train.n_unknowns(); ++j)
      if (double const c = options.start * random.normal();
          problem.weights[j] > 0 && !problem.train.is_zero_column(j))
        lbfgs.start[j] = c;
  }
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
