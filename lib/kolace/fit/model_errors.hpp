// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/assembly/row_stream.hpp>
#include <kolace/fit/errors.hpp>

#include <memory>
#include <vector>

namespace kolace {

/// Errors of many linear models over the same basis from one shared pass: rows times coefficients.
/// The numbers equal those of measure_errors for each model, at 2 N_f FLOPs per row and model.
///
/// @param rows options for E0 columns, reference potential and batch size
/// @param statistics receives, among others, the shortest distances of these data
/// @param unknowns [n_models][functions, then E0 if they are fitted]; zeros leave functions out
/// @param weights weights and targets of the data; targets are relative to its E0
std::vector<ErrorTable>
measure_models(Context const& context, Dataset const& dataset, TrainingData const& weights,
               std::shared_ptr<AceBasis const> const& basis, RowStreamOptions rows,
               std::vector<std::vector<double>> const& unknowns, AssemblyStatistics& statistics);

} // namespace kolace
