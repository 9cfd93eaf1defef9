// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/assembly/factor_set.hpp>
#include <kolace/assembly/row_stream.hpp>

#include <functional>
#include <string>
#include <vector>

namespace kolace {

/// Assignment of structures to groups, each with its own factors.
struct Grouping {
  std::vector<std::string> config_types; ///< one group each; all other types form one group
  int n_folds = 1;                       ///< labelled structures are assigned to folds in turn
  /// Number of labelled structures before the first one, which sets the fold to start with.
  long n_before = 0;
};

/// One pass over the data: QR updates with the design rows, which have columns for every E0 and for
/// the baseline. Ranks share the structures; rank 0 has the result.
/// @param rows fit_reference and baseline_column are set here
/// @return groups of the named config_types in order, then of all others; each by fold
std::vector<FactorGroup> assemble_groups(Context const& context, Dataset const& dataset,
                                         TrainingData const& training,
                                         std::shared_ptr<AceBasis const> const& basis,
                                         Grouping const& grouping, RowStreamOptions rows,
                                         AssemblyStatistics& statistics);

/// Parameters of an assembly.
struct AssemblyOptions {
  /// E0 and weighting of the training data. Weights of groups act on energy-based weighting only;
  /// otherwise they are chosen when solving.
  LabelOptions labels;
  bool fits_unknown_reference = false; ///< as in TrainingData::Inputs
  /// Reference potential whose predictions get a column; null: none.
  std::shared_ptr<AcePotential const> baseline;
  double spline_width = 0;     ///< node distance of the tables for g_k, Angstrom; 0: exact
  std::size_t batch_bytes = 0; ///< of rows and workspace; 0: chosen for the processor
  std::vector<std::string> config_types; ///< types whose weights can be chosen when solving
  int n_folds = 4; ///< folds of the training data; a set to merge with replaces this number
  FactorPart part; ///< structures to assemble; default: all
  /// Checkpoint file, written every checkpoint_seconds; with several ranks each has its own
  /// (checkpoint_file). A file of the same assembly that is found there is continued. The caller
  /// removes it in the end. Empty: none.
  std::string checkpoint;
  double checkpoint_seconds = 60; ///< time between two checkpoints
};

/// Checkpoint file of this rank: options.checkpoint, with several ranks followed by ".2-of-4".
std::string checkpoint_file(AssemblyOptions const& options, Communicator const& ranks);

/// Assembles the factors of a training set and, unless it is empty, a test set. Rank 0 has the
/// result, the others only their own share of the factors. Messages go to context.tell, e.g. that a
/// checkpoint is continued.
/// @param onto a set with which the data will be merged: E0 of the targets, the zero of the damped
///   policy and the sequence of folds continue from it; null: none
/// @throws InputError for bad data, or if the factors do not fit into memory
FactorSet assemble_factor_set(Context const& context, Dataset const& train, Dataset const& test,
                              std::shared_ptr<AceBasis const> const& basis,
                              AssemblyOptions const& options, FactorSet const* onto);

/// Bytes of factors and of their solution.
/// @param n_groups number of groups, each with n_kinds factors
double factor_memory(int n_unknowns, int n_groups, int n_kinds);

/// Refuses factors that do not fit into the available memory.
/// @throws InputError with the bytes needed, the bytes available and the ways out
void check_factor_memory(int n_unknowns, int n_groups, int n_kinds);

} // namespace kolace
