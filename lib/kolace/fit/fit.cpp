// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/fit/fit.hpp>

#include <kolace/assembly/baseline.hpp>
#include <kolace/core/contracts.hpp>
#include <kolace/fit/automatic.hpp>
#include <kolace/fit/close_pairs.hpp>
#include <kolace/fit/completed.hpp>
#include <kolace/fit/detail/stages.hpp>
#include <kolace/fit/detail/warnings.hpp>
#include <kolace/fit/factor_errors.hpp>
#include <kolace/fit/fit_data.hpp>
#include <kolace/fit/row_solver.hpp>
#include <kolace/fit/short_range.hpp>
#include <kolace/fit/trial_dynamics.hpp>

#include <algorithm>
#include <cmath>

namespace kolace {
namespace {

/// Short-range statistics of the data: distances (Angstrom) and core densities (eV).
struct ShortRange {
  std::vector<double> shortest, largest_core;
  std::vector<ScanPath> close_pairs;
};

/// The part of a fit between its data and its errors. Results derived from rows are passed in.
class Fitting {
public:
  Fitting(std::shared_ptr<AceBasis const> const& basis, FitOptions const& options, FitData& data,
          Context const& context, FitResult& result)
      : basis_(basis), options_(options), data_(data), context_(context), result_(result) {
    TrainingData const& training = data.training();
    result.kappa = data.shares().kappa;
    result.kappa_virial = data.shares().kappa_virial;
    result.labels = training.pass().labels;
    result.skipped_frames = data.skipped_frames();
    result.n_dropped = training.n_dropped() + training.pass().left_out;
    result.reference_source = training.reference_source();
    if (data.test())
      result.test_labels = data.test()->pass().labels;
  }

  /// Solves using factors. Rank 0 gets the solver's details, every rank the unknowns.
  /// @param calibrate calibrates the posterior on rank 0; other ranks pass null
  void solve_on(
      SolverFactors& factors, ShortRange const& range,
      std::function<std::optional<Calibration>(Posterior*, FitOptions const&)> const& calibrate) {
    set_range(range);
    decided_ = decide(context_, factors, data_, *basis_, options_);
    context_.ranks.together([&] {
      if (context_.ranks.is_root()) {
        for (DesignFactors const& group : factors.groups) {
          result_.rows_energy += group.energy.n_rows();
          result_.rows_forces += group.forces.n_rows();
          result_.rows_virial += group.virial.n_rows();
        }
        if (options_.pair_repulsion && options_.reference_potential && factors.weights)
          factors.prior = prior_of_short_range(factors, range);
        result_.solver = solve(factors.problem(data_.shares(), decided_.options, *basis_),
                               decided_.options.solver);
      }
    });
    long has_posterior = result_.solver.posterior.has_value();
    context_.ranks.sum(has_posterior);
    if (has_posterior > 0 && calibrate)
      result_.calibration = calibrate(
          result_.solver.posterior ? &*result_.solver.posterior : nullptr, decided_.options);
    unknowns_ = result_.solver.solution.coefficients;
    unknowns_.resize(factors.groups.front().n_unknowns());
    context_.ranks.broadcast(unknowns_);
    if (options_.solver.kind == SolverOptions::Kind::automatic) {
      result_.solver.name = solver_name(SolverOptions::Kind::automatic);
      result_.solver.score_name = decided_.choice.chosen_by;
      result_.solver.scores = decided_.choice.scores;
      result_.kappa = data_.shares().kappa;
      result_.kappa_virial = data_.shares().kappa_virial;
    }
    complete();
  }

  /// The same with the solution of LSQR.
  void take(RowSolution found, ShortRange const& range) {
    set_range(range);
    decided_.options = options_;
    result_.solver = std::move(found.solver);
    result_.rows_energy = found.n_rows[0];
    result_.rows_forces = found.n_rows[1];
    result_.rows_virial = found.n_rows[2];
    unknowns_ = result_.solver.solution.coefficients;
    complete();
  }

