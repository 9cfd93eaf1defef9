#pragma once

#include <kolace/assembly/factor_set.hpp>
#include <kolace/assembly/row_stream.hpp>

#include <functional>
#include <string>
#include <vector>

namespace kolace {

/// How structures are told apart whose rows go into factors of their own.
struct Grouping {
  std::vector<std::string> config_types; ///< each a group; all others are one
  int n_folds = 1;                       ///< structures with labels take turns
  long n_before = 0;                     ///< structures with labels before the first, for the turns
};

/// Receives what there is of an assembly while it goes on.
struct Checkpoints {
  std::function<bool()> due;
  /// @param next number of the first structure that is not in
  std::function<void(std::vector<FactorGroup> const& so_far, AssemblyStatistics const& statistics,
                     long next)>
      save;
};

/// One pass over the data: design rows folded into factors, with the columns of every E0 and of the
/// baseline. Ranks share the structures; rank 0 has the result.
/// @param rows fit_reference and baseline_column are set here
/// @return config_types first, then the others; each by fold
std::vector<FactorGroup> assemble_groups(Dataset const& dataset, TrainingData const& training,
                                         std::shared_ptr<AceBasis const> const& basis,
                                         Grouping const& grouping, RowStreamOptions rows,
                                         Communicator const& ranks, AssemblyStatistics& statistics,
                                         Progress const& progress = {},
                                         Checkpoints const& checkpoints = {});

/// What a set of factors is made with.
struct AssemblyOptions {
  LabelOptions labels;
  bool fits_unknown_reference = false; ///< as in TrainingData::Context
  std::shared_ptr<AcePotential const> baseline;
  double spline_width = 0;
  std::size_t batch_bytes = 0;
  std::vector<std::string> config_types; ///< whose weights can be chosen when solving
  int n_folds = 4;
  FactorPart part;
  /// Where to leave what there is every checkpoint_seconds; a file of the same assembly found there
  /// is continued, and removed in the end. Empty: nowhere. One rank only.
  std::string checkpoint;
  double checkpoint_seconds = 60;
};

/// Assembles the factors of a training set and, unless it is empty, a test set.
/// @param onto a set that the data will be merged with: E0 of the targets, the damped policy's zero
///        and the folds go on from there; null: none
/// @param tell what happens that a user may want to know, e.g. that a checkpoint is continued
/// @throws InputError for bad data, or where the factors do not fit into memory
FactorSet assemble_factor_set(Dataset const& train, Dataset const& test,
                              std::shared_ptr<AceBasis const> const& basis,
                              AssemblyOptions const& options, FactorSet const* onto,
                              Communicator const& ranks,
                              std::function<void(std::string const&)> const& tell,
                              std::function<void(long done, long total)> const& progress = {});

/// Refuses factors that do not fit into the memory that is free.
/// @param n_groups sets of them, with this many kinds of rows each
/// @throws InputError with the bytes, the limit and the ways out
void check_factor_memory(int n_unknowns, int n_groups, int n_kinds);

} // namespace kolace
