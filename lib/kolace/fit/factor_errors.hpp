// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/fit/errors.hpp>
#include <kolace/fit/fit_data.hpp>

#include <vector>

namespace kolace {

/// Errors of a model from factors, without assembling rows. Squares are weighted as in the loss;
/// absolute errors are unknown. Groups with a config_type become the table's config_types.
/// @param groups groups of the data set with the columns and weights of the fit
/// @param unknowns coefficients of the functions, then E0 if they are fitted
ErrorTable factor_errors(std::vector<FactorGroup> const& groups, TrainingData const& data,
                         std::vector<double> const& unknowns);

} // namespace kolace
