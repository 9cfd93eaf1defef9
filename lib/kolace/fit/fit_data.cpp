#include <kolace/fit/fit_data.hpp>

#include <kolace/fit/regularization.hpp>

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

bool needs_test_factors(SolverOptions const& solver) {
  using Kind = SolverOptions::Kind;
  return solver.choice == SolverOptions::Choice::validation || solver.kind == Kind::lbfgs;
}

} // namespace

FitData::FitData(Dataset const& train, Dataset const& test, AceBasis const& basis,
                 FitOptions const& options)
    : training_(train, basis.elements(), basis.cutoff(), options),
      fit_reference_(training_.fits_reference()) {
  check_label_keys(train, training_.pass().labels);
  bool const without_energies = training_.n_energies() == 0 || training_.kappa() == 1;
  if (options.reference_energy.kind == ReferenceEnergy::Kind::automatic && without_energies)
    fit_reference_ = false;
  if (fit_reference_ && without_energies)
    throw InputError("reference_energy: fit needs energies that count in the loss (kappa below 1)");
  shares_ = {training_.n_energies() > 0 ? training_.kappa() : 1, training_.kappa_virial()};
  if (test.empty())
    return;
  FitOptions test_options = options;
  test_options.weighting = options.weighting.keeping_all();
  test_.emplace(test, basis.elements(), basis.cutoff(), test_options, training_.reference_energy(),
                false);
}

RowStreamOptions FitData::rows(FitOptions const& options) const {
  RowStreamOptions rows;
  rows.fit_reference = fit_reference_;
  for (std::size_t e = 0; e < training_.reference_energy().size(); ++e)
    rows.fitted_elements.push_back(training_.fits_reference(static_cast<int>(e)));
  rows.spline_width = options.spline_width;
  rows.batch_bytes = options.batch_bytes;
  rows.reference_potential = options.reference_potential;
  return rows;
}

std::vector<std::string> FitData::skipped_frames() const {
  std::vector<std::string> skipped = training_.pass().skipped;
  if (test_)
    skipped.insert(skipped.end(), test_->pass().skipped.begin(), test_->pass().skipped.end());
  return skipped;
}

DesignFactors SolverFactors::all() const {
  DesignFactors sum = groups.front();
  for (std::size_t g = 1; g < groups.size(); ++g)
    sum.merge(groups[g]);
  return sum;
}

long SolverFactors::n_rows() const {
  long n = 0;
  for (DesignFactors const& group : groups)
    n += group.energy.n_rows() + group.forces.n_rows() + group.virial.n_rows();
  return n;
}

SolverProblem SolverFactors::problem(LossShares shares, FitOptions const& options,
                                     AceBasis const& basis) const {
  DesignFactors const whole = all();
  SolverProblem problem;
  problem.train = loss_factor(whole, shares);
  for (std::size_t fold = 0; fold < groups.size() && groups.size() > 1; ++fold) {
    DesignFactors others(whole.n_functions, whole.n_reference);
    for (std::size_t g = 0; g < groups.size(); ++g)
      if (g != fold)
        others.merge(groups[g]);
    problem.folds.emplace_back(loss_factor(others, shares), loss_factor(groups[fold], shares));
  }
  if (test)
    problem.validation = loss_factor(*test, shares);
  if (prior) {
    long const rows = problem.train.n_rows();
    problem.train.merge(*prior);
    problem.train.set_n_rows(rows);
  }
  problem.weights = penalty_weights(basis, options.solver.prior, whole.n_reference);
  problem.l1 = options.l1;
  problem.l2 = options.l2;
  if (!problem.train.is_finite())
    throw InputError("the weighted design rows are not finite: the radial functions, labels or "
                     "weights overflow");
  return problem;
}

SolverFactors assemble_solver_factors(Dataset const& train, Dataset const& test,
                                      FitData const& data,
                                      std::shared_ptr<AceBasis const> const& basis,
                                      FitOptions const& options, Communicator const& ranks,
                                      AssemblyStatistics& statistics, Progress const& progress) {
  RowStreamOptions stream = data.rows(options);
  SolverFactors factors;
  if (data.test() && needs_test_factors(options.solver)) {
    AssemblyStatistics ignored;
    factors.test = assemble_factors(test, *data.test(), basis, stream, 1, ranks, ignored).front();
  }
  int n_groups = 1;
  bool const automatic = options.solver.kind == SolverOptions::Kind::automatic;
  if (automatic || options.solver.choice == SolverOptions::Choice::folds) {
    n_groups = automatic ? automatic_folds : options.solver.folds;
    // Structures with labels take turns; the others do not matter.
    std::vector<int> fold;
    int next = 0;
    for (StructureRecord const& record : data.training().records()) {
      fold.push_back(next % n_groups);
      next += !record.dropped && (record.has_energy || record.has_forces || record.has_virial);
    }
    if (automatic && next < 2 * n_groups)
      n_groups = next < 2 ? 1 : 2;
    for (int& group : fold)
      group %= n_groups;
    if (next < n_groups && !automatic)
      throw InputError("fit.solver.folds: " + std::to_string(n_groups) + " folds of only " +
                       std::to_string(next) + " labelled structures");
    stream.group = [fold = std::move(fold)](long structure) { return fold.at(structure); };
  }
  factors.groups = assemble_factors(train, data.training(), basis, stream, n_groups, ranks,
                                    statistics, progress);
  return factors;
}

} // namespace kolace
