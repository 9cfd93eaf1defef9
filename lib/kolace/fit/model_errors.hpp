#pragma once

#include <kolace/assembly/row_stream.hpp>
#include <kolace/fit/errors.hpp>

#include <memory>
#include <vector>

namespace kolace {

/// Errors of many linear models over the same basis from one shared pass: rows times coefficients.
/// The same numbers as measure_errors gives for each model, at 2 N_f FLOPs a row and model.
///
/// @param rows E0 columns, reference potential and size of batches
/// @param statistics shortest distances of these data, among others
/// @param unknowns of each model [n_models][functions, then E0s if they are fitted]; zeros leave
///        functions out
/// @param weights the data's weights and targets; targets are relative to its E0
std::vector<ErrorTable> measure_models(Dataset const& dataset, TrainingData const& weights,
                                       std::shared_ptr<AceBasis const> const& basis,
                                       RowStreamOptions rows,
                                       std::vector<std::vector<double>> const& unknowns,
                                       Communicator const& ranks, AssemblyStatistics& statistics,
                                       Progress const& progress = {});

} // namespace kolace
