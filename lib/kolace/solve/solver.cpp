// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/solve/solver.hpp>

#include <kolace/core/contracts.hpp>
#include <kolace/solve/detail/solvers.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace kolace {
namespace {

using Kind = SolverOptions::Kind;
using Choice = SolverOptions::Choice;

struct NamedSolver {
  Kind kind;
  char const* name;
  detail::Solver solve; ///< null if the solver needs more than factors
};

constexpr std::array solvers{
    // Replaced by a ridge (choose_regularization).
    NamedSolver{Kind::automatic, "automatic", nullptr},
    NamedSolver{Kind::least_squares, "least_squares", detail::solve_loss},
    NamedSolver{Kind::ridge, "ridge", detail::solve_with_strength},
    NamedSolver{Kind::truncated_svd, "truncated_svd", detail::solve_with_strength},
    NamedSolver{Kind::elastic_net, "elastic_net", detail::solve_with_strength},
    NamedSolver{Kind::evidence, "evidence", detail::solve_bayesian},
    NamedSolver{Kind::ard, "ard", detail::solve_bayesian},
    NamedSolver{Kind::lbfgs, "lbfgs", detail::solve_by_gradients},
    NamedSolver{Kind::lsqr, "lsqr", nullptr}};

NamedSolver const& entry_of(Kind kind) {
  for (NamedSolver const& entry : solvers)
    if (entry.kind == kind)
      return entry;
  throw std::invalid_argument("solver: unknown kind");
}

double penalty(SolverProblem const& problem, std::vector<double> const& c) {
  double sum = 0;
  for (std::size_t i = 0; i < c.size(); ++i)
    if (problem.weights[i] > 0)
      sum += problem.l1 * std::abs(c[i]) + problem.l2 * c[i] * c[i];
  return sum;
}

} // namespace

std::string solver_name(Kind kind) {
  return entry_of(kind).name;
}

std::string choice_name(Choice choice) {
  char const* const names[] = {"given", "validation", "evidence", "gcv", "folds"};
  return names[static_cast<int>(choice)];
}

std::vector<double> penalty_weights(AceBasis const& basis,
                                    std::optional<SmoothnessPrior> const& prior, int n_reference) {
  std::vector<double> weights;
  for (BasisFunction const& f : basis.functions()) {
    double sum = 1;
    if (prior) {
      double const power = prior->decay > 0 ? 1 : prior->power;
      sum = 0;
      for (int t = 0; t < f.rank(); ++t)
        sum += std::pow(f.n[t], power) + prior->l_weight * std::pow(f.l[t], power);
      if (prior->decay > 0)
        sum = std::exp(prior->decay * sum);
      sum *= std::pow(prior->rank_factor, f.rank() - 1);
    }
    weights.push_back(sum * sum);
  }
  weights.insert(weights.end(), n_reference, 0.);
  return weights;
}

RidgeWeights SolverProblem::ridge_weights() const {
  RidgeWeights result(weights);
  result.shared = shared;
  return result;
}

SolverProblem SolverProblem::select(std::vector<int> const& columns) const {
  SolverProblem part;
  part.train = train.select(columns);
  if (validation)
    part.validation = validation->select(columns);
  for (auto const& [others, fold] : folds)
    part.folds.emplace_back(others.select(columns), fold.select(columns));
  RidgeWeights selected = ridge_weights().select(columns);
  part.weights = std::move(selected.own);
  part.shared = std::move(selected.shared);
  part.l1 = l1;
  part.l2 = l2;
  return part;
}

SolverResult solve(SolverProblem const& problem, SolverOptions const& options) {
  KOLACE_EXPECT(static_cast<int>(problem.weights.size()) == problem.train.n_unknowns(),
                problem.weights.size(), problem.train.n_unknowns());
  NamedSolver const& solver = entry_of(options.kind);
  if (!solver.solve)
    throw std::invalid_argument("solve: this solver requires design rows");
  SolverResult result;
  result.name = options.kind == Kind::elastic_net && problem.l2 == 0 ? "l1" : solver.name;
  result.degrees_of_freedom = std::numeric_limits<double>::quiet_NaN();
  solver.solve(problem, options, result);
  auto const& c = result.solution.coefficients;
  KOLACE_ENSURE(c.size() == problem.weights.size(), c.size(), problem.weights.size());
  for (std::size_t i = 0; i < c.size(); ++i)
    result.n_nonzero += problem.weights[i] > 0 && c[i] != 0;
  result.penalty = penalty(problem, c);
  for (std::size_t j = 0; j < problem.weights.size(); ++j)
    if (std::isinf(problem.weights[j]) ||
        (problem.weights[j] > 0 && problem.train.is_zero_column(static_cast<int>(j)))) {
      ++result.n_without_data;
      result.n_predicted += c[j] != 0;
    }
  return result;
}

namespace detail {

std::vector<double> plain_penalties(std::vector<double> const& weights, double value) {
  std::vector<double> result;
  for (double const w : weights)
    result.push_back(w > 0 ? value : 0);
  return result;
}

void describe_system(TriangularFactor const& factor, RidgeWeights const& penalties,
                     std::vector<double> coefficients, SolverResult& result) {
  TriangularFactor total = factor;
  if (penalties.shared.empty() && std::all_of(penalties.own.begin(), penalties.own.end(),
                                              [](double w) { return std::isfinite(w); })) {
    total.add_penalty(penalties.own);
  } else {
    ReducedUnknowns const reduced(factor, penalties);
    total = reduced.reduce(factor);
    total.add_penalty(reduced.weights());
  }
  result.solution = solve_least_squares(total);
  result.solution.coefficients = std::move(coefficients);
}

} // namespace detail
} // namespace kolace
