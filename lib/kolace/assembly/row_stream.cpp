// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/assembly/row_stream.hpp>

#include <kolace/assembly/baseline.hpp>
#include <kolace/comm/load_share.hpp>
#include <kolace/core/contracts.hpp>
#include <kolace/core/host_copy.hpp>
#include <kolace/core/spaces.hpp>
#include <kolace/core/tuning.hpp>
#include <kolace/dataset/batches.hpp>
#include <kolace/design/design_rows.hpp>

#include <Kokkos_Timer.hpp>

#include <algorithm>
#include <cmath>
#include <exception>
#include <limits>
#include <map>
#include <optional>

namespace kolace {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

/// Scales row i by scale(i) and sets the columns after the functions: the E0 and baseline columns
/// (`extras`, column-major; zero if it is empty), then the target. Moves 16 bytes per entry.
void scale_rows(Space const& space, Matrix<Space> const& rows, int m, int n_functions,
                Array<double, Space> const& scale, Array<double, Space> const& targets,
                Array<double, Space> const& extras) {
  int const columns = rows.extent_int(1);
  bool const has_extra = extras.extent(0) > 0;
  Kokkos::parallel_for(
      "kolace::assembly::scale_rows", EntryPolicy<Space>(space, {0, 0}, {m, n_functions}),
      KOKKOS_LAMBDA(long i, long j) {
        double const scaled = scale(i) * rows(i, j);
        // Rows without a label may contain anything, even NaN.
        rows(i, j) = scale(i) == 0 ? 0 : scaled;
      });
  Kokkos::parallel_for(
      "kolace::assembly::set_labels", EntryPolicy<Space>(space, {0, n_functions}, {m, columns}),
      KOKKOS_LAMBDA(long i, long j) {
        double const value = j == columns - 1 ? targets(i)
                             : has_extra      ? extras((j - n_functions) * m + i)
                                              : 0;
        rows(i, j) = scale(i) == 0 ? 0 : scale(i) * value;
      });
}

/// Updates shortest[a · n_elements + b] with the shortest distance of each pair of elements.
void find_shortest(Space const& space, NeighborsView<Space> const& pairs, int n_elements,
                   std::vector<double>& shortest) {
  shortest.resize(n_elements * n_elements, std::numeric_limits<double>::infinity());
  auto const least_of = copy_to_device(space, shortest, "kolace::assembly::shortest");
  Kokkos::parallel_for(
      "kolace::assembly::find_shortest", Kokkos::RangePolicy<Space>(space, 0, pairs.n_centers),
      KOKKOS_LAMBDA(int i) {
        for (std::size_t p = pairs.row_offsets(i); p < pairs.row_offsets(i + 1); ++p) {
          double const x = pairs.displacements(p, 0), y = pairs.displacements(p, 1),
                       z = pairs.displacements(p, 2);
          double const r = Kokkos::sqrt(x * x + y * y + z * z);
          double* const least =
              &least_of(pairs.species(i) * n_elements + pairs.species(pairs.neighbors(p)));
          if (r < *least)
            Kokkos::atomic_min(least, r);
        }
      });
  auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), least_of);
  space.fence("kolace::assembly: shortest distances are kept on the host");
  shortest.assign(host.data(), host.data() + host.extent(0));
}

