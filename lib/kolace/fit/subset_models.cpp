#include <kolace/fit/subset_models.hpp>

#include <kolace/fit/model_errors.hpp>

#include <cmath>

namespace kolace {

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
      SolverProblem const whole = factors.problem(data.shares(), options, basis);
      for (std::size_t k = 0; k < sets.size(); ++k) {
        std::vector<int> columns = sets[k];
        for (std::size_t e = basis.size(); e < n_unknowns; ++e)
          columns.push_back(static_cast<int>(e));
        models[k].solver = solve(whole.select(columns), options.solver);
        models[k].solver.posterior.reset(); // N_f^2 numbers a model
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

void measure_subsets(std::vector<SubsetModel>& models, Dataset const& train, Dataset const& test,
                     FitData const& data, std::shared_ptr<AceBasis const> const& basis,
                     FitOptions const& options, Communicator const& ranks,
                     Progress const& progress) {
  std::vector<std::vector<double>> unknowns;
  for (SubsetModel const& model : models)
    unknowns.push_back(model.unknowns);
  RowStreamOptions const rows = data.rows(options);
  auto trained = measure_models(train, data.training(), basis, rows, unknowns, ranks, progress);
  std::vector<ErrorTable> tested;
  if (data.test())
    tested = measure_models(test, *data.test(), basis, rows, unknowns, ranks);
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
