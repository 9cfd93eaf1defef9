// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/assembly/assemble.hpp>

#include <kolace/assembly/baseline.hpp>
#include <kolace/core/available_memory.hpp>
#include <kolace/core/contracts.hpp>
#include <kolace/core/counted.hpp>
#include <kolace/core/errors.hpp>
#include <kolace/core/hash.hpp>
#include <kolace/io/atomic_file.hpp>
#include <kolace/io/potential_file.hpp>
#include <kolace/linalg/streaming_qr.hpp>

#include <Kokkos_Timer.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <sstream>

namespace kolace {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

/// Merges the factors of all ranks pairwise; rank 0 gets the result.
void merge_over_ranks(Communicator const& ranks, TriangularFactor& factor, double& weight) {
  std::vector<double> data = factor.data();
  auto const append = [&] {
    data.push_back(static_cast<double>(factor.n_rows()));
    data.push_back(weight);
  };
  append();
  ranks.reduce_pairwise(data, [&](std::vector<double> const& other) {
    TriangularFactor theirs(factor.n_unknowns());
    theirs.data().assign(other.begin(), other.end() - 2);
    theirs.set_n_rows(static_cast<long>(other[other.size() - 2]));
    factor.merge(theirs);
    weight += other.back();
    data = factor.data();
    append();
  });
}

/// QR updates for the rows of a group, one factor per kind, on the execution space that makes the
/// rows.
struct GroupFactors {
  struct Part {
    StreamingQr<Space> rows;
    long n_unlabelled = 0; ///< rows without a label, which are zero
    double weight = 0;

    void finish(Space const& space, TriangularFactor& factor, double& sum_of_weights) {
      factor = rows.factor(space);
      factor.set_n_rows(factor.n_rows() - n_unlabelled);
      sum_of_weights = weight;
    }
  };
  std::vector<Part> parts; ///< by RowKind

  explicit GroupFactors(int n_unknowns) : parts(3, Part{StreamingQr<Space>(n_unknowns)}) {}
  Part& part(RowKind kind) { return parts.at(static_cast<std::size_t>(kind)); }

  /// Factors of the rows added so far; more rows may follow.
  void finish(Space const& space, DesignFactors& to) {
    part(RowKind::energy).finish(space, to.energy, to.energy_weight);
    part(RowKind::forces).finish(space, to.forces, to.force_weight);
    part(RowKind::virial).finish(space, to.virial, to.virial_weight);
  }
};

/// Group of each structure: n_folds times the index of its config_type's group, plus its fold.
std::vector<int> groups_of(TrainingData const& training, Grouping const& grouping) {
  auto const& named = grouping.config_types;
  std::vector<int> of_type;
  for (std::string const& name : training.labels().config_types)
    of_type.push_back(
        static_cast<int>(std::find(named.begin(), named.end(), name) - named.begin()));
  std::vector<int> groups;
  long next = grouping.n_before;
  for (StructureRecord const& record : training.records()) {
    groups.push_back(of_type[record.config_type] * grouping.n_folds +
                     static_cast<int>(next % grouping.n_folds));
    next += !record.dropped && record.has_labels();
  }
  return groups;
}

} // namespace

double factor_memory(int n_unknowns, int n_groups, int n_kinds) {
  // R of each group and kind with its buffered rows; the solver needs R of all folds but one for
  // each fold, with its decomposition, and a few more.
  double const n = n_unknowns + 1., r = 8 * n * n;
  return n_groups * n_kinds * (r + 8 * 256 * n) + (3. * n_groups + 8.) * r;
}

void check_factor_memory(int n_unknowns, int n_groups, int n_kinds) {
  double const needed = factor_memory(n_unknowns, n_groups, n_kinds);
  double const available = static_cast<double>(available_memory());
  if (available > 0 && needed > 0.9 * available)
    throw InputError(fmt::format(
        "{} unknowns need {:.1f} GB of memory for their factors ({} of "
        "structures, {} kinds of labels), but only {:.1f} GB are free; use a smaller "
        "basis, fewer groups, or fit.solver: lsqr, which stores no factors",
        n_unknowns, needed / 1e9, counted(n_groups, "group"), n_kinds, available / 1e9));
}