/// Collects structures, assembles their rows batch by batch and passes them to the visitor.
class RowStream {
public:
  RowStream(Space const& space, std::shared_ptr<AceBasis const> const& basis,
            TrainingData const& training, RowStreamOptions const& options,
            std::function<void(RowBatch const&)> const& visit, AssemblyStatistics& statistics)
      : space_(space), training_(training), options_(options), visit_(visit),
        statistics_(statistics), assembler_(space_, basis, options.spline_width),
        elements_(basis->elements()), cutoff_(basis->cutoff()), n_functions_(basis->size()),
        n_reference_(options.fit_reference ? basis->elements().size() : 0),
        n_baseline_(options.baseline_column && options.reference_potential ? 1 : 0) {
    if (options.reference_potential)
      reference_.emplace(space, *options.reference_potential, options.spline_width);
    kinds_.energy = training.n_energies() > 0;
    kinds_.forces = training.n_force_atoms() > 0;
    kinds_.virial = training.n_virials() > 0 && (training.kappa_virial() > 0 || options.all_kinds);
    int const unknowns = n_functions_ + n_reference_ + n_baseline_;
    std::size_t const per_atom =
        8 * (assembler_.workspace_per_atom(kinds_) + 3 * static_cast<std::size_t>(unknowns + 1));
    // Batches fit roughly into a host's caches and fill a device. With fewer rows than a third of
    // the unknowns, the QR updates would dominate.
    std::size_t const bytes = options.batch_bytes > 0
                                  ? options.batch_bytes
                                  : sized_by_memory<Space>(Tuning<Space>::row_bytes);
    max_atoms_ = std::max<std::size_t>({bytes / per_atom, std::size_t(unknowns) / 9, 8});
  }

  /// @param tells true if the structure counts in the statistics of distances and core densities
  void add(int group, bool tells, Structure&& structure, StructureRecord const& record) {
    Pending& pending = pending_[{group, tells}];
    pending.n_atoms += structure.n_atoms();
    pending.structures.push_back(std::move(structure));
    pending.records.push_back(&record);
    if (pending.n_atoms >= max_atoms_)
      flush(group, tells, pending);
  }

  void flush() {
    for (auto& [key, pending] : pending_)
      flush(key.first, key.second, pending);
  }

private:
  Space space_;
  struct Pending {
    std::vector<Structure> structures;
    std::vector<StructureRecord const*> records;
    std::size_t n_atoms = 0;
    std::vector<Prediction> reference; ///< predictions of the reference potential; empty: none
  };

  /// Targets, E0 and baseline columns, and scale factor of each row.
  struct Labels {
    std::vector<double> scale, target;
    std::vector<double> reference; ///< E0 columns, column-major; empty: zeros
    std::vector<double> baseline;
    double weight = 0;

    void add(double factor, double value, double of_baseline, double row_weight) {
      scale.push_back(factor);
      target.push_back(value);
      baseline.push_back(of_baseline);
      weight += row_weight;
    }
  };

  void flush(int group, bool tells, Pending& pending) {
    if (pending.structures.empty())
      return;
    Kokkos::Timer timer;
    auto const batch = StructureBatch<Space>::create(space_, pending.structures, elements_);
    build_neighbor_list(space_, batch, cutoff_, list_);
    if (tells)
      find_shortest(space_, view_of(batch, list_), elements_.size(), statistics_.shortest);
    int const columns = n_functions_ + n_reference_ + n_baseline_ + 1;
    int const n_structures = batch.n_structures;
    auto const grow = [&](Matrix<Space>& rows, char const* label, bool wanted, int count) {
      if (wanted && rows.extent_int(0) < count) {
        rows = Matrix<Space>(); // free first
        rows = Matrix<Space>(
            Kokkos::view_alloc(space_, Kokkos::WithoutInitializing, std::string(label)), count,
            columns);
      }
    };
    grow(energy_rows_, "kolace::assembly::energy_rows", kinds_.energy, n_structures);
    grow(force_rows_, "kolace::assembly::force_rows", kinds_.forces, 3 * batch.n_atoms);
    grow(virial_rows_, "kolace::assembly::virial_rows", kinds_.virial, 6 * n_structures);
    assembler_(space_, batch, list_, kinds_, energy_rows_, force_rows_, virial_rows_);
    if (reference_) {
      pending.reference = (*reference_)(pending.structures);
      if (tells)
        statistics_.raise_core(reference_->largest_core());
    }
    space_.fence("kolace::assembly: design rows are timed");
    statistics_.seconds_rows += timer.seconds();
    timer.reset();
    if (kinds_.energy)
      show(group, RowKind::energy, energy_rows_, energy_labels(pending), pending);
    if (kinds_.forces)
      show(group, RowKind::forces, force_rows_, force_labels(pending), pending);
    if (kinds_.virial)
      show(group, RowKind::virial, virial_rows_, virial_labels(pending), pending);
    statistics_.seconds_qr += timer.seconds();
    statistics_.n_structures += n_structures;
    statistics_.n_atoms += batch.n_atoms;
    pending = {};
  }