  /// @param measure sets the errors of the models of these sets
  void climb(SolverFactors const& factors, detail::Stages& stages,
             std::function<void(std::vector<SubsetModel>&,
                                std::vector<std::vector<int>> const&)> const& measure) {
    auto const sets = ladder_sets(*basis_, *options_.ladder);
    auto models = solve_subsets(context_.at("models", static_cast<long>(sets.size())), factors,
                                data_, *basis_, decided_.options, sets);
    KOLACE_ENSURE(models.size() == sets.size(), models.size(), sets.size());
    measure(models, sets);
    for (std::size_t k = 0; k < sets.size(); ++k) {
      LadderStep step{std::move(models[k]), static_cast<int>(sets[k].size()), 2};
      for (int const b : sets[k])
        step.body_order = std::max(step.body_order, basis_->functions()[b].rank() + 1);
      result_.ladder.push_back(std::move(step));
    }
    stages.done("ladder");
  }

  /// True if the potential is linear at atoms with these core densities, eV [n_elements].
  bool is_linear_at(std::vector<double> const& core) const {
    for (std::size_t e = 0; e < fade_.begin.size(); ++e)
      if (core[e] > fade_.begin[e])
        return false;
    return true;
  }
  /// Structures for trials by molecular dynamics.
  void try_on(std::vector<Structure> structures) { trials_ = std::move(structures); }
  /// Molecular dynamics of these structures with the complete potential, on rank 0, unless it was
  /// part of the fit.
  void run_trials() {
    Kokkos::Timer timer;
    constexpr std::uint64_t seed = 1;
    context_.ranks.together([&] {
      if (context_.ranks.is_root() && result_.dynamics.empty() && !trials_.empty())
        result_.dynamics = try_dynamics(context_.space, result_.potential, trials_,
                                        result_.shortest_distances, seed)
                               .runs;
    });
    seconds_of_dynamics_ += timer.seconds();
  }
  double seconds_of_dynamics() const { return seconds_of_dynamics_; }
  void warn(std::string message) { result_.warnings.push_back(std::move(message)); }

  void check_loss() const {
    if (!std::isfinite(result_.train.total.loss(result_.kappa, result_.kappa_virial)))
      throw InputError("the loss is not finite: labels or weights overflow");
  }
  void add_warnings() {
    if (context_.ranks.is_root())
      result_.warnings = detail::fit_warnings(result_, data_, decided_, *basis_);
  }

  std::vector<double> const& unknowns() const { return unknowns_; }
  AutomaticFit const& decided() const { return decided_; }

private:
  /// Equations under which energies rise where atoms come closer than in the data.
  std::optional<TriangularFactor> prior_of_short_range(SolverFactors const& factors,
                                                       ShortRange const& range) {
    RisingFit fit(context_.space, factors, decided_, basis_,
                  core_of(options_.reference_potential->basis), range.largest_core, limits_,
                  [&](std::vector<double> const& numbers) { return potential(numbers); });
    Kokkos::Timer timer;
    result_.dynamics = make_dynamics_stable(context_.space, fit, trials_, range.shortest);
    seconds_of_dynamics_ += timer.seconds();
    chosen_fade_ = fit.fade();
    return fit.prior();
  }

  void set_range(ShortRange const& range) {
    result_.shortest_distances = range.shortest;
    largest_core_ = range.largest_core;
    limits_ = {smallest_volumes(data_.training().records(), basis_->elements().size()),
               range.shortest, range.close_pairs};
  }

  /// The complete potential for these unknowns.
  AcePotential potential(std::vector<double> const& numbers) const {
    KOLACE_EXPECT(static_cast<int>(numbers.size()) >= basis_->size(), numbers.size(),
                  basis_->size());
    AcePotential fitted;
    fitted.spline_width = options_.spline_width;
    fitted.basis = basis_;
    fitted.coefficients.assign(numbers.begin(), numbers.begin() + basis_->size());
    fitted.reference_energy = data_.training().reference_energy();
    for (std::size_t e = 0; e + basis_->size() < numbers.size(); ++e)
      fitted.reference_energy[e] += numbers[basis_->size() + e];
    return with_core_fade(completed(std::move(fitted), options_, result_.shortest_distances),
                          fade_);
  }

