// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/fit/sweep.hpp>

#include <kolace/fit/automatic.hpp>
#include <kolace/fit/detail/stages.hpp>
#include <kolace/fit/fit_data.hpp>

#include <algorithm>

namespace kolace {
namespace {

bool within(BasisFunction const& f, std::optional<BlockLimits> const& limits) {
  if (!limits)
    return true;
  std::size_t const order = f.rank() - 1;
  if (order >= limits->nradmax.size())
    return false;
  for (int t = 0; t < f.rank(); ++t)
    if (f.n[t] > limits->nradmax[order] || f.l[t] > limits->lmax[order])
      return false;
  return true;
}

} // namespace

std::vector<SweepModel> make_sweep(AceBasis const& basis, SweepOptions const& options) {
  std::vector<SweepModel> models;
  std::vector<int> kept; // functions of the path of lower body orders
  for (int rank = 1; rank <= basis.max_rank(); ++rank) {
    std::vector<int> order, branch;
    for (int b = 0; b < basis.size(); ++b)
      if (basis.functions()[b].rank() == rank)
        (within(basis.functions()[b], options.path) ? order : branch).push_back(b);
    auto const by_power = [&](int a, int b) {
      return basis.functions()[a].power() < basis.functions()[b].power();
    };
    std::stable_sort(order.begin(), order.end(), by_power);
    std::stable_sort(branch.begin(), branch.end(), by_power);
    std::size_t const n_path = order.size();
    order.insert(order.end(), branch.begin(), branch.end());
    auto const add = [&](std::size_t count, bool on_path) {
      std::vector<int> functions = kept;
      functions.insert(functions.end(), order.begin(), order.begin() + count);
      std::sort(functions.begin(), functions.end());
      if (models.empty() || functions != models.back().functions)
        models.push_back({rank + 1, on_path, std::move(functions)});
    };
    auto const steps = [&](std::size_t from, std::size_t to, bool on_path) {
      for (int k = 1; k <= options.points && to > from; ++k) {
        std::size_t const count = from + (to - from) * k / options.points;
        if (count > from)
          add(count, on_path);
      }
    };
    steps(0, n_path, true);
    steps(n_path, order.size(), false);
    kept.insert(kept.end(), order.begin(), order.begin() + n_path);
  }
  return models;
}

namespace {

void check_solver(SolverOptions const& solver) {
  if (solver.kind == SolverOptions::Kind::lsqr)
    throw InputError(
        "kolace sweep uses the triangular factor and is not available for fit.solver: lsqr");
  if (solver.committee > 0)
    throw InputError("fit.solver.committee: not available in kolace sweep; fit the model of "
                     "interest with kolace fit");
}

void note_labels(FitData const& data, SweepResult& result) {
  result.reference_energy = data.training().reference_energy();
  result.reference_source = data.training().reference_source();
  result.labels = data.training().pass().labels;
  result.skipped_frames = data.skipped_frames();
  result.n_dropped = data.training().n_dropped() + data.training().pass().left_out;
  if (data.test())
    result.test_labels = data.test()->pass().labels;
}

/// The steps of a study after the factors are assembled.
/// @param measure sets the errors of the models of these sets
void sweep_on(Context const& context, FitTask const& task, SolverFactors& factors,
              SweepOptions const& sweep, detail::Stages& stages,
              std::function<void(std::vector<SubsetModel>&,
                                 std::vector<std::vector<int>> const&)> const& measure,
              SweepResult& result) {
  FitData& data = task.data;
  auto const& basis = task.basis;
  AutomaticFit const decided = decide(context, factors, data, *basis, task.options);
  result.kappa = data.shares().kappa;
  result.kappa_virial = data.shares().kappa_virial;
  std::vector<std::vector<int>> sets;
  auto models = make_sweep(*basis, sweep);
  for (SweepModel const& model : models)
    sets.push_back(model.functions);
  auto fitted = solve_subsets(context.at("models", static_cast<long>(sets.size())), factors, data,
                              *basis, decided.options, sets);
  if (context.ranks.is_root())
    result.n_rows = factors.n_rows();
  stages.done("solve");
  measure(fitted, sets);
  for (std::size_t k = 0; k < fitted.size(); ++k)
    result.points.push_back({std::move(fitted[k]), std::move(models[k])});
  stages.done("errors");
}

} // namespace

SweepResult run_sweep(Context const& context, Dataset const& train, Dataset const& test,
                      std::shared_ptr<AceBasis const> const& basis, FitOptions const& options,
                      SweepOptions const& sweep) {
  check_solver(options.solver);
  SweepResult result;
  detail::Stages stages(result.seconds);
  FitData data(context, train, test, *basis, options);
  note_labels(data, result);
  stages.done("labels");
  FitTask const task{train, test, data, basis, options};
  long const atoms = data.training().n_atoms() / context.ranks.size();
  AssemblyStatistics statistics;
  SolverFactors factors = assemble_solver_factors(context.at("assembly", atoms), task, statistics);
  result.shortest_distances = shortest_distances(context, statistics, basis->elements().size());
  stages.done("assembly");
  sweep_on(
      context, task, factors, sweep, stages,
      [&](auto& models, auto const& sets) {
        measure_subsets(context.at("errors", atoms), task, models, sets, result.shortest_distances);
      },
      result);
  return result;
}

SweepResult sweep_factors(Context context, FactorSet const& set,
                          std::shared_ptr<AceBasis const> const& basis, FitOptions const& options,
                          SweepOptions const& sweep) {
  context.ranks = Communicator::alone(); // every rank computes the whole by itself
  check_solver(options.solver);
  SweepResult result;
  detail::Stages stages(result.seconds);
  FitData data(set, options);
  note_labels(data, result);
  Dataset const none; // factors replace the data
  FitTask const task{none, none, data, basis, options};
  FittedGroups const groups = fitted_groups(set, data, *basis, options);
  SolverFactors factors = solver_factors(set, groups, data, *basis, options);
  result.shortest_distances = set.train.shortest;
  stages.done("factors");
  sweep_on(
      context, task, factors, sweep, stages,
      [&](auto& models, auto const& sets) { measure_subsets(models, sets, groups, data, options); },
      result);
  return result;
}

AcePotential sweep_potential(std::shared_ptr<AceBasis const> const& basis,
                             FitOptions const& options, SweepResult const& result,
                             SweepPoint const& point) {
  return subset_potential(point, *basis, point.model.functions, result.reference_energy, options,
                          result.shortest_distances);
}

} // namespace kolace