  double factor(double weight, double size) const {
    return (options_.scale == RowScale::loss ? std::sqrt(weight) : 1) / size;
  }

  Labels energy_labels(Pending const& pending) const {
    Labels labels;
    std::size_t const count = pending.records.size();
    labels.reference.resize(count * n_reference_);
    for (std::size_t s = 0; s < count; ++s) {
      StructureRecord const& record = *pending.records[s];
      double const baseline = reference_ ? pending.reference[s].energy : 0;
      double energy = record.energy - baseline;
      for (std::size_t e = 0; e < record.composition.size(); ++e)
        energy -= training_.reference_energy()[e] * record.composition[e];
      for (int e = 0; e < n_reference_; ++e)
        labels.reference[e * count + s] =
            options_.fitted_elements.empty() || options_.fitted_elements[e] ? record.composition[e]
                                                                            : 0;
      if (record.has_energy)
        labels.add(factor(record.energy_weight, record.n_atoms), energy, baseline,
                   record.energy_weight);
      else
        labels.add(0, 0, 0, 0);
    }
    return labels;
  }

  Labels force_labels(Pending const& pending) const {
    Labels labels;
    for (std::size_t s = 0; s < pending.records.size(); ++s) {
      Structure const& structure = pending.structures[s];
      for (std::size_t i = 0; i < structure.n_atoms(); ++i) {
        bool const present = pending.records[s]->has_forces;
        double const weight =
            present ? pending.records[s]->force_weight * training_.atom_factor(structure, i) : 0;
        for (int x = 0; x < 3; ++x) {
          double const baseline = reference_ ? pending.reference[s].forces[i][x] : 0;
          labels.add(present ? factor(weight, 1) : 0,
                     present ? structure.forces[i][x] - baseline : 0, baseline, weight / 3);
        }
      }
    }
    return labels;
  }

  Labels virial_labels(Pending const& pending) const {
    Labels labels;
    for (std::size_t s = 0; s < pending.records.size(); ++s)
      for (int v = 0; v < 6; ++v) {
        StructureRecord const& record = *pending.records[s];
        double const baseline = reference_ ? pending.reference[s].virial[v] : 0;
        if (record.has_virial)
          labels.add(factor(record.virial_weight, record.n_atoms),
                     (*pending.structures[s].virial)[v] - baseline, baseline,
                     record.virial_weight / 6);
        else
          labels.add(0, 0, 0, 0);
      }
    return labels;
  }

  /// Columns between the functions and the target, column-major; empty: zeros.
  std::vector<double> extra_columns(Labels const& labels) const {
    std::vector<double> extra = labels.reference;
    if (n_baseline_ == 0)
      return extra;
    extra.resize(labels.scale.size() * n_reference_, 0.);
    extra.insert(extra.end(), labels.baseline.begin(), labels.baseline.end());
    return extra;
  }

  void show(int group, RowKind kind, Matrix<Space> const& rows, Labels const& labels,
            Pending const& pending) {
    int const m = static_cast<int>(labels.scale.size());
    KOLACE_EXPECT(m <= rows.extent_int(0) && labels.target.size() == labels.scale.size(), m,
                  rows.extent(0), labels.target.size());
    std::vector<double> const extra = extra_columns(labels);
    auto const scale = copy_to_device(space_, labels.scale, "kolace::assembly::scale"),
               targets = copy_to_device(space_, labels.target, "kolace::assembly::target"),
               extras = copy_to_device(space_, extra, "kolace::assembly::extra");
    scale_rows(space_, rows, m, n_functions_, scale, targets, extras);
    space_.fence("kolace::assembly: rows are shown, labels go out of scope");
    bool const first = kind == RowKind::energy || (kind == RowKind::forces && !kinds_.energy) ||
                       (kind == RowKind::virial && !kinds_.energy && !kinds_.forces);
    visit_({group, kind, first, rows, m, &labels.scale, labels.weight, pending.structures,
            pending.records});
  }

