// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/solve/detail/solvers.hpp>

#include <kolace/core/errors.hpp>
#include <kolace/linalg/elastic_net.hpp>
#include <kolace/linalg/ridge_path.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>

namespace kolace::detail {
namespace {

using Kind = SolverOptions::Kind;
using Choice = SolverOptions::Choice;
using Coefficients = std::vector<double>;

RidgeWeights scaled(RidgeWeights weights, double factor) {
  for (double& w : weights.own)
    w *= factor;
  for (SharedPart& part : weights.shared)
    part.weight *= factor;
  return weights;
}

/// Solutions for one training factor as a function of the strength.
using Family = std::function<Coefficients(double strength)>;

/// A family with its effective number of parameters and scores.
struct FittedFamily {
  Family coefficients;
  std::function<double(double)> degrees_of_freedom, gcv, log_evidence;
  double low = 0, high = 0; ///< range of strengths to try
  bool descending = false;  ///< each solution starts from that of the next larger strength
};

FittedFamily ridge_family(TriangularFactor const& factor, RidgeWeights const& weights) {
  auto const path = std::make_shared<RidgePath>(factor, weights);
  double const top = path->singular_values().empty() ? 1 : path->singular_values()[0];
  FittedFamily family;
  family.coefficients = [path](double s) { return path->coefficients(s); };
  family.degrees_of_freedom = [path](double s) { return path->degrees_of_freedom(s); };
  family.gcv = [path](double s) { return path->gcv(s); };
  family.log_evidence = [path](double s) { return path->log_evidence(s); };
  family.low = 1e-28 * top * top;
  family.high = top * top;
  return family;
}

FittedFamily truncated_family(TriangularFactor const& factor, std::vector<double> const& weights) {
  auto const path = std::make_shared<RidgePath>(factor, weights);
  auto const rank = [path](double cutoff) {
    auto const& s = path->singular_values();
    return static_cast<int>(
        std::count_if(s.begin(), s.end(), [&](double x) { return x > cutoff * s[0]; }));
  };
  FittedFamily family;
  family.coefficients = [path, rank](double s) { return path->truncated(rank(s)); };
  family.degrees_of_freedom = [path, rank](double s) { return path->n_free() + rank(s); };
  family.gcv = [path, rank](double s) { return path->truncated_gcv(rank(s)); };
  family.low = 1e-15;
  family.high = 0.5;
  return family;
}

FittedFamily elastic_family(TriangularFactor factor, std::vector<double> const& weights,
                            double l2) {
  long const rows = factor.n_rows();
  TriangularFactor const data = factor;
  factor.add_penalty(plain_penalties(weights, l2));
  auto const net = std::make_shared<ElasticNet>(factor, weights);
  FittedFamily family;
  family.high = net->largest_strength();
  // The weights of a prior span decades: the range must reach the weakest penalty, too.
  double least = std::numeric_limits<double>::infinity(), most = 0;
  for (double const w : weights)
    if (w > 0)
      least = std::min(least, w), most = std::max(most, w);
  family.low = 1e-8 * family.high * (most > 0 ? least / most : 1);
  family.descending = true;
  family.coefficients = [net](double s) { return net->solve(s); };
  // The effective number of parameters is the number of non-zero coefficients (Zou, Hastie and
  // Tibshirani 2007).
  family.degrees_of_freedom = [net](double s) {
    net->solve(s);
    return static_cast<double>(net->n_active());
  };
  family.gcv = [net, data, rows](double s) {
    double const residual = data.residual_square(net->solve(s));
    double const left = static_cast<double>(rows) - net->n_active();
    return left > 0 ? static_cast<double>(rows) * residual / (left * left)
                    : std::numeric_limits<double>::infinity();
  };
  return family;
}

FittedFamily family_of(TriangularFactor const& factor, SolverProblem const& problem, Kind kind) {
  switch (kind) {
  case Kind::truncated_svd:
    return truncated_family(factor, problem.weights);
  case Kind::elastic_net:
    return elastic_family(factor, problem.weights, problem.l2);
  default:
    return ridge_family(factor, problem.ridge_weights());
  }
}

/// Score that a choice minimizes, as a function of the strength.
std::function<double(double)> score_of(SolverProblem const& problem, FittedFamily const& family,
                                       SolverOptions const& options) {
  switch (options.choice) {
  case Choice::gcv:
    return family.gcv;
  case Choice::evidence:
    if (!family.log_evidence)
      throw InputError("fit.solver.choose: evidence is available for ridge only");
    return [&](double s) { return -family.log_evidence(s); };
  case Choice::validation:
    if (!problem.validation)
      throw InputError("fit.solver.choose: validation requires a test set (data.test_filename or "
                       "data.test_size)");
    if (problem.validation->n_rows() == 0)
      throw InputError("fit.solver.choose: the test set has no labels that contribute to the loss");
    return [&](double s) { return problem.validation->residual_square(family.coefficients(s)); };
  case Choice::folds: {
    std::vector<Family> rest;
    for (auto const& [others, fold] : problem.folds)
      rest.push_back(family_of(others, problem, options.kind).coefficients);
    return [&problem, rest](double s) {
      double sum = 0;
      for (std::size_t f = 0; f < rest.size(); ++f)
        sum += problem.folds[f].second.residual_square(rest[f](s));
      return sum;
    };
  }
  case Choice::given:
    break;
  }
  return {};
}

/// Sets the strength given in the options, or the one with the lowest score.
void choose_strength(SolverProblem const& problem, FittedFamily const& family,
                     SolverOptions const& options, SolverResult& result) {
  result.strength = options.strength;
  if (options.choice == Choice::given)
    return;
  auto const score = score_of(problem, family, options);
  result.score_name = choice_name(options.choice);
  if (!(family.high > 0))
    return;
  if (options.kind == Kind::ridge) {
    std::vector<std::pair<double, double>> grid;
    result.strength = minimize_strength(score, family.low, family.high, 85, &grid);
    for (auto const& [strength, value] : grid)
      result.scores.push_back({strength, value});
    return;
  }
  // The score has steps or kinks as a function of strength: takes the best point of a fine grid,
  // from strong to weak.
  int const points = options.kind == Kind::elastic_net ? 49 : 121;
  double best = std::numeric_limits<double>::infinity();
  for (int k = points - 1; k >= 0; --k) {
    double const strength = family.low * std::pow(family.high / family.low, k / (points - 1.));
    double const value = score(strength);
    result.scores.push_back({strength, value});
    if (value < best)
      best = value, result.strength = strength;
  }
}

} // namespace

void solve_with_strength(SolverProblem const& problem, SolverOptions const& options,
                         SolverResult& result) {
  FittedFamily const family = family_of(problem.train, problem, options.kind);
  choose_strength(problem, family, options, result);
  bool const ridge = options.kind == Kind::ridge && result.strength > 0;
  std::optional<Posterior> posterior;
  if (ridge)
    posterior = ridge_posterior(problem.train, problem.ridge_weights(), result.strength);
  Coefficients const c = ridge ? posterior->mean() : family.coefficients(result.strength);
  result.degrees_of_freedom = family.degrees_of_freedom(result.strength);
  if (family.log_evidence && result.strength > 0)
    result.log_evidence = family.log_evidence(result.strength);
  RidgeWeights penalties(std::vector<double>(problem.weights.size(), 0.));
  if (options.kind == Kind::ridge) {
    penalties = scaled(problem.ridge_weights(), result.strength);
    result.posterior = std::move(posterior);
  } else if (options.kind == Kind::elastic_net)
    penalties = plain_penalties(problem.weights, problem.l2);
  describe_system(problem.train, penalties, c, result);
  if (options.kind == Kind::truncated_svd)
    result.solution.rank = static_cast<int>(result.degrees_of_freedom);
}

} // namespace kolace::detail