  void complete() {
    check_short_range();
    result_.potential = potential(unknowns_);
    result_.n_functions = basis_->size();
    for (int b = 0; b < basis_->size(); ++b)
      result_.coefficient_norm += unknowns_[b] * unknowns_[b];
    result_.coefficient_norm = std::sqrt(result_.coefficient_norm);
    if (result_.solver.posterior)
      for (int k = 0; k < options_.solver.committee; ++k)
        result_.committee.push_back(
            potential(result_.solver.posterior->sample(options_.solver.seed + k)));
  }

  /// Chooses the fading, unless that is done, and scans crystals and dimers, on rank 0, which alone
  /// has the structures; tells all ranks the fading.
  void check_short_range() {
    std::vector<double> numbers(basis_->elements().size() + 2); // beginnings, end, whether it fades
    context_.ranks.together([&] {
      if (!context_.ranks.is_root())
        return;
      if (!options_.pair_repulsion) {
        result_.compression = check_compression(context_.space, potential(unknowns_), limits_);
        return;
      }
      CompressionScan const scan(context_.space, potential(unknowns_), limits_);
      CoreFade const fade =
          chosen_fade_ ? *chosen_fade_ : choose_fade(basis_->elements(), scan, largest_core_);
      result_.compression = scan.checks(fade);
      KOLACE_ENSURE(fade.begin.size() + 2 == numbers.size(), fade.begin.size(), numbers.size());
      std::copy(fade.begin.begin(), fade.begin.end(), numbers.begin());
      numbers[fade.begin.size()] = fade.end;
      numbers.back() = 1;
    });
    context_.ranks.broadcast(numbers);
    if (numbers.back() == 1) {
      fade_.begin.assign(numbers.begin(), numbers.end() - 2);
      fade_.end = numbers[numbers.size() - 2];
    }
  }

