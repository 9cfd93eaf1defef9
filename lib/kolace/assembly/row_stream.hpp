// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/assembly/close_frames.hpp>
#include <kolace/assembly/design_factors.hpp>
#include <kolace/comm/context.hpp>
#include <kolace/core/types.hpp>
#include <kolace/dataset/training_data.hpp>
#include <kolace/model/ace_potential.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <span>

namespace kolace {

/// Design rows of one kind for a batch of structures, on the execution space that made them.
/// Columns: the functions, one E0 per element if E0 is fitted, the baseline's prediction if
/// requested, the target.
///
/// Row order: energy s; forces 3 (atom of the batch) + x; virial 6 s + Voigt component.
struct RowBatch {
  int group = 0;                  ///< group of these structures, from RowStreamOptions::group
  RowKind kind = RowKind::energy; ///< kind of all rows of this batch
  bool first_kind = true;         ///< true for the first kind of rows of these structures
  /// [>= n_rows][columns]; the visitor may overwrite them.
  Matrix<Kokkos::DefaultExecutionSpace> rows;
  int n_rows = 0;                             ///< rows in use, those without a label included
  std::vector<double> const* scale = nullptr; ///< factor of each row; 0: no label, the row is zero
  double weight = 0;                          ///< sum of the loss weights of these rows
  std::span<Structure const> structures;      ///< structures of the batch, valid during the visit
  std::span<StructureRecord const* const> records; ///< their records in TrainingData::records()

  /// The rows in host memory: the same view or, from a device, a copy.
  auto host_rows() const { return Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), rows); }
};

/// Scaling of rows.
enum class RowScale {
  loss, ///< sqrt(weight), energies and virials per atom: their squares sum to the loss's terms
  plain ///< energies and virials per atom, forces as they are
};

/// Work and statistics of an assembly, for reports.
struct AssemblyStatistics {
  double seconds_rows = 0;    ///< time for neighbor lists, design rows and reference potential
  double seconds_qr = 0;      ///< time in the visitor
  double seconds_reading = 0; ///< remaining time: decoding of frames, and waiting for other ranks
  long n_structures = 0;      ///< structures with rows on this rank
  long n_atoms = 0;           ///< their atoms
  /// Shortest distance of each pair of elements on this rank without close frames, Angstrom
  /// [n_elements^2]; infinite if no pair is within the cutoff.
  std::vector<double> shortest;
  /// Largest core density of the reference potential at an atom of each element on this rank, eV
  /// [n_elements]; empty without core repulsion.
  std::vector<double> largest_core;

  /// Raises largest_core to these core densities, eV [n_elements], where they are larger.
  void raise_core(std::vector<double> const& core) {
    largest_core.resize(core.size());
    for (std::size_t e = 0; e < core.size(); ++e)
      largest_core[e] = std::max(largest_core[e], core[e]);
  }
};

/// Shortest distances over all ranks, Angstrom [n_elements^2].
std::vector<double> shortest_distances(Context const& context, AssemblyStatistics const& statistics,
                                       int n_elements);

/// Shortest distance of each pair of elements in a data set, Angstrom [n_elements^2]; infinite if
/// no pair is within the cutoff. Every rank gets the result.
std::vector<double> shortest_distances(Context const& context, Dataset const& dataset,
                                       ElementSet const& elements, double cutoff);

/// Options of a stream of rows.
struct RowStreamOptions {
  /// With RowScale::loss, structures whose weights are all zero are skipped.
  RowScale scale = RowScale::loss;
  bool fit_reference = false; ///< add columns for E0
  /// Elements whose E0 is fitted; the columns of the others are zero. Empty: all.
  std::vector<bool> fitted_elements{};
  /// Node distance of the tables for g_k, Angstrom; 0: g_k is evaluated exactly.
  double spline_width = 0;
  bool all_kinds = false; ///< virial rows even if their weight in the loss is zero
  /// Bytes of rows and workspace per batch; 0: chosen for the processor.
  std::size_t batch_bytes = 0;
  /// Its predictions without E0 are subtracted from the targets; null: no subtraction.
  std::shared_ptr<AcePotential const> reference_potential{};
  /// Add a column with the reference potential's predictions, after those for E0.
  bool baseline_column = false;
  /// Structures that the statistics of distances and core densities leave out (find_close_frames).
  std::vector<CloseFrame> close_frames{};
  /// Returns true if structure n, counted from 0, is wanted. Empty: all are.
  std::function<bool(long structure)> only{};
  /// Returns the group of structure n, counted from 0; a batch has structures of one group. Empty:
  /// one group.
  std::function<int(long structure)> group{};
  /// Called before each structure. If it returns true, all pending rows are passed to the visitor
  /// and `reached` is called with the index of the next structure.
  std::function<bool()> wants_checkpoint{};
  /// See wants_checkpoint; required if that is set.
  std::function<void(long structure)> reached{};
};

/// One pass over this rank's share of the data: makes design rows in batches on the default
/// execution space and passes each batch to `visit`. Rows are not kept.
/// @throws InputError on every rank if it fails on one
void stream_rows(Context const& context, Dataset const& dataset, TrainingData const& training,
                 std::shared_ptr<AceBasis const> const& basis, RowStreamOptions const& options,
                 std::function<void(RowBatch const&)> const& visit, AssemblyStatistics& statistics);

} // namespace kolace
