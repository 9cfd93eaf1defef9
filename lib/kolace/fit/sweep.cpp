#include <kolace/fit/sweep.hpp>

#include <kolace/fit/detail/stages.hpp>
#include <kolace/fit/fit_data.hpp>
#include <kolace/fit/model_errors.hpp>
#include <kolace/fit/reference_potential.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

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

int power(BasisFunction const& f) {
  return f.rank() + std::accumulate(f.n.begin(), f.n.end(), 0) +
         std::accumulate(f.l.begin(), f.l.end(), 0);
}

/// The part of a problem that some columns are.
SolverProblem restrict_to(SolverProblem const& whole, std::vector<int> const& columns) {
  SolverProblem part;
  part.train = whole.train.select(columns);
  if (whole.validation)
    part.validation = whole.validation->select(columns);
  for (auto const& [others, fold] : whole.folds)
    part.folds.emplace_back(others.select(columns), fold.select(columns));
  for (int const j : columns)
    part.weights.push_back(whole.weights[j]);
  part.l1 = whole.l1;
  part.l2 = whole.l2;
  return part;
}

} // namespace

std::vector<SweepModel> make_sweep(AceBasis const& basis, SweepOptions const& options) {
  std::vector<SweepModel> models;
  std::vector<int> kept; // of lower body orders
  for (int rank = 1; rank <= basis.max_rank(); ++rank) {
    std::vector<int> order, branch;
    for (int b = 0; b < basis.size(); ++b)
      if (basis.functions()[b].rank() == rank)
        (within(basis.functions()[b], options.ladder) ? order : branch).push_back(b);
    auto const by_power = [&](int a, int b) {
      return power(basis.functions()[a]) < power(basis.functions()[b]);
    };
    std::stable_sort(order.begin(), order.end(), by_power);
    std::stable_sort(branch.begin(), branch.end(), by_power);
    std::size_t const n_ladder = order.size();
    order.insert(order.end(), branch.begin(), branch.end());
    auto const add = [&](std::size_t count, bool on_ladder) {
      std::vector<int> functions = kept;
      functions.insert(functions.end(), order.begin(), order.begin() + count);
      std::sort(functions.begin(), functions.end());
      if (models.empty() || functions != models.back().functions)
        models.push_back({rank + 1, on_ladder, std::move(functions)});
    };
    auto const steps = [&](std::size_t from, std::size_t to, bool on_ladder) {
      for (int k = 1; k <= options.points && to > from; ++k) {
        std::size_t const count = from + (to - from) * k / options.points;
        if (count > from)
          add(count, on_ladder);
      }
    };
    steps(0, n_ladder, true);
    steps(n_ladder, order.size(), false);
    kept.insert(kept.end(), order.begin(), order.begin() + n_ladder);
  }
  return models;
}

SweepResult run_sweep(Dataset const& train, Dataset const& test,
                      std::shared_ptr<AceBasis const> const& basis, FitOptions const& options,
                      SweepOptions const& sweep, Communicator const& ranks,
                      StageProgress const& progress) {
  if (options.solver.kind == SolverOptions::Kind::lsqr)
    throw InputError("a sweep works on the triangular factor; fit.solver must not be lsqr");
  if (options.solver.committee > 0)
    throw InputError("fit.solver.committee: a sweep draws none; fit the model of interest");
  SweepResult result;
  detail::Stages stages(result.seconds, progress);
  FitData const data(train, test, *basis, options);
  result.kappa = data.shares().kappa;
  result.kappa_virial = data.shares().kappa_virial;
  result.reference_energy = data.training().reference_energy();
  result.reference_source = data.training().reference_source();
  result.labels = data.training().pass().labels;
  result.skipped_frames = data.skipped_frames();
  result.n_dropped = data.training().n_dropped();
  if (data.test())
    result.test_labels = data.test()->pass().labels;
  stages.done("labels");

  AssemblyStatistics statistics;
  SolverFactors const factors =
      assemble_solver_factors(train, test, data, basis, options, ranks, statistics,
                              stages.of("assembly", data.training().n_atoms() / ranks.size()));
  result.shortest_distances = shortest_distances(statistics, basis->elements().size(), ranks);
  stages.done("assembly");

  int const n_unknowns = basis->size() + (data.fit_reference() ? basis->elements().size() : 0);
  for (SweepModel& model : make_sweep(*basis, sweep))
    result.points.push_back({std::move(model), {}, 0, std::vector<double>(n_unknowns, 0.), {}, {}});
  std::string error;
  std::vector<double> numbers(result.points.size() * n_unknowns, 0.);
  if (ranks.is_root())
    try {
      SolverProblem const whole = factors.problem(data.shares(), options, *basis);
      result.n_rows = whole.train.n_rows();
      for (std::size_t k = 0; k < result.points.size(); ++k) {
        SweepPoint& point = result.points[k];
        std::vector<int> columns = point.model.functions;
        for (int e = basis->size(); e < n_unknowns; ++e)
          columns.push_back(e);
        point.solver = solve(restrict_to(whole, columns), options.solver);
        point.solver.posterior.reset(); // N_f^2 numbers a model
        for (std::size_t j = 0; j < columns.size(); ++j)
          numbers[k * n_unknowns + columns[j]] = point.solver.solution.coefficients[j];
        stages.tell("models", static_cast<long>(k) + 1, static_cast<long>(result.points.size()));
      }
    } catch (InputError const& e) {
      error = e.what();
    }
  ranks.fail_together(error);
  ranks.broadcast(numbers);
  stages.done("solve");

  std::vector<std::vector<double>> unknowns;
  for (std::size_t k = 0; k < result.points.size(); ++k) {
    SweepPoint& point = result.points[k];
    point.unknowns.assign(numbers.begin() + k * n_unknowns, numbers.begin() + (k + 1) * n_unknowns);
    for (int b = 0; b < basis->size(); ++b)
      point.coefficient_norm += point.unknowns[b] * point.unknowns[b];
    point.coefficient_norm = std::sqrt(point.coefficient_norm);
    unknowns.push_back(point.unknowns);
  }
  auto trained = measure_models(train, data.training(), basis, data.rows(options), unknowns, ranks,
                                stages.of("errors", data.training().n_atoms() / ranks.size()));
  std::vector<ErrorTable> tested;
  if (data.test())
    tested = measure_models(test, *data.test(), basis, data.rows(options), unknowns, ranks);
  for (std::size_t k = 0; k < result.points.size(); ++k) {
    if (!std::isfinite(trained[k].total.loss(result.kappa, result.kappa_virial)))
      throw InputError("the loss is not finite: labels or weights overflow");
    result.points[k].train = std::move(trained[k]);
    if (!tested.empty())
      result.points[k].test = std::move(tested[k]);
  }
  stages.done("errors");
  return result;
}

AcePotential sweep_potential(std::shared_ptr<AceBasis const> const& basis,
                             FitOptions const& options, SweepResult const& result,
                             SweepPoint const& point) {
  ModelSpecification spec = basis->specification();
  spec.functions.clear();
  AcePotential potential;
  for (int const b : point.model.functions) {
    spec.functions.push_back(basis->functions()[b]);
    potential.coefficients.push_back(point.unknowns[b]);
  }
  potential.basis = std::make_shared<AceBasis const>(std::move(spec));
  potential.reference_energy = result.reference_energy;
  for (std::size_t e = 0; e + basis->size() < point.unknowns.size(); ++e)
    potential.reference_energy[e] = point.unknowns[basis->size() + e];
  return completed(std::move(potential), options, result.shortest_distances);
}

} // namespace kolace
