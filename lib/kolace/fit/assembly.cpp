#include <kolace/fit/assembly.hpp>

#include <kolace/core/host_copy.hpp>
#include <kolace/core/spaces.hpp>
#include <kolace/design/design_rows.hpp>

#include <Kokkos_Timer.hpp>

#include <algorithm>
#include <cmath>
#include <exception>

namespace kolace {
namespace {

using Space = Kokkos::DefaultExecutionSpace;
using HostWeights = std::vector<double>;

/// Scales row i by weights(i) and sets the columns behind the functions: reference columns
/// (`extras`, column-major, or zero where it is empty), then the target. 16 bytes moved an entry.
void weight_rows(Space const& space, Matrix<Space> const& rows, int m, int n_functions,
                 Array<double, Space> const& weights, Array<double, Space> const& targets,
                 Array<double, Space> const& extras) {
  int const columns = rows.extent_int(1);
  bool const has_extra = extras.extent(0) > 0;
  Kokkos::parallel_for(
      "kolace::fit::weight_rows",
      Kokkos::MDRangePolicy<Space, Kokkos::Rank<2>>(space, {0, 0}, {m, columns}),
      KOKKOS_LAMBDA(int i, int j) {
        double value = 0;
        if (j < n_functions)
          value = rows(i, j);
        else if (j == columns - 1)
          value = targets(i);
        else if (has_extra)
          value = extras((j - n_functions) * m + i);
        rows(i, j) = weights(i) == 0 ? 0 : weights(i) * value;
      });
}

/// Collects structures, assembles and folds them batch by batch.
class Assembly {
public:
  Assembly(std::shared_ptr<AceBasis const> const& basis, TrainingData const& training,
           FitOptions const& options, AssemblyStatistics& statistics)
      : training_(training), statistics_(statistics), assembler_(space_, basis),
        elements_(basis->elements()), cutoff_(basis->cutoff()) {
    kinds_.energy = training.n_energies() > 0;
    kinds_.forces = training.n_force_atoms() > 0;
    kinds_.virial = training.n_virials() > 0 && training.kappa_virial() > 0;
    factors_.n_functions = basis->size();
    factors_.n_reference = options.reference_energy.kind == ReferenceEnergy::Kind::fitted
                               ? basis->elements().size()
                               : 0;
    int const unknowns = factors_.n_functions + factors_.n_reference;
    factors_.energy = TriangularFactor(unknowns);
    factors_.forces = TriangularFactor(unknowns);
    factors_.virial = TriangularFactor(unknowns);
    std::size_t const per_atom =
        8 * (DesignAssembler<Space>::workspace_per_atom(assembler_.basis(), kinds_) +
             3 * static_cast<std::size_t>(unknowns + 1));
    // Fewer rows than a third of the unknowns would make the updates of R the largest part.
    max_atoms_ =
        std::max<std::size_t>({options.batch_bytes / per_atom, std::size_t(unknowns) / 9, 8});
  }

  void add(Structure&& structure, StructureRecord const& record) {
    n_atoms_ += structure.n_atoms();
    structures_.push_back(std::move(structure));
    records_.push_back(&record);
    if (n_atoms_ >= max_atoms_)
      flush();
  }

  void flush() {
    if (structures_.empty())
      return;
    Kokkos::Timer timer;
    auto const batch = StructureBatch<Space>::create(space_, structures_, elements_);
    auto const list = build_neighbor_list(space_, batch, cutoff_);
    int const columns = factors_.energy.n_unknowns() + 1;
    int const n_structures = batch.n_structures;
    auto const grow = [&](Matrix<Space>& rows, char const* label, bool wanted, int count) {
      if (wanted && rows.extent_int(0) < count) {
        rows = Matrix<Space>(); // free first
        rows = Matrix<Space>(
            Kokkos::view_alloc(space_, Kokkos::WithoutInitializing, std::string(label)), count,
            columns);
      }
    };
    grow(energy_rows_, "kolace::fit::energy_rows", kinds_.energy, n_structures);
    grow(force_rows_, "kolace::fit::force_rows", kinds_.forces, 3 * batch.n_atoms);
    grow(virial_rows_, "kolace::fit::virial_rows", kinds_.virial, 6 * n_structures);
    assembler_(space_, batch, list, kinds_, energy_rows_, force_rows_, virial_rows_);
    space_.fence("kolace::fit: design rows are timed");
    statistics_.seconds_rows += timer.seconds();
    timer.reset();
    if (kinds_.energy)
      fold_energies(energy_rows_);
    if (kinds_.forces)
      fold_forces(force_rows_);
    if (kinds_.virial)
      fold_virials(virial_rows_);
    statistics_.seconds_qr += timer.seconds();
    statistics_.n_structures += n_structures;
    statistics_.n_atoms += batch.n_atoms;
    structures_.clear();
    records_.clear();
    n_atoms_ = 0;
  }

  DesignFactors const& factors() const { return factors_; }
  DesignFactors& factors() { return factors_; }

private:
  void fold_energies(Matrix<Space> const& rows) {
    HostWeights scale, target;
    int const first_reference = factors_.n_functions;
    std::vector<double> composition(records_.size() * factors_.n_reference);
    for (std::size_t s = 0; s < records_.size(); ++s) {
      StructureRecord const& record = *records_[s];
      scale.push_back(record.has_energy ? std::sqrt(record.energy_weight) / record.n_atoms : 0);
      double energy = record.energy;
      for (std::size_t e = 0; e < record.composition.size(); ++e)
        energy -= training_.reference_energy()[e] * record.composition[e];
      target.push_back(energy);
      for (int e = 0; e < factors_.n_reference; ++e)
        composition[e * records_.size() + s] = record.composition[e];
    }
    fold(rows, scale, target, factors_.energy, composition, first_reference);
  }

