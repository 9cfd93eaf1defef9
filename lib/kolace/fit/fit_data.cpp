// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/core/counted.hpp>
#include <kolace/fit/fit_data.hpp>

#include <kolace/assembly/baseline.hpp>
#include <kolace/fit/regularization.hpp>
#include <kolace/io/potential_file.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <sstream>

namespace kolace {
namespace {

/// Checks that label keys chosen by the user occur in the data.
void check_label_keys(Dataset const& data, LabelCounts const& labels) {
  if (auto const absent = absent_label_keys(data.options().keys, labels); !absent.empty())
    throw InputError(data.files().front() + ": the " + absent.front() +
                     " does not occur in any frame (expected a name in the section data)");
}

bool needs_test_factors(SolverOptions const& solver) {
  using Kind = SolverOptions::Kind;
  return solver.choice == SolverOptions::Choice::validation || solver.kind == Kind::lbfgs;
}

TrainingData::Inputs training_inputs(FitOptions const& options, Context const& context) {
  TrainingData::Inputs inputs;
  inputs.ranks = context.ranks;
  inputs.fits_unknown_reference = options.solver.kind == SolverOptions::Kind::automatic;
  if (options.reference_potential)
    inputs.baseline_energy = [share = std::shared_ptr<ReferenceShare>(), space = context.space,
                              potential = options.reference_potential](Structure const& s) mutable {
      if (!share)
        share = std::make_shared<ReferenceShare>(space, *potential);
      return (*share)({&s, 1}).front().energy;
    };
  return inputs;
}

TrainingData::Inputs test_inputs(TrainingData const& training) {
  TrainingData::Inputs inputs;
  inputs.reference_energy = training.reference_energy();
  inputs.needs_labels = false;
  return inputs;
}

LabelOptions test_options(FitOptions const& options) {
  LabelOptions result = options;
  result.weighting = options.weighting.keeping_all();
  return result;
}

/// Refuses a non-zero stress without a cell, which would silently yield no virial.
void check_stresses(TrainingData const& training) {
  if (training.n_virials() == 0 || !(training.kappa_virial() > 0))
    return;
  for (auto const& [label, count] : training.pass().labels)
    if (label.starts_with(stress_without_cell))
      throw InputError(fmt::format("non-zero stresses without a cell, and thus without a "
                                   "virial, in {}; add the cell or remove the stress",
                                   counted(count, "frame")));
}

/// The labels of a set as the fit uses them: without a baseline, its energies are zero.
LabelTable labels_of(FactorData const& data, FitOptions const& options) {
  LabelTable labels = data.labels;
  for (StructureRecord& record : labels.records)
    if (!options.reference_potential)
      record.reference_share = 0;
  return labels;
}

TrainingData::Inputs set_inputs(FactorSet const& set, FitOptions const& options) {
  TrainingData::Inputs inputs = training_inputs(options, {.ranks = Communicator::alone()});
  inputs.lowest_energy = set.lowest_energy;
  return inputs;
}

} // namespace

FitData::FitData(Context const& context, Dataset const& train, Dataset const& test,
                 AceBasis const& basis, FitOptions const& options)
    : training_(train, basis.elements(), basis.cutoff(), options,
                training_inputs(options, context)) {
  check_label_keys(train, training_.pass().labels);
  check_stresses(training_);
  choose_shares(options);
  close_frames_ = find_close_frames(context, train, basis.elements(), training_.records());
  if (!test.empty())
    test_.emplace(test, basis.elements(), basis.cutoff(), test_options(options),
                  test_inputs(training_));
}

FitData::FitData(FactorSet const& set, FitOptions const& options)
    : training_(labels_of(set.train, options), set.basis->elements(), options,
                set_inputs(set, options)) {
  choose_shares(options);
  if (set.test)
    test_.emplace(labels_of(*set.test, options), set.basis->elements(), test_options(options),
                  test_inputs(training_));
}

void FitData::choose_shares(FitOptions const& options) {
  fit_reference_ = training_.fits_reference();
  bool const without_energies = training_.n_energies() == 0 || training_.kappa() == 1;
  if (options.reference_energy.kind == ReferenceEnergy::Kind::automatic && without_energies)
    fit_reference_ = false;
  if (fit_reference_ && without_energies)
    throw InputError("data.reference_energy: fit requires energies that contribute to the loss "
                     "(expected kappa below 1)");
  shares_ = {training_.n_energies() > 0 ? training_.kappa() : 1, training_.kappa_virial()};
}

std::vector<bool> FitData::fitted_elements() const {
  std::vector<bool> fitted;
  for (std::size_t e = 0; e < training_.reference_energy().size() && fit_reference_; ++e)
    fitted.push_back(training_.fits_reference(static_cast<int>(e)));
  return fitted;
}

RowStreamOptions FitData::rows(FitOptions const& options) const {
  RowStreamOptions rows;
  rows.fit_reference = fit_reference_;
  rows.fitted_elements = fitted_elements();
  rows.spline_width = options.spline_width;
  rows.batch_bytes = options.batch_bytes;
  rows.reference_potential = options.reference_potential;
  rows.close_frames = close_frames_;
  return rows;
}

std::vector<std::string> FitData::skipped_frames() const {
  std::vector<std::string> skipped = training_.pass().skipped;
  if (test_) // a test set drawn from the same files skips the same frames
    for (std::string const& message : test_->pass().skipped)
      if (std::find(skipped.begin(), skipped.end(), message) == skipped.end())
        skipped.push_back(message);
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
    n += group.n_rows();
  return n;
}

namespace {

/// Adds the mean squares of each kind of label to those that learning curves record. Means over
/// energies per atom, force components and virial components per atom, with the weights of the
/// loss.
void watch(std::string const& set, DesignFactors const& factors, SolverProblem& problem) {
  struct {
    RowKind kind;
    char const* name;
    int components;
  } const kinds[] = {{RowKind::energy, "energy", 1},
                     {RowKind::forces, "force", 3},
                     {RowKind::virial, "virial", 6}};
  for (auto const& [kind, name, components] : kinds)
    if (double const weight = factors.weight_of(kind); weight > 0) {
      TriangularFactor mean(factors.n_unknowns());
      mean.merge(factors.of(kind), std::sqrt(1 / (weight * components)));
      problem.watched.emplace_back(set + "_" + name, std::move(mean));
    }
}

} // namespace

SolverProblem SolverFactors::problem(LossShares shares, FitOptions const& options,
                                     AceBasis const& basis, bool with_prior) const {
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
  if (options.solver.kind == SolverOptions::Kind::lbfgs) {
    watch("train", whole, problem);
    if (test)
      watch("test", *test, problem);
  }
  if (prior && with_prior) {
    long const rows = problem.train.n_rows();
    problem.train.merge(*prior);
    problem.train.set_n_rows(rows);
  }
  problem.weights =
      weights ? weights->own : penalty_weights(basis, options.solver.prior, whole.n_reference);
  if (weights)
    problem.shared = weights->shared;
  problem.l1 = options.l1;
  problem.l2 = options.l2;
  if (!problem.train.is_finite())
    throw InputError("the weighted design rows are not finite: the radial functions, labels or "
                     "weights overflow");
  return problem;
}

int wanted_folds(SolverOptions const& solver, long n_labelled) {
  if (solver.kind == SolverOptions::Kind::automatic)
    return n_labelled >= 2 * automatic_folds ? automatic_folds : n_labelled < 2 ? 1 : 2;
  if (solver.choice != SolverOptions::Choice::folds)
    return 1;
  if (n_labelled < solver.folds)
    throw InputError("fit.solver.folds: " + std::to_string(solver.folds) + " folds for only " +
                     std::to_string(n_labelled) + " labelled structures");
  return solver.folds;
}

namespace {

long n_that_count(TrainingData const& training) {
  auto const& records = training.records();
  return std::count_if(records.begin(), records.end(), [](StructureRecord const& record) {
    return !record.dropped && record.has_labels();
  });
}

/// Adds rows with the baseline's column to those with which the automatic solver judges labels.
/// @param functions columns of the functions; empty: all
void add_judged_rows(SolverFactors& sums, FitOptions const& options, DesignFactors const& factors,
                     std::vector<int> functions, std::vector<bool> const& fitted_elements) {
  if (!options.reference_potential || options.solver.kind != SolverOptions::Kind::automatic ||
      factors.n_baseline == 0)
    return;
  if (functions.empty())
    for (int j = 0; j < factors.n_functions; ++j)
      functions.push_back(j);
  auto const add = [&](std::optional<TriangularFactor>& sum, TriangularFactor const& rows,
                       int n_reference) {
    if (rows.empty())
      return;
    std::vector<int> columns = functions;
    for (int e = 0; e < n_reference; ++e)
      columns.push_back(factors.n_functions + e);
    columns.push_back(factors.n_functions + factors.n_reference);
    TriangularFactor part = rows.select(columns);
    if (sum)
      sum->merge(part);
    else
      sum = std::move(part);
  };
  add(sums.virials, factors.virial, 0);
  if (!fitted_elements.empty() &&
      std::all_of(fitted_elements.begin(), fitted_elements.end(), [](bool b) { return b; }))
    add(sums.energies, factors.energy, factors.n_reference);
}

} // namespace

SolverFactors assemble_solver_factors(Context const& context, FitTask const& task,
                                      AssemblyStatistics& statistics) {
  RowStreamOptions const rows = task.data.rows(task.options);
  FactorView view;
  view.fitted_elements = task.data.fitted_elements();
  SolverFactors factors;
  if (task.data.test() && needs_test_factors(task.options.solver)) {
    AssemblyStatistics ignored;
    auto const groups = assemble_groups(
        context.at("test assembly", task.data.test()->n_atoms() / context.ranks.size()), task.test,
        *task.data.test(), task.basis, {}, rows, ignored);
    factors.test = view_of(groups.front().factors, view);
  }
  Grouping grouping;
  grouping.n_folds = wanted_folds(task.options.solver, n_that_count(task.data.training()));
  for (FactorGroup const& group : assemble_groups(context, task.train, task.data.training(),
                                                  task.basis, grouping, rows, statistics)) {
    factors.groups.push_back(view_of(group.factors, view));
    add_judged_rows(factors, task.options, group.factors, {}, view.fitted_elements);
  }
  return factors;
}

namespace {

/// Column in the set of each of the fit's functions; empty: all columns.
std::vector<int> columns_of(AceBasis const& basis, FactorSet const& set) {
  ModelSpecification const &wanted = basis.specification(), &has = set.basis->specification();
  if (wanted.elements.symbols() != has.elements.symbols())
    throw InputError("the factors were assembled for other elements than potential.elements");
  for (std::size_t k = 0; k < wanted.bonds.size(); ++k) {
    RadialOptions const &a = wanted.bonds[k].radial, &b = has.bonds[k].radial;
    RadialOptions same_size = a;
    same_size.size = b.size;
    BondSpecification const &x = wanted.bonds[k], &y = has.bonds[k];
    bool const same_inner = x.r_in == y.r_in && x.delta_in == y.delta_in &&
                            (x.r_in == 0 || x.inner_cutoff_type == y.inner_cutoff_type);
    if (!(same_size == b) || x.coefficients != y.coefficients || !same_inner)
      throw InputError("the factors were assembled with different radial functions (cutoff, "
                       "radbase, radparameters, dcut or inner cutoffs of potential.bonds)");
  }
  if (wanted.canonical != has.canonical)
    throw InputError("the factors were assembled with a different potential.basis");
  if (wanted.functions == has.functions)
    return {};
  std::vector<int> columns;
  for (BasisFunction const& f : wanted.functions) {
    auto const found = std::find(has.functions.begin(), has.functions.end(), f);
    if (found == has.functions.end())
      throw InputError(
          "the factors do not contain the function " + describe(f, wanted.elements) +
          "; potential.functions can select a subset of their functions, but not more");
    columns.push_back(static_cast<int>(found - has.functions.begin()));
  }
  if (!std::is_sorted(columns.begin(), columns.end()))
    throw InputError("the factors have the functions in a different order");
  return columns;
}

/// True if the fit uses the set's baseline; it may also fit without one.
bool has_baseline(FactorSet const& set, FitOptions const& options) {
  if (!options.reference_potential)
    return false;
  std::ostringstream a, b;
  write_potential(a, *options.reference_potential);
  if (set.baseline)
    write_potential(b, *set.baseline);
  if (a.str() != b.str())
    throw InputError(
        "the factors were assembled with a different reference potential or repulsion");
  return true;
}

void check_weighting(FactorSet const& set, FitOptions const& options) {
  Weighting wanted = options.weighting, has = set.weighting;
  if (set.free_group_weights)
    wanted.by_config_type.clear();
  if (weighting_text(wanted) != weighting_text(has))
    throw InputError("the factors were assembled with a different fit.weighting; only weights of "
                     "config_types can be changed afterwards");
  for (auto const& [name, weights] : options.weighting.by_config_type)
    if (set.free_group_weights &&
        std::none_of(set.train.groups.begin(), set.train.groups.end(),
                     [&, n = &name](FactorGroup const& g) { return g.config_type == *n; }))
      throw InputError("fit.weighting.config_type: the factors have no separate group for '" +
                       name + "'; assemble them with this input");
}

} // namespace

FittedGroups fitted_groups(FactorSet const& set, FitData const& data, AceBasis const& basis,
                           FitOptions const& options) {
  if (auto const missing = set.missing_parts(); !missing.empty())
    throw InputError("the factors are incomplete: part " + std::to_string(missing.front()) +
                     " of " + std::to_string(set.parts.front().of) +
                     " is missing; combine the parts with kolace merge");
  if (set.stage != 2)
    throw InputError(
        "this is the checkpoint of an interrupted assembly; rerun the same kolace assemble");
  if (options.spline_width != set.spline_width)
    throw InputError("the factors were assembled with a different potential.deltaSplineBins");
  check_weighting(set, options);
  FactorView view;
  view.functions = columns_of(basis, set);
  view.fitted_elements = data.fitted_elements();
  view.with_baseline = has_baseline(set, options);
  for (int e = 0; e < set.n_elements(); ++e)
    view.reference_shift.push_back(data.training().reference_energy()[e] - set.reference_energy[e]);
  auto const weighted = [&](std::vector<FactorGroup> const& groups) {
    std::vector<FactorGroup> result;
    for (FactorGroup const& group : groups) {
      FactorGroup& seen = result.emplace_back(
          FactorGroup{group.config_type, group.fold, view_of(group.factors, view)});
      auto const found = options.weighting.by_config_type.find(group.config_type);
      if (set.free_group_weights && found != options.weighting.by_config_type.end())
        seen.factors.scale(found->second.energy, found->second.forces, found->second.virial);
    }
    return result;
  };
  FittedGroups groups;
  groups.train = weighted(set.train.groups);
  if (set.test)
    groups.test = weighted(set.test->groups);
  return groups;
}

SolverFactors solver_factors(FactorSet const& set, FittedGroups const& groups, FitData const& data,
                             AceBasis const& basis, FitOptions const& options) {
  SolverFactors factors;
  DesignFactors const empty(groups.train.front().factors.n_functions,
                            groups.train.front().factors.n_reference);
  int const n_folds = wanted_folds(options.solver, n_that_count(data.training()));
  if (set.n_folds % n_folds != 0)
    throw InputError("the factors have " + std::to_string(set.n_folds) + " folds, but " +
                     std::to_string(n_folds) +
                     " are required; assemble them with this input, or choose another fit.solver");
  factors.groups.assign(static_cast<std::size_t>(n_folds), empty);
  bool const with_virials = data.shares().kappa_virial > 0;
  auto const add = [&](DesignFactors& to, DesignFactors from) {
    if (!with_virials) { // drop rows without weight
      from.virial = TriangularFactor(from.n_unknowns());
      from.virial_weight = 0;
    }
    to.merge(from);
  };
  for (FactorGroup const& group : groups.train)
    add(factors.groups[group.fold % n_folds], group.factors);
  if (data.test() && needs_test_factors(options.solver)) {
    factors.test = empty;
    for (FactorGroup const& group : groups.test)
      add(*factors.test, group.factors);
  }
  std::vector<int> const functions = columns_of(basis, set);
  for (FactorGroup const& group : set.train.groups)
    add_judged_rows(factors, options, group.factors, functions, data.fitted_elements());
  return factors;
}

} // namespace kolace
