// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/fit/subset_models.hpp>

#include <kolace/assembly/baseline.hpp>
#include <kolace/fit/completed.hpp>
#include <kolace/fit/factor_errors.hpp>
#include <kolace/fit/model_errors.hpp>

#include <algorithm>
#include <cmath>

namespace kolace {
namespace {

/// A larger model contains the smaller one before it. If its loss is higher because of rounding
/// (with coefficients of 1e9, losses from the factor and from the rows differ by that much), the
/// smaller model is used, with zeros for the other functions.
void keep_not_worse(std::vector<SubsetModel>& models, std::vector<std::vector<int>> const& sets,
                    LossShares shares) {
  auto const loss = [&](SubsetModel const& model) {
    return model.train.total.loss(shares.kappa, shares.kappa_virial) + model.solver.penalty;
  };
  for (std::size_t k = 1; k < models.size(); ++k) {
    SubsetModel const& smaller = models[k - 1];
    SubsetModel& larger = models[k];
    if (!std::includes(sets[k].begin(), sets[k].end(), sets[k - 1].begin(), sets[k - 1].end()) ||
        loss(larger) <= loss(smaller))
      continue;
    larger.unknowns = smaller.unknowns;
    larger.coefficient_norm = smaller.coefficient_norm;
    larger.solver.n_nonzero = smaller.solver.n_nonzero;
    larger.solver.penalty = smaller.solver.penalty;
    larger.train = smaller.train;
    larger.test = smaller.test;
  }
}

void finish(std::vector<SubsetModel>& models, std::vector<std::vector<int>> const& sets,
            LossShares shares, FitOptions const& options) {
  for (SubsetModel const& model : models)
    if (!std::isfinite(model.train.total.loss(shares.kappa, shares.kappa_virial)))
      throw InputError("the loss is not finite: labels or weights overflow");
  if (options.solver.kind == SolverOptions::Kind::least_squares)
    keep_not_worse(models, sets, shares);
}

} // namespace

std::vector<SubsetModel> solve_subsets(Context const& context, SolverFactors const& factors,
                                       FitData const& data, AceBasis const& basis,
                                       FitOptions const& options,
                                       std::vector<std::vector<int>> const& sets) {
  std::size_t const n_unknowns =
      basis.size() + (data.fit_reference() ? basis.elements().size() : 0);
  std::vector<SubsetModel> models(sets.size());
  std::vector<double> numbers(sets.size() * n_unknowns, 0.);
  context.ranks.together([&] {
    if (context.ranks.is_root()) {
      SolverProblem const whole = factors.problem(data.shares(), options, basis);
      // The bounds that act on the whole basis are not those of its parts.
      SolverProblem const parts =
          factors.prior ? factors.problem(data.shares(), options, basis, false) : whole;
      for (std::size_t k = 0; k < sets.size(); ++k) {
        bool const all = static_cast<int>(sets[k].size()) == basis.size();
        std::vector<int> columns = sets[k];
        for (std::size_t e = basis.size(); e < n_unknowns; ++e)
          columns.push_back(static_cast<int>(e));
        models[k].solver = solve((all ? whole : parts).select(columns), options.solver);
        models[k].solver.posterior.reset(); // N_f^2 numbers per model
        for (std::size_t j = 0; j < columns.size(); ++j)
          numbers[k * n_unknowns + columns[j]] = models[k].solver.solution.coefficients[j];
        context.advance(static_cast<long>(k) + 1);
      }
    }
  });
  context.ranks.broadcast(numbers);
  for (std::size_t k = 0; k < models.size(); ++k) {
    auto const first = numbers.begin() + static_cast<std::ptrdiff_t>(k * n_unknowns);
    models[k].unknowns.assign(first, first + static_cast<std::ptrdiff_t>(n_unknowns));
    double square = 0;
    for (int b = 0; b < basis.size(); ++b)
      square += models[k].unknowns[b] * models[k].unknowns[b];
    models[k].coefficient_norm = std::sqrt(square);
  }
  return models;
}

AcePotential subset_potential(SubsetModel const& model, AceBasis const& basis,
                              std::vector<int> const& set,
                              std::vector<double> const& reference_energy,
                              FitOptions const& options, std::vector<double> const& shortest) {
  ModelSpecification spec = basis.specification();
  spec.functions.clear();
  AcePotential potential;
  for (int const b : set) {
    spec.functions.push_back(basis.functions()[b]);
    potential.coefficients.push_back(model.unknowns[b]);
  }
  potential.basis = std::make_shared<AceBasis const>(std::move(spec));
  potential.spline_width = options.spline_width;
  potential.reference_energy = reference_energy;
  for (std::size_t e = 0; e + basis.size() < model.unknowns.size(); ++e)
    potential.reference_energy[e] += model.unknowns[basis.size() + e];
  return completed(std::move(potential), options, shortest);
}

void measure_subsets(Context const& context, FitTask const& task, std::vector<SubsetModel>& models,
                     std::vector<std::vector<int>> const& sets,
                     std::vector<double> const& shortest) {
  FitData const& data = task.data;
  std::vector<std::vector<double>> unknowns;
  for (SubsetModel const& model : models)
    unknowns.push_back(model.unknowns);
  RowStreamOptions const rows = data.rows(task.options);
  AssemblyStatistics ignored, of_test;
  auto trained =
      measure_models(context, task.train, data.training(), task.basis, rows, unknowns, ignored);
  std::vector<ErrorTable> tested;
  if (data.test()) {
    Context const here = context.at("test errors", data.test()->n_atoms() / context.ranks.size());
    bool scaled = rows.reference_potential && has_core(*rows.reference_potential->basis) &&
                  !task.options.pair_repulsion;
    if (!scaled) {
      tested = measure_models(here, task.test, *data.test(), task.basis, rows, unknowns, of_test);
      auto const closest = shortest_distances(context, of_test, task.basis->elements().size());
      for (std::size_t k = 0; k < closest.size() && task.options.repulsion_below_data; ++k)
        scaled = scaled || closest[k] < shortest[k];
    }
    for (std::size_t k = 0; k < models.size() && scaled; ++k) {
      ErrorTable table = measure_errors(here, task.test,
                                        subset_potential(models[k], *task.basis, sets[k],
                                                         data.training().reference_energy(),
                                                         task.options, shortest),
                                        data.test());
      if (tested.size() <= k)
        tested.push_back(std::move(table));
      else
        tested[k] = std::move(table);
    }
  }
  for (std::size_t k = 0; k < models.size(); ++k) {
    models[k].train = std::move(trained[k]);
    if (!tested.empty())
      models[k].test = std::move(tested[k]);
  }
  finish(models, sets, data.shares(), task.options);
}

void measure_subsets(std::vector<SubsetModel>& models, std::vector<std::vector<int>> const& sets,
                     FittedGroups const& groups, FitData const& data, FitOptions const& options) {
  for (SubsetModel& model : models) {
    model.train = factor_errors(groups.train, data.training(), model.unknowns);
    if (data.test())
      model.test = factor_errors(groups.test, *data.test(), model.unknowns);
  }
  finish(models, sets, data.shares(), options);
}

} // namespace kolace