namespace {

/// Saves intermediate results of an assembly.
struct Checkpoints {
  /// Asked before each structure. If it returns true, pending rows are added to the factors and
  /// `save` is called.
  std::function<bool()> due;
  /// Receives the factors of the structures so far, on this rank.
  /// @param next index of the first structure that is not included
  std::function<void(std::vector<FactorGroup> const& so_far, AssemblyStatistics const& statistics,
                     long next)>
      save;
};

/// The factors of this rank's share of the data.
std::vector<FactorGroup> groups_of_this_rank(Context const& context, Dataset const& dataset,
                                             TrainingData const& training,
                                             std::shared_ptr<AceBasis const> const& basis,
                                             Grouping const& grouping, RowStreamOptions rows,
                                             AssemblyStatistics& statistics,
                                             Checkpoints const& checkpoints) {
  rows.fit_reference = true;
  rows.fitted_elements.clear();
  rows.baseline_column = true;
  int const n_baseline = rows.reference_potential ? 1 : 0;
  int const n_groups = (static_cast<int>(grouping.config_types.size()) + 1) * grouping.n_folds;
  check_factor_memory(basis->size() + basis->elements().size() + n_baseline, n_groups,
                      (training.n_energies() > 0) + (training.n_force_atoms() > 0) +
                          (training.n_virials() > 0));
  DesignFactors const empty(basis->size(), basis->elements().size(), n_baseline);
  std::vector<FactorGroup> groups;
  for (std::size_t type = 0; type <= grouping.config_types.size(); ++type)
    for (int fold = 0; fold < grouping.n_folds; ++fold)
      groups.push_back(
          {type < grouping.config_types.size() ? grouping.config_types[type] : "", fold, empty});
  Space const& space = context.space;
  std::vector<GroupFactors> accumulators(groups.size(), GroupFactors(empty.n_unknowns()));
  auto const finish = [&] {
    for (std::size_t g = 0; g < groups.size(); ++g)
      accumulators[g].finish(space, groups[g].factors);
  };
  std::vector<int> const of_structure = groups_of(training, grouping);
  rows.group = [&](long structure) { return of_structure.at(structure); };
  rows.wants_checkpoint = checkpoints.due;
  rows.reached = [&](long next) {
    finish();
    checkpoints.save(groups, statistics, next);
  };
  stream_rows(
      context, dataset, training, basis, rows,
      [&](RowBatch const& batch) {
        GroupFactors::Part& part = accumulators.at(batch.group).part(batch.kind);
        part.rows.add_rows(space, batch.rows, batch.n_rows);
        part.n_unlabelled += std::count(batch.scale->begin(), batch.scale->end(), 0.);
        part.weight += batch.weight;
        space.fence("kolace::assembly: QR update is timed, the rows' memory is reused");
      },
      statistics);
  finish();
  return groups;
}

/// Merges the groups of all ranks; rank 0 gets the result.
void merge_over_ranks(Communicator const& ranks, std::vector<FactorGroup>& groups) {
  for (FactorGroup& group : groups) {
    merge_over_ranks(ranks, group.factors.energy, group.factors.energy_weight);
    merge_over_ranks(ranks, group.factors.forces, group.factors.force_weight);
    merge_over_ranks(ranks, group.factors.virial, group.factors.virial_weight);
  }
}

} // namespace

std::vector<FactorGroup> assemble_groups(Context const& context, Dataset const& dataset,
                                         TrainingData const& training,
                                         std::shared_ptr<AceBasis const> const& basis,
                                         Grouping const& grouping, RowStreamOptions rows,
                                         AssemblyStatistics& statistics) {
  auto groups = groups_of_this_rank(context, dataset, training, basis, grouping, std::move(rows),
                                    statistics, {});
  merge_over_ranks(context.ranks, groups);
  return groups;
}

