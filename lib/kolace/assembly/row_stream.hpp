#pragma once

#include <kolace/assembly/close_frames.hpp>
#include <kolace/assembly/design_factors.hpp>
#include <kolace/comm/communicator.hpp>
#include <kolace/core/types.hpp>
#include <kolace/dataset/training_data.hpp>
#include <kolace/model/ace_potential.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <span>

namespace kolace {

/// Design rows of one kind of a batch of structures, where they were made. Columns: the functions,
/// one E0 an element if E0 is fitted, the target.
///
/// Row order: energy s; forces 3 (atom of the batch) + x; virial 6 s + Voigt component.
struct RowBatch {
  int group = 0; ///< what the caller's grouping gave for these structures
  RowKind kind = RowKind::energy;
  bool first_kind = true; ///< the first batch of rows of these structures
  /// [>= n_rows][columns]; the visitor may destroy them.
  Matrix<Kokkos::DefaultExecutionSpace> rows;
  int n_rows = 0;
  std::vector<double> const* scale = nullptr; ///< factor of each row; 0: no label, a row of zeros
  double weight = 0;                          ///< sum of the loss weights of these rows
  std::span<Structure const> structures;
  std::span<StructureRecord const* const> records;

  /// The rows on the host: themselves or, from a device, a copy.
  auto host_rows() const { return Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), rows); }
};

/// How rows are scaled.
enum class RowScale {
  loss, ///< sqrt(weight), energies and virials per atom: their squares sum to the loss's terms
  plain ///< energies and virials per atom, forces as they are
};

/// Work of an assembly, for reports.
struct AssemblyStatistics {
  double seconds_rows = 0;
  double seconds_qr = 0; ///< in the visitor
  double seconds_reading = 0;
  long n_structures = 0;
  long n_atoms = 0;
  /// Shortest distance of each pair of elements on this rank, Angstrom [n_elements^2], but for
  /// close frames; infinite where none lies within the cutoff.
  std::vector<double> shortest;
  /// Largest core density of the reference potential at an atom of each element on this rank, eV
  /// [n_elements]; empty without core repulsion.
  std::vector<double> largest_core;

  void raise_core(std::vector<double> const& core) {
    largest_core.resize(core.size());
    for (std::size_t e = 0; e < core.size(); ++e)
      largest_core[e] = std::max(largest_core[e], core[e]);
  }
};

/// The shortest distances over all ranks.
std::vector<double> shortest_distances(AssemblyStatistics const& statistics, int n_elements,
                                       Communicator const& ranks);

/// Shortest distance of each pair of elements in some structures, Angstrom [n_elements^2]; infinite
/// where none lies within the cutoff. The result on all ranks.
std::vector<double> shortest_distances(Dataset const& dataset, ElementSet const& elements,
                                       double cutoff, Communicator const& ranks);

/// Called now and then with the number of atoms done on this rank.
using Progress = std::function<void(long atoms_done)>;

/// What a stream of rows depends on besides the data.
struct RowStreamOptions {
  RowScale scale = RowScale::loss;
  bool fit_reference = false; ///< columns for E0
  /// Elements whose E0 is fitted; the others' columns are zero. Empty: all.
  std::vector<bool> fitted_elements{};
  double spline_width = 0;     ///< of the tables for g_k, Angstrom; 0: the functions themselves
  bool all_kinds = false;      ///< virial rows even where the loss gives them no weight
  std::size_t batch_bytes = 0; ///< rows and workspace held at a time; 0: as suits the processor
  /// Its predictions without E0 are taken off the targets; none: the labels themselves.
  std::shared_ptr<AcePotential const> reference_potential{};
  /// A column with the reference potential's predictions, behind those for E0.
  bool baseline_column = false;
  /// Structures that do not tell where the data end (find_close_frames): not in the statistics'
  /// distances and core densities.
  std::vector<CloseFrame> close_frames{};
  /// Is the n-th structure, from 0, wanted? None: all are.
  std::function<bool(long structure)> only{};
  /// Group of the n-th structure, from 0; batches are of one group. None: one group.
  std::function<int(long structure)> group{};
  /// Asked before each structure: shall all rows be shown that are pending, and `reached` be told
  /// the number of the structure that comes next?
  std::function<bool()> wants_checkpoint{};
  std::function<void(long structure)> reached{};
};

/// One pass over this rank's share of the data: design rows in batches on the default execution
/// space, each shown to `visit` and forgotten.
/// @throws InputError on every rank if one fails
void stream_rows(Dataset const& dataset, TrainingData const& training,
                 std::shared_ptr<AceBasis const> const& basis, RowStreamOptions const& options,
                 Communicator const& ranks, std::function<void(RowBatch const&)> const& visit,
                 AssemblyStatistics& statistics, Progress const& progress = {});

} // namespace kolace