  TrainingData const& training_;
  RowStreamOptions const& options_;
  std::function<void(RowBatch const&)> const& visit_;
  AssemblyStatistics& statistics_;
  DesignAssembler<Space> assembler_;
  std::optional<ReferenceShare> reference_;
  ElementSet elements_;
  double cutoff_;
  int n_functions_, n_reference_, n_baseline_;
  RowKinds kinds_;
  NeighborList<Space> list_; // workspace, like the next members
  Matrix<Space> energy_rows_, force_rows_, virial_rows_;
  std::map<std::pair<int, bool>, Pending> pending_;
  std::size_t max_atoms_ = 0;
};

/// True if the structure has a label with non-zero weight.
bool counts(StructureRecord const& record) {
  return (record.has_energy && record.energy_weight > 0) ||
         (record.has_forces && record.force_weight > 0) ||
         (record.has_virial && record.virial_weight > 0);
}

} // namespace

std::vector<double> shortest_distances(Context const& context, AssemblyStatistics const& statistics,
                                       int n_elements) {
  std::vector<double> shortest = statistics.shortest; // empty on a rank without data
  shortest.resize(n_elements * n_elements, std::numeric_limits<double>::infinity());
  for (double& r : shortest)
    r = -context.ranks.max(-r);
  return shortest;
}

std::vector<double> shortest_distances(Context const& context, Dataset const& dataset,
                                       ElementSet const& elements, double cutoff) {
  Space const& space = context.space;
  AssemblyStatistics statistics;
  NeighborList<Space> list;
  LoadShare share(context.ranks);
  context.ranks.together([&] {
    for_each_batch(
        dataset, Tuning<Space>::atoms_per_batch,
        [&](long, Structure const& s) { return share.takes(static_cast<double>(s.n_atoms())); },
        [&](std::vector<Structure> const& structures) {
          auto const batch = StructureBatch<Space>::create(space, structures, elements);
          build_neighbor_list(space, batch, cutoff, list);
          find_shortest(space, view_of(batch, list), elements.size(), statistics.shortest);
        });
  });
  return shortest_distances(context, statistics, elements.size());
}

void stream_rows(Context const& context, Dataset const& dataset, TrainingData const& training,
                 std::shared_ptr<AceBasis const> const& basis, RowStreamOptions const& options,
                 std::function<void(RowBatch const&)> const& visit,
                 AssemblyStatistics& statistics) {
  Kokkos::Timer timer;
  context.ranks.together([&] {
    RowStream stream(context.space, basis, training, options, visit, statistics);
    std::vector<bool> const own = context.ranks.share(costs_of(training.records()));
    std::vector<bool> tells(training.records().size(), true);
    for (CloseFrame const& frame : options.close_frames)
      if (frame.structure < static_cast<long>(tells.size()))
        tells[frame.structure] = false;
    long index = 0;
    dataset.for_each_structure([&](Frame& frame) {
      long const mine = index++;
      if (options.wants_checkpoint && options.wants_checkpoint()) {
        stream.flush();
        options.reached(mine);
      }
      StructureRecord const& record = training.records().at(mine);
      if (record.dropped || !own[mine] || (options.scale == RowScale::loss && !counts(record)) ||
          (options.only && !options.only(mine)))
        return;
      stream.add(options.group ? options.group(mine) : 0, tells[mine], std::move(frame.structure),
                 record);
      context.advance(statistics.n_atoms);
    });
    stream.flush();
    context.advance(statistics.n_atoms);
  });
  statistics.seconds_reading +=
      std::max(timer.seconds() - statistics.seconds_rows - statistics.seconds_qr, 0.);
}

} // namespace kolace
