#include <kolace/fit/fit.hpp>

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

  AssemblyStatistics statistics;
  DesignFactors const factors =
      assemble_factors(train, training, basis, options, ranks, statistics,
                       report("assembly", training.n_atoms() / ranks.size()));
  double const assembly_seconds = ranks.max(timer.seconds());
  long atoms = statistics.n_atoms;
  ranks.sum(atoms);
  result.atoms_per_second = static_cast<double>(atoms) / assembly_seconds;
  result.seconds.emplace_back("reading", statistics.seconds_reading);
  result.seconds.emplace_back("design_rows", statistics.seconds_rows);
  result.seconds.emplace_back("qr", statistics.seconds_qr);
  timer.reset();

  std::string error;
  std::vector<double> numbers; // what rank 0 knows and all need
  if (ranks.is_root()) {
    result.rows_energy = factors.energy.n_rows();
    result.rows_forces = factors.forces.n_rows();
    result.rows_virial = factors.virial.n_rows();
    TriangularFactor const total =
        loss_factor(factors, result.kappa, result.kappa_virial, options.l2);
    if (total.is_finite())
      result.solution = solve_least_squares(total);
    else
      error = "the weighted design rows are not finite: the radial functions, labels or weights "
              "overflow";
    numbers = result.solution.coefficients;
  }
  ranks.fail_together(error);
  numbers.resize(factors.n_functions + factors.n_reference);
  ranks.broadcast(numbers);
  result.potential.basis = basis;
  result.potential.coefficients.assign(numbers.begin(), numbers.begin() + factors.n_functions);
  result.potential.reference_energy = training.reference_energy();
  for (int e = 0; e < factors.n_reference; ++e)
    result.potential.reference_energy[e] = numbers[factors.n_functions + e];
  for (double const c : result.potential.coefficients)
    result.penalty += options.l2 * c * c;
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