namespace {

/// Text of everything that determines the numbers of an assembly.
std::string run_of(Dataset const& train, Dataset const& test, FactorSet const& set,
                   AssemblyOptions const& options, FactorSet const* onto) {
  std::ostringstream text;
  AcePotential functions;
  functions.basis = set.basis;
  functions.coefficients.assign(set.basis->size(), 0.);
  functions.reference_energy = set.reference_energy;
  write_potential(text, functions);
  if (set.baseline)
    write_potential(text, *set.baseline);
  text << weighting_text(set.weighting) << ' ' << set.spline_width << ' ' << set.n_folds << ' '
       << set.lowest_energy << ' ' << (onto ? onto->run : "");
  for (std::string const& name : options.config_types)
    text << ' ' << name;
  for (Dataset const* data : {&train, &test})
    for (DataFile const& file : data->data_files())
      text << ' ' << file.n_frames << ' ' << file.n_bytes << ' ' << file.checksum;
  for (Dataset const* data : {&train, &test})
    data->for_each_structure([&](Frame const& frame) { text << ' ' << frame.position; });
  return fmt::format("{:016x}", hash_of(text.str()));
}

/// Removes the normalization from the weights, so that the rows of two sets can be added.
void denormalize(std::vector<FactorGroup>& groups, TrainingData const& training) {
  WeightSums const& sums = training.weight_sums();
  auto const or_one = [](double sum) { return sum > 0 ? sum : 1; };
  for (FactorGroup& group : groups)
    group.factors.scale(or_one(sums.energy), or_one(sums.forces), or_one(sums.virial));
}

void add_groups(std::vector<FactorGroup>& to, std::vector<FactorGroup> const& from) {
  KOLACE_EXPECT(to.size() == from.size(), to.size(), from.size());
  for (std::size_t g = 0; g < from.size(); ++g)
    to[g].factors.merge(from[g].factors);
}

/// Adds the statistics of this rank's pass to those of an earlier one.
void note(FactorData& data, AssemblyStatistics const& statistics, int n_elements) {
  data.shortest.resize(n_elements * n_elements, std::numeric_limits<double>::infinity());
  for (std::size_t k = 0; k < statistics.shortest.size(); ++k)
    data.shortest[k] = std::min(data.shortest[k], statistics.shortest[k]);
  data.largest_core.resize(n_elements, 0.);
  for (std::size_t e = 0; e < statistics.largest_core.size(); ++e)
    data.largest_core[e] = std::max(data.largest_core[e], statistics.largest_core[e]);
}

/// Merges what all ranks have assembled; rank 0 gets the factors.
void merge_over_ranks(Communicator const& ranks, FactorData& data) {
  merge_over_ranks(ranks, data.groups);
  for (double& r : data.shortest)
    r = -ranks.max(-r);
  for (double& energy : data.largest_core)
    energy = ranks.max(energy);
}

LabelTable part_of(LabelTable labels, FactorPart part) {
  std::erase_if(labels.records,
                [&](StructureRecord const& r) { return r.index % part.of != part.number; });
  return labels;
}

} // namespace

std::string checkpoint_file(AssemblyOptions const& options, Communicator const& ranks) {
  if (options.checkpoint.empty() || ranks.size() == 1)
    return options.checkpoint;
  return fmt::format("{}.{}-of-{}", options.checkpoint, ranks.rank() + 1, ranks.size());
}