  std::shared_ptr<AceBasis const> const& basis_;
  FitOptions const& options_;
  FitData& data_;
  Context context_;
  FitResult& result_;
  AutomaticFit decided_;
  std::vector<double> unknowns_, largest_core_;
  DataLimits limits_;
  CoreFade fade_;
  std::optional<CoreFade> chosen_fade_; ///< of the fit with bounds, on rank 0
  std::vector<Structure> trials_;
  double seconds_of_dynamics_ = 0;
};

} // namespace

FitResult fit_potential(Context const& context, Dataset const& train, Dataset const& test,
                        std::shared_ptr<AceBasis const> basis, FitOptions const& options) {
  FitResult result;
  detail::Stages stages(result.seconds);
  FitData data(context, train, test, *basis, options);
  TrainingData const& training = data.training();
  FitTask const task{train, test, data, basis, options};
  Fitting fit(basis, options, data, context, result);
  stages.done("labels");

  bool const on_rows = options.solver.kind == SolverOptions::Kind::lsqr;
  if (on_rows && options.ladder)
    throw InputError(
        "fit.ladder_step uses the triangular factor and is not available for fit.solver: lsqr");
  AssemblyStatistics statistics;
  SolverFactors factors;
  RowSolution on_these_rows;
  if (on_rows)
    on_these_rows = solve_on_rows(context, task, statistics);
  else
    factors = assemble_solver_factors(
        context.at("assembly", training.n_atoms() / context.ranks.size()), task, statistics);
  double const seconds = context.ranks.max(stages.seconds());
  long atoms = statistics.n_atoms;
  context.ranks.sum(atoms);
  result.atoms_per_second = static_cast<double>(atoms) / seconds;
  result.seconds.emplace_back("reading", statistics.seconds_reading);
  result.seconds.emplace_back("design_rows", statistics.seconds_rows);
  result.seconds.emplace_back(on_rows ? "products" : "qr", statistics.seconds_qr);
  stages.restart();
  ShortRange range{shortest_distances(context, statistics, basis->elements().size()),
                   statistics.largest_core,
                   {}};
  context.ranks.together([&] {
    if (!context.ranks.is_root())
      return;
    range.close_pairs =
        close_pairs(context.space, train, basis->elements(), training.records(), range.shortest);
    if (options.trial_dynamics)
      fit.try_on(trial_structures(train, training.records(), basis->size()));
  });
  range.largest_core.resize(basis->elements().size(), 0.);
  for (double& core : range.largest_core)
    core = context.ranks.max(core);
  if (on_rows)
    fit.take(std::move(on_these_rows), range);
  else
    fit.solve_on(factors, range, [&](Posterior* posterior, FitOptions const& decided) {
      return calibrate(context, {train, test, data, basis, decided}, posterior, factors);
    });
  fit.run_trials();
  stages.done("solve", "dynamics", fit.seconds_of_dynamics());
  if (options.ladder)
    fit.climb(factors, stages, [&](auto& models, auto const& sets) {
      FitTask const decided{train, test, data, basis, fit.decided().options};
      measure_subsets(context.at("model errors", training.n_atoms() / context.ranks.size()),
                      decided, models, sets, range.shortest);
    });

  result.train = measure_errors(context.at("errors", training.n_atoms() / context.ranks.size()),
                                train, result.potential, &training);
  fit.check_loss();
  if (data.test()) {
    result.test =
        measure_errors(context.at("test errors", data.test()->n_atoms() / context.ranks.size()),
                       test, result.potential, data.test());
    result.test_shortest_distances =
        shortest_distances(context, test, basis->elements(), basis->cutoff());
    if (result.calibration)
      result.test_deviations =
          predict_deviations(context.space, test, *data.test(), basis,
                             data.rows(fit.decided().options), *result.solver.posterior);
  }
  result.close_frames = describe(data.close_frames(), basis->elements());
  fit.add_warnings();
  stages.done("errors");
  return result;
}

FitResult fit_factors(Context context, FactorSet const& set, std::shared_ptr<AceBasis const> basis,
                      FitOptions const& options) {
  if (options.solver.kind == SolverOptions::Kind::lsqr)
    throw InputError(
        "fit.solver: lsqr requires design rows, which factors do not contain; leave --factors out");
  context.ranks = Communicator::alone(); // every rank computes the whole by itself
  FitResult result;
  result.from_factors = true;
  detail::Stages stages(result.seconds);
  FitData data(set, options);
  Fitting fit(basis, options, data, context, result);
  FittedGroups const groups = fitted_groups(set, data, *basis, options);
  SolverFactors factors = solver_factors(set, groups, data, *basis, options);
  stages.done("factors");
  fit.solve_on(factors, {set.train.shortest, set.train.largest_core, {}}, {});
  stages.done("solve");
  if (options.ladder)
    fit.climb(factors, stages, [&](auto& models, auto const& sets) {
      measure_subsets(models, sets, groups, data, fit.decided().options);
    });
  result.train = factor_errors(groups.train, data.training(), fit.unknowns());
  fit.check_loss();
  // Factors know the fitted part of the energy only, which is switched off near core repulsion.
  bool const knows_test = !set.test || fit.is_linear_at(set.test->largest_core);
  for (LadderStep& step : result.ladder)
    if (!knows_test)
      step.test.reset();
  if (data.test() && knows_test) {
    result.test = factor_errors(groups.test, *data.test(), fit.unknowns());
    result.test_shortest_distances = set.test->shortest;
  }
  result.close_frames = set.train.close_frames;
  fit.add_warnings();
  if (!knows_test)
    fit.warn("some test atoms are compressed far beyond the training data, where the potential is "
             "switched to its core repulsion, so factors do not tell the test errors; evaluate the "
             "potential on the test data");
  stages.done("errors");
  return result;
}

} // namespace kolace
