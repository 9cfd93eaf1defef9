#include <kolace/fit/fit.hpp>

#include <kolace/fit/automatic.hpp>
#include <kolace/fit/detail/stages.hpp>
#include <kolace/fit/detail/warnings.hpp>
#include <kolace/fit/fit_data.hpp>
#include <kolace/fit/reference_potential.hpp>
#include <kolace/fit/row_solver.hpp>
#include <kolace/fit/short_range.hpp>

#include <algorithm>
#include <cmath>

namespace kolace {
namespace {

/// Solves on rank 0 and tells all.
std::vector<double> solve_on_factors(SolverFactors const& factors, FitData const& data,
                                     Dataset const& train, FitOptions const& options,
                                     std::shared_ptr<AceBasis const> const& basis,
                                     Communicator const& ranks, FitResult& result) {
  std::string error;
  if (ranks.is_root())
    try {
      for (DesignFactors const& group : factors.groups) {
        result.rows_energy += group.energy.n_rows();
        result.rows_forces += group.forces.n_rows();
        result.rows_virial += group.virial.n_rows();
      }
      result.solver = solve(factors.problem(data.shares(), options, *basis), options.solver);
    } catch (InputError const& e) {
      error = e.what();
    }
  ranks.fail_together(error);
  long has_posterior = result.solver.posterior.has_value();
  ranks.sum(has_posterior);
  if (has_posterior > 0)
    result.calibration = calibrate(result.solver.posterior ? &*result.solver.posterior : nullptr,
                                   factors, data, train, basis, options, ranks);
  std::vector<double> unknowns = result.solver.solution.coefficients;
  unknowns.resize(factors.groups.front().n_unknowns());
  ranks.broadcast(unknowns);
  return unknowns;
}

AcePotential potential_of(std::shared_ptr<AceBasis const> const& basis,
                          std::vector<double> const& unknowns, TrainingData const& training,
                          double spline_width) {
  AcePotential potential;
  potential.spline_width = spline_width;
  potential.basis = basis;
  potential.coefficients.assign(unknowns.begin(), unknowns.begin() + basis->size());
  potential.reference_energy = training.reference_energy();
  for (std::size_t e = 0; e + basis->size() < unknowns.size(); ++e)
    potential.reference_energy[e] += unknowns[basis->size() + e];
  return potential;
}

} // namespace

FitResult fit_potential(Dataset const& train, Dataset const& test,
                        std::shared_ptr<AceBasis const> basis, FitOptions const& options,
                        Communicator const& ranks, StageProgress const& progress) {
  FitResult result;
  detail::Stages stages(result.seconds, progress);
  FitData data(train, test, *basis, options);
  TrainingData const& training = data.training();
  result.kappa = data.shares().kappa;
  result.kappa_virial = data.shares().kappa_virial;
  result.labels = training.pass().labels;
  result.skipped_frames = data.skipped_frames();
  result.n_dropped = training.n_dropped() + training.pass().left_out;
  result.reference_source = training.reference_source();
  if (data.test())
    result.test_labels = data.test()->pass().labels;
  stages.done("labels");

  bool const on_rows = options.solver.kind == SolverOptions::Kind::lsqr;
  if (on_rows && options.ladder)
    throw InputError("a ladder works on the triangular factor; fit.solver must not be lsqr");
  AssemblyStatistics statistics;
  SolverFactors factors;
  std::vector<double> unknowns;
  if (on_rows) {
    RowSolution found =
        solve_on_rows(train, training, basis, data.rows(options), data.shares(), options.l2,
                      options.solver, ranks, statistics, [&](long done, long total) {
                        if (progress)
                          progress("iterations", done, total);
                      });
    result.solver = std::move(found.solver);
    result.rows_energy = found.n_rows[0];
    result.rows_forces = found.n_rows[1];
    result.rows_virial = found.n_rows[2];
    unknowns = result.solver.solution.coefficients;
  } else {
    factors = assemble_solver_factors(train, test, data, basis, options, ranks, statistics,
                                      stages.of("assembly", training.n_atoms() / ranks.size()));
  }
  double const seconds = ranks.max(stages.seconds());
  result.shortest_distances = shortest_distances(statistics, basis->elements().size(), ranks);
  long atoms = statistics.n_atoms;
  ranks.sum(atoms);
  result.atoms_per_second = static_cast<double>(atoms) / seconds;
  result.seconds.emplace_back("reading", statistics.seconds_reading);
  result.seconds.emplace_back("design_rows", statistics.seconds_rows);
  result.seconds.emplace_back(on_rows ? "products" : "qr", statistics.seconds_qr);
  stages.restart();
  DataLimits const limits{smallest_volumes(training.records(), basis->elements().size()),
                          result.shortest_distances};
  std::vector<double> largest_core = statistics.largest_core;
  largest_core.resize(basis->elements().size(), 0.);
  for (double& core : largest_core)
    core = ranks.max(core);
  CoreFade fade;
  auto const potential = [&](std::vector<double> const& numbers) {
    AcePotential whole = completed(potential_of(basis, numbers, training, options.spline_width),
                                   options, result.shortest_distances);
    return with_core_fade(std::move(whole), fade);
  };
  AutomaticFit const decided = on_rows ? AutomaticFit{options, {}, {}, false}
                                       : decide(factors, data, train, basis, options,
                                                result.shortest_distances, potential, ranks);
  if (!on_rows) {
    if (ranks.is_root())
      strengthen_prior(factors, decided, *basis, largest_core, limits, potential);
    unknowns = solve_on_factors(factors, data, train, decided.options, basis, ranks, result);
  }
  bool const automatic = options.solver.kind == SolverOptions::Kind::automatic;
  if (automatic) {
    result.solver.name = solver_name(SolverOptions::Kind::automatic);
    result.solver.score_name = decided.choice.chosen_by;
    result.solver.scores = decided.choice.scores;
    result.kappa = data.shares().kappa;
    result.kappa_virial = data.shares().kappa_virial;
  }
  if (options.pair_repulsion)
    fade =
        choose_fade(basis->elements(), CompressionScan(potential(unknowns), limits), largest_core);
  result.potential = potential(unknowns);
  result.compression = check_compression(result.potential, limits);
  result.n_functions = basis->size();
  for (int b = 0; b < basis->size(); ++b)
    result.coefficient_norm += unknowns[b] * unknowns[b];
  result.coefficient_norm = std::sqrt(result.coefficient_norm);
  if (result.solver.posterior)
    for (int k = 0; k < options.solver.committee; ++k)
      result.committee.push_back(
          potential(result.solver.posterior->sample(options.solver.seed + k)));
  stages.done("solve");
  if (options.ladder) {
    auto const sets = ladder_sets(*basis, *options.ladder);
    auto models =
        solve_subsets(factors, data, *basis, decided.options, sets, ranks, [&](long done) {
          stages.tell("ladder", done, static_cast<long>(sets.size()));
        });
    measure_subsets(models, sets, result.shortest_distances, train, test, data, basis,
                    decided.options, ranks,
                    stages.of("ladder errors", training.n_atoms() / ranks.size()));
    for (std::size_t k = 0; k < sets.size(); ++k) {
      LadderStep step{std::move(models[k]), static_cast<int>(sets[k].size()), 2};
      for (int const b : sets[k])
        step.body_order = std::max(step.body_order, basis->functions()[b].rank() + 1);
      result.ladder.push_back(std::move(step));
    }
    stages.done("ladder");
  }

  result.train = measure_errors(train, result.potential, &training, ranks,
                                stages.of("errors", training.n_atoms() / ranks.size()));
  if (!std::isfinite(result.train.total.loss(result.kappa, result.kappa_virial)))
    throw InputError("the loss is not finite: labels or weights overflow");
  if (data.test())
    result.test = measure_errors(test, result.potential, data.test(), ranks,
                                 stages.of("test errors", data.test()->n_atoms() / ranks.size()));
  if (data.test())
    result.test_shortest_distances =
        shortest_distances(test, basis->elements(), basis->cutoff(), ranks);
  if (data.test() && result.calibration)
    result.test_deviations = predict_deviations(
        test, *data.test(), basis, data.rows(decided.options), *result.solver.posterior);
  if (ranks.is_root())
    result.warnings = detail::fit_warnings(result, data, decided, *basis);
  stages.done("errors");
  return result;
}

} // namespace kolace
