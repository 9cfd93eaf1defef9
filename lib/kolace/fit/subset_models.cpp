#include <kolace/fit/subset_models.hpp>

#include <kolace/fit/model_errors.hpp>
#include <kolace/fit/reference_potential.hpp>

#include <algorithm>
#include <cmath>

namespace kolace {
namespace {

/// Penalised loss of some unknowns, its squares summed in extended precision.
long double loss_of(SolverProblem const& problem, std::vector<double> const& c) {
  int const n = problem.train.n_unknowns();
  std::vector<long double> r(n + 1);
  for (int i = 0; i <= n; ++i)
    r[i] = -problem.train(i, n);
  for (int j = 0; j < n; ++j)
    for (int i = 0; i <= j; ++i)
      r[i] += static_cast<long double>(c[j]) * problem.train(i, j);
  long double sum = 0;
  for (long double const x : r)
    sum += x * x;
  for (int j = 0; j < n; ++j)
    if (problem.weights[j] > 0)
      sum += problem.l1 * std::abs(static_cast<long double>(c[j])) +
             problem.l2 * static_cast<long double>(c[j]) * c[j];
  return sum;
}

/// A larger model contains the smaller one before it: where rounding left its loss higher, the
/// smaller model's unknowns are taken, with zeros for the rest, and true is returned.
/// @param smaller of the whole basis
bool keep_not_worse(SolverProblem const& problem, std::vector<double> const& smaller,
                    std::vector<int> const& columns, std::vector<double>& found) {
  std::vector<double> before;
  for (int const j : columns)
    before.push_back(smaller[j]);
  bool const worse = loss_of(problem, before) < loss_of(problem, found);
  if (worse)
    found = std::move(before);
  return worse;
}

} // namespace

std::vector<SubsetModel> solve_subsets(SolverFactors const& factors, FitData const& data,
                                       AceBasis const& basis, FitOptions const& options,
                                       std::vector<std::vector<int>> const& sets,
                                       Communicator const& ranks, Progress const& progress) {
  std::size_t const n_unknowns =
      basis.size() + (data.fit_reference() ? basis.elements().size() : 0);
  std::vector<SubsetModel> models(sets.size());
  std::vector<double> numbers(sets.size() * n_unknowns, 0.);
  std::string error;
  if (ranks.is_root())
    try {
      std::vector<double> last_unknowns;
      SolverProblem const whole = factors.problem(data.shares(), options, basis);
      for (std::size_t k = 0; k < sets.size(); ++k) {
        std::vector<int> columns = sets[k];
        for (std::size_t e = basis.size(); e < n_unknowns; ++e)
          columns.push_back(static_cast<int>(e));
        SolverProblem const problem = whole.select(columns);
        models[k].solver = solve(problem, options.solver);
        models[k].solver.posterior.reset(); // N_f^2 numbers a model
        std::vector<double>& found = models[k].solver.solution.coefficients;
        if (k > 0 && options.solver.kind == SolverOptions::Kind::least_squares &&
            std::includes(sets[k].begin(), sets[k].end(), sets[k - 1].begin(), sets[k - 1].end()) &&
            keep_not_worse(problem, last_unknowns, columns, found)) {
          models[k].solver.n_nonzero = models[k - 1].solver.n_nonzero;
          models[k].solver.penalty = models[k - 1].solver.penalty;
        }
        last_unknowns.assign(n_unknowns, 0.);
        for (std::size_t j = 0; j < columns.size(); ++j)
          last_unknowns[columns[j]] = found[j];
        for (std::size_t j = 0; j < columns.size(); ++j)
          numbers[k * n_unknowns + columns[j]] = models[k].solver.solution.coefficients[j];
        if (progress)
          progress(static_cast<long>(k) + 1);
      }
    } catch (InputError const& e) {
      error = e.what();
    }
  ranks.fail_together(error);
  ranks.broadcast(numbers);
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

void measure_subsets(std::vector<SubsetModel>& models, std::vector<std::vector<int>> const& sets,
                     std::vector<double> const& shortest, Dataset const& train, Dataset const& test,
                     FitData const& data, std::shared_ptr<AceBasis const> const& basis,
                     FitOptions const& options, Communicator const& ranks,
                     Progress const& progress) {
  std::vector<std::vector<double>> unknowns;
  for (SubsetModel const& model : models)
    unknowns.push_back(model.unknowns);
  RowStreamOptions const rows = data.rows(options);
  AssemblyStatistics ignored, of_test;
  auto trained =
      measure_models(train, data.training(), basis, rows, unknowns, ranks, ignored, progress);
  std::vector<ErrorTable> tested;
  if (data.test()) {
    bool scaled = rows.reference_potential && has_core(*rows.reference_potential->basis) &&
                  !options.pair_repulsion;
    if (!scaled) {
      tested = measure_models(test, *data.test(), basis, rows, unknowns, ranks, of_test);
      auto const closest = shortest_distances(of_test, basis->elements().size(), ranks);
      for (std::size_t k = 0; k < closest.size() && options.repulsion_below_data; ++k)
        scaled = scaled || closest[k] < shortest[k];
    }
    for (std::size_t k = 0; k < models.size() && scaled; ++k) {
      ErrorTable table =
          measure_errors(test,
                         subset_potential(models[k], *basis, sets[k],
                                          data.training().reference_energy(), options, shortest),
                         data.test(), ranks);
      if (tested.size() <= k)
        tested.push_back(std::move(table));
      else
        tested[k] = std::move(table);
    }
  }
  LossShares const shares = data.shares();
  for (std::size_t k = 0; k < models.size(); ++k) {
    if (!std::isfinite(trained[k].total.loss(shares.kappa, shares.kappa_virial)))
      throw InputError("the loss is not finite: labels or weights overflow");
    models[k].train = std::move(trained[k]);
    if (!tested.empty())
      models[k].test = std::move(tested[k]);
  }
}

} // namespace kolace