  void fold_forces(Matrix<Space> const& rows) {
    HostWeights scale, target;
    for (std::size_t s = 0; s < records_.size(); ++s)
      for (std::size_t i = 0; i < structures_[s].n_atoms(); ++i) {
        bool const present = records_[s]->has_forces;
        double const weight =
            present
                ? std::sqrt(records_[s]->force_weight * training_.atom_factor(structures_[s], i))
                : 0;
        for (int x = 0; x < 3; ++x) {
          scale.push_back(weight);
          target.push_back(present ? structures_[s].forces[i][x] : 0);
        }
      }
    fold(rows, scale, target, factors_.forces, {}, factors_.n_functions);
  }

  void fold_virials(Matrix<Space> const& rows) {
    HostWeights scale, target;
    for (std::size_t s = 0; s < records_.size(); ++s)
      for (int v = 0; v < 6; ++v) {
        StructureRecord const& record = *records_[s];
        scale.push_back(record.has_virial ? std::sqrt(record.virial_weight) / record.n_atoms : 0);
        target.push_back(record.has_virial ? (*structures_[s].virial)[v] : 0);
      }
    fold(rows, scale, target, factors_.virial, {}, factors_.n_functions);
  }

  /// Scales the rows, sets the columns behind the functions and folds the rows that count.
  /// @param extra column-major values of the reference columns, or empty for zeros
  void fold(Matrix<Space> const& rows, HostWeights const& scale, HostWeights const& target,
            TriangularFactor& factor, std::vector<double> const& extra, int n_functions) {
    int const m = static_cast<int>(scale.size());
    auto const weights = copy_to_device(space_, scale, "kolace::fit::scale"),
               targets = copy_to_device(space_, target, "kolace::fit::target"),
               extras = copy_to_device(space_, extra, "kolace::fit::extra");
    weight_rows(space_, rows, m, n_functions, weights, targets, extras);
    auto const host = Kokkos::create_mirror_view(rows);
    Kokkos::deep_copy(space_, host, rows);
    space_.fence("kolace::fit: LAPACK reads the rows");
    factor.add_rows(host.data(), m, static_cast<int>(host.stride(1)));
    long const absent = std::count(scale.begin(), scale.end(), 0.);
    factor.set_n_rows(factor.n_rows() - absent);
  }

  Space space_;
  TrainingData const& training_;
  AssemblyStatistics& statistics_;
  DesignAssembler<Space> assembler_;
  ElementSet elements_;
  double cutoff_;
  RowKinds kinds_;
  DesignFactors factors_;
  Matrix<Space> energy_rows_, force_rows_, virial_rows_; // workspace, grown on demand
  std::vector<Structure> structures_;
  std::vector<StructureRecord const*> records_;
  std::size_t n_atoms_ = 0, max_atoms_ = 0;
};

void merge_over_ranks(Communicator const& ranks, TriangularFactor& factor) {
  std::vector<double> data = factor.data();
  data.push_back(static_cast<double>(factor.n_rows()));
  ranks.reduce_pairwise(data, [&](std::vector<double> const& other) {
    TriangularFactor theirs(factor.n_unknowns());
    theirs.data().assign(other.begin(), other.end() - 1);
    theirs.set_n_rows(static_cast<long>(other.back()));
    factor.merge(theirs);
    data = factor.data();
    data.push_back(static_cast<double>(factor.n_rows()));
  });
}

} // namespace

DesignFactors assemble_factors(Dataset const& dataset, TrainingData const& training,
                               std::shared_ptr<AceBasis const> basis, FitOptions const& options,
                               Communicator const& ranks, AssemblyStatistics& statistics,
                               Progress const& progress) {
  Assembly assembly(basis, training, options, statistics);
  Kokkos::Timer timer;
  std::string error;
  try {
    long index = 0;
    dataset.for_each([&](Frame& frame) {
      long const mine = index++;
      StructureRecord const& record = training.records().at(mine);
      if (record.dropped || !ranks.owns(mine))
        return;
      assembly.add(std::move(frame.structure), record);
      if (progress)
        progress(statistics.n_atoms);
    });
    assembly.flush();
    if (progress)
      progress(statistics.n_atoms);
  } catch (std::exception const& e) {
    error = e.what();
  }
  ranks.fail_together(error);
  DesignFactors factors = assembly.factors();
  for (TriangularFactor* factor : {&factors.energy, &factors.forces, &factors.virial})
    merge_over_ranks(ranks, *factor);
  statistics.seconds_reading = timer.seconds() - statistics.seconds_rows - statistics.seconds_qr;
  return factors;
}

TriangularFactor loss_factor(DesignFactors const& factors, double kappa, double kappa_virial,
                             double l2) {
  int const unknowns = factors.energy.n_unknowns();
  TriangularFactor total(unknowns);
  total.merge(factors.energy, std::sqrt(1 - kappa));
  total.merge(factors.forces, std::sqrt(kappa));
  total.merge(factors.virial, std::sqrt(kappa_virial));
  total.add_ridge(l2, factors.n_functions);
  return total;
}

} // namespace kolace
