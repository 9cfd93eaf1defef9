#include <kolace/fit/fit.hpp>

#include <kolace/fit/row_solver.hpp>

#include <Kokkos_Timer.hpp>

#include <algorithm>
#include <cmath>

namespace kolace {
namespace {

/// Labels that the user names must be somewhere.
void check_label_keys(Dataset const& data, LabelCounts const& labels) {
  LabelKeys const& keys = data.options().keys;
  for (auto const& [kind, key] :
       {std::pair{"energy", keys.energy}, std::pair{"forces", keys.forces},
        std::pair{"virial", keys.virial}, std::pair{"virial", keys.stress}})
    if (!key.empty() && !labels.contains(std::string(kind) + " from '" + key + "'"))
      throw InputError("the " + std::string(kind) + " key '" + key + "' is in no frame of " +
                       data.files().front());
}

/// sqrt of the weighted mean variances of some data under a posterior.
PredictedErrors predicted_errors(Posterior const& posterior, DesignFactors const& factors) {
  auto const deviation = [&](TriangularFactor const& rows, double weight) {
    return weight > 0 ? std::sqrt(posterior.variance_of(rows) / weight) : 0;
  };
  return {deviation(factors.energy, factors.energy_weight),
          deviation(factors.forces, factors.force_weight) / std::sqrt(3.)};
}

/// What solvers work on: the loss of all groups, of all but one, and of the test data.
SolverProblem make_problem(std::vector<DesignFactors> const& groups, DesignFactors const* test,
                           LossShares shares, FitOptions const& options, AceBasis const& basis) {
  DesignFactors all = groups.front();
  for (std::size_t g = 1; g < groups.size(); ++g)
    all.merge(groups[g]);
  SolverProblem problem;
  problem.train = loss_factor(all, shares);
  for (std::size_t fold = 0; fold < groups.size() && groups.size() > 1; ++fold) {
    DesignFactors others(all.n_functions, all.n_reference);
    for (std::size_t g = 0; g < groups.size(); ++g)
      if (g != fold)
        others.merge(groups[g]);
    problem.folds.emplace_back(loss_factor(others, shares), loss_factor(groups[fold], shares));
  }
  if (test)
    problem.validation = loss_factor(*test, shares);
  problem.weights = penalty_weights(basis, options.solver.prior, all.n_reference);
  problem.l1 = options.l1;
  problem.l2 = options.l2;
  if (!problem.train.is_finite())
    throw InputError("the weighted design rows are not finite: the radial functions, labels or "
                     "weights overflow");
  return problem;
}

bool needs_test_factors(SolverOptions const& solver) {
  using Kind = SolverOptions::Kind;
  return solver.choice == SolverOptions::Choice::validation || solver.kind == Kind::lbfgs ||
         solver.kind == Kind::evidence || solver.kind == Kind::ard;
}

} // namespace

FitResult fit_potential(Dataset const& train, Dataset const& test,
                        std::shared_ptr<AceBasis const> basis, FitOptions const& options,
                        Communicator const& ranks, StageProgress const& progress) {
  FitResult result;
  Kokkos::Timer timer;
  auto const stage_done = [&](char const* stage) {
    result.seconds.emplace_back(stage, timer.seconds());
    timer.reset();
  };
  auto const report = [&](char const* stage, long total) {
    return [&progress, stage, total](long done) {
      if (progress)
        progress(stage, done, total);
    };
  };

  TrainingData const training(train, basis->elements(), basis->cutoff(), options);
  check_label_keys(train, training.pass().labels);
  result.kappa = training.n_energies() > 0 ? training.kappa() : 1;
  result.kappa_virial = training.kappa_virial();
  result.labels = training.pass().labels;
  result.skipped_frames = training.pass().skipped;
  result.n_dropped = training.n_dropped();
  result.reference_source = training.reference_source();
  FitOptions test_options = options;
  test_options.weighting.energy_limit = 1e300; // nothing of a test set is left out
  if (!test.empty())                           // bad test data must not cost a whole fit
    TrainingData(test, basis->elements(), basis->cutoff(), test_options,
                 training.reference_energy(), false);
  stage_done("labels");

  bool const fit_reference = options.reference_energy.kind == ReferenceEnergy::Kind::fitted;
  LossShares const shares{result.kappa, result.kappa_virial};
  RowStreamOptions stream;
  stream.fit_reference = fit_reference;
  stream.batch_bytes = options.batch_bytes;
  AssemblyStatistics statistics;
  std::vector<double> numbers; // what rank 0 knows and all need
  std::string error;
  if (options.solver.kind == SolverOptions::Kind::lsqr) {
    result.solver = solve_on_rows(train, training, basis, stream, shares, options.l2,
                                  options.solver, ranks, statistics, [&](long done, long total) {
                                    if (progress)
                                      progress("iterations", done, total);
                                  });
    numbers = result.solver.solution.coefficients;
    result.seconds.emplace_back("reading", statistics.seconds_reading);
    result.seconds.emplace_back("design_rows", statistics.seconds_rows);
    result.seconds.emplace_back("products", statistics.seconds_qr);
    timer.reset();
  } else {
    int n_groups = 1;
    if (options.solver.choice == SolverOptions::Choice::folds) {
      n_groups = options.solver.folds;
      stream.group = [n_groups](long structure) { return static_cast<int>(structure % n_groups); };
    }
    auto const groups =
        assemble_factors(train, training, basis, stream, n_groups, ranks, statistics,
                         report("assembly", training.n_atoms() / ranks.size()));
    double const assembly_seconds = ranks.max(timer.seconds());
    long atoms = statistics.n_atoms;
    ranks.sum(atoms);
    result.atoms_per_second = static_cast<double>(atoms) / assembly_seconds;
    result.seconds.emplace_back("reading", statistics.seconds_reading);
    result.seconds.emplace_back("design_rows", statistics.seconds_rows);
    result.seconds.emplace_back("qr", statistics.seconds_qr);
    timer.reset();
    std::vector<DesignFactors> test_factors;
    if (!test.empty() && needs_test_factors(options.solver)) {
      TrainingData const weights(test, basis->elements(), basis->cutoff(), test_options,
                                 training.reference_energy(), false);
      AssemblyStatistics ignored;
      stream.group = {};
      test_factors = assemble_factors(test, weights, basis, stream, 1, ranks, ignored);
      stage_done("test_rows");
    }
    if (ranks.is_root()) {
      for (DesignFactors const& group : groups) {
        result.rows_energy += group.energy.n_rows();
        result.rows_forces += group.forces.n_rows();
        result.rows_virial += group.virial.n_rows();
      }
      try {
        result.solver =
            solve(make_problem(groups, test_factors.empty() ? nullptr : test_factors.data(), shares,
                               options, *basis),
                  options.solver);
        if (result.solver.posterior) {
          DesignFactors all = groups.front();
          for (std::size_t g = 1; g < groups.size(); ++g)
            all.merge(groups[g]);
          result.predicted_train = predicted_errors(*result.solver.posterior, all);
          if (!test_factors.empty())
            result.predicted_test = predicted_errors(*result.solver.posterior, test_factors[0]);
        }
      } catch (InputError const& e) {
        error = e.what();
      }
      numbers = result.solver.solution.coefficients;
    }
    ranks.fail_together(error);
    numbers.resize(basis->size() + (fit_reference ? basis->elements().size() : 0));
    ranks.broadcast(numbers);
  }
  auto const potential_of = [&](std::vector<double> const& unknowns) {
    AcePotential potential;
    potential.basis = basis;
    potential.coefficients.assign(unknowns.begin(), unknowns.begin() + basis->size());
    potential.reference_energy = training.reference_energy();
    for (std::size_t e = 0; e < unknowns.size() - basis->size(); ++e)
      potential.reference_energy[e] = unknowns[basis->size() + e];
    return potential;
  };
  result.potential = potential_of(numbers);
  if (result.solver.posterior)
    for (int k = 0; k < options.solver.committee; ++k)
      result.committee.push_back(
          potential_of(result.solver.posterior->sample(options.solver.seed + k)));
  stage_done("solve");

  result.train = measure_errors(train, result.potential, &training, ranks,
                                report("errors", training.n_atoms() / ranks.size()));
  if (!std::isfinite(result.train.total.loss(result.kappa, result.kappa_virial)))
    throw InputError("the loss is not finite: labels or weights overflow");
  if (!test.empty()) {
    TrainingData const weights(test, basis->elements(), basis->cutoff(), test_options,
                               result.potential.reference_energy, false);
    result.skipped_frames.insert(result.skipped_frames.end(), weights.pass().skipped.begin(),
                                 weights.pass().skipped.end());
    result.test_labels = weights.pass().labels;
    result.test = measure_errors(test, result.potential, &weights, ranks,
                                 report("test errors", weights.n_atoms() / ranks.size()));
  }
  stage_done("errors");
  return result;
}

} // namespace kolace