FactorSet assemble_factor_set(Context const& context, Dataset const& train, Dataset const& test,
                              std::shared_ptr<AceBasis const> const& basis,
                              AssemblyOptions const& options, FactorSet const* onto) {
  ElementSet const& elements = basis->elements();
  FactorSet set;
  set.basis = basis;
  set.baseline = options.baseline;
  set.spline_width = options.spline_width;
  set.weighting = options.labels.weighting;
  set.free_group_weights = set.weighting.policy != Weighting::Policy::energy_based;
  if (set.free_group_weights)
    set.weighting.by_config_type.clear();
  set.n_folds = onto ? onto->n_folds : options.n_folds;
  set.parts = {options.part};

  std::optional<ReferenceShare> share;
  if (options.baseline)
    share.emplace(context.space, *options.baseline);
  std::function<double(Structure const&)> baseline_energy;
  if (share)
    baseline_energy = [&](Structure const& s) { return (*share)({&s, 1}).front().energy; };
  LabelOptions labels = options.labels;
  labels.weighting = set.weighting;
  TrainingData::Inputs inputs;
  inputs.fits_unknown_reference = options.fits_unknown_reference;
  if (onto) {
    inputs.reference_energy = onto->reference_energy;
    inputs.lowest_energy = onto->lowest_energy;
  }
  LabelTable train_labels = read_label_table(train, elements, basis->cutoff(), set.weighting,
                                             baseline_energy, true, context.ranks);
  TrainingData const training(train_labels, elements, labels, inputs);
  set.reference_energy = training.reference_energy();
  set.lowest_energy = onto ? onto->lowest_energy : training.lowest_energy();
  std::optional<TrainingData> testing;
  LabelTable test_labels;
  if (!test.empty()) {
    labels.weighting = set.weighting.keeping_all();
    inputs.reference_energy = training.reference_energy();
    inputs.lowest_energy.reset();
    inputs.needs_labels = false;
    test_labels = read_label_table(test, elements, basis->cutoff(), labels.weighting,
                                   baseline_energy, false, context.ranks);
    testing.emplace(test_labels, elements, labels, inputs);
  }
  set.run = run_of(train, test, set, options, onto);

  // Checkpoint of an interrupted assembly.
  std::string const checkpoint = checkpoint_file(options, context.ranks);
  std::optional<FactorSet> earlier;
  if (path_exists(checkpoint)) {
    try {
      earlier = read_factor_set(checkpoint);
    } catch (InputError const& error) {
      context.say(std::string(error.what()) + "; the assembly is restarted");
    }
    if (earlier &&
        (earlier->run != set.run || earlier->parts.front().number != options.part.number ||
         earlier->parts.front().of != options.part.of)) {
      context.say(checkpoint +
                  ": belongs to another assembly; this one is started from the beginning");
      earlier.reset();
    }
    if (earlier)
      context.say(fmt::format("continuing with structure {} of the {} data ({})",
                              earlier->next_structure + 1,
                              earlier->stage == 0 ? "training" : "test", checkpoint));
  }

  RowStreamOptions rows;
  rows.spline_width = options.spline_width;
  rows.batch_bytes = options.batch_bytes;
  rows.reference_potential = options.baseline;
  rows.all_kinds = true;
  rows.close_frames = find_close_frames(context, train, elements, training.records());
  auto const close_frames = describe(rows.close_frames, elements);
  for (std::string const& sentence : close_frames)
    context.say(sentence);
  Kokkos::Timer since;
  long const total = training.n_atoms() + (testing ? testing->n_atoms() : 0);
  long done_before = 0;
  auto const assemble = [&](long stage, Dataset const& dataset, TrainingData const& data,
                            LabelTable& table, Grouping const& grouping, FactorData& to) {
    // A rank that has completed this stage runs it again without structures, because the other
    // ranks may still need its collective calls.
    bool const goes_on = earlier && earlier->stage >= stage;
    FactorData const before =
        goes_on ? (stage == 0 ? earlier->train : earlier->test.value_or(FactorData()))
                : FactorData();
    long const first = !goes_on                  ? 0
                       : earlier->stage == stage ? earlier->next_structure
                                                 : std::numeric_limits<long>::max();
    rows.only = [&, first](long structure) {
      return structure >= first && structure % options.part.of == options.part.number;
    };
    to.labels = part_of(std::move(table), options.part);
    to.files = dataset.data_files();
    to.shortest = before.shortest;
    to.largest_core = before.largest_core;
    AssemblyStatistics statistics;
    auto const store = [&](std::vector<FactorGroup> groups) {
      denormalize(groups, data);
      if (!before.groups.empty())
        add_groups(groups, before.groups);
      to.groups = std::move(groups);
      note(to, statistics, elements.size());
    };
    Checkpoints saves;
    if (!checkpoint.empty()) {
      saves.due = [&] { return since.seconds() > options.checkpoint_seconds; };
      saves.save = [&](std::vector<FactorGroup> const& so_far, AssemblyStatistics const&,
                       long next) {
        store(so_far);
        set.stage = stage;
        set.next_structure = next;
        write_factor_set(checkpoint, set);
        since.reset();
      };
    }
    Context whole = context.at("assembly", total); // both data sets are one stage
    whole.progress = [&](std::string const&, long done, long) {
      context.at("assembly", total).advance((done_before + done) * context.ranks.size());
    };
    store(groups_of_this_rank(whole, dataset, data, basis, grouping, rows, statistics, saves));
    done_before += statistics.n_atoms;
  };
  Grouping grouping{options.config_types, set.n_folds, onto ? onto->train.labels.n_labelled() : 0};
  if (!set.free_group_weights)
    grouping.config_types.clear();
  assemble(0, train, training, train_labels, grouping, set.train);
  set.train.close_frames = close_frames;
  if (testing) {
    grouping.n_folds = 1;
    rows.close_frames.clear(); // the statistics of test data must show how close test atoms come
    set.test.emplace();
    assemble(1, test, *testing, test_labels, grouping, *set.test);
  }
  merge_over_ranks(context.ranks, set.train);
  if (set.test)
    merge_over_ranks(context.ranks, *set.test);
  set.stage = 2;
  set.next_structure = 0;
  return set;
}

} // namespace kolace
