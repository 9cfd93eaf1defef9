// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/solve/detail/solvers.hpp>

#include <kolace/linalg/elastic_net.hpp>

namespace kolace::detail {

void solve_loss(SolverProblem const& problem, SolverOptions const&, SolverResult& result) {
  TriangularFactor total = problem.train;
  if (problem.l2 > 0)
    total.add_penalty(plain_penalties(problem.weights, problem.l2));
  result.solution = solve_least_squares(total);
  result.degrees_of_freedom = result.solution.rank;
  if (problem.l1 == 0)
    return;
  ElasticNet net(total, plain_penalties(problem.weights, 1));
  result.solution.coefficients = net.solve(problem.l1);
  result.degrees_of_freedom = net.n_active();
}

} // namespace kolace::detail
