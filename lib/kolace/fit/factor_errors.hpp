#pragma once

#include <kolace/fit/errors.hpp>
#include <kolace/fit/fit_data.hpp>

#include <vector>

namespace kolace {

/// Errors of a model from factors: no rows are made. Squares are weighted as in the loss; absolute
/// errors are not known. Groups of their own are the table's config_types.
/// @param groups of the data set, as the fit sees them
/// @param unknowns functions, then E0s if they are fitted
ErrorTable factor_errors(std::vector<FactorGroup> const& groups, TrainingData const& data,
                         std::vector<double> const& unknowns);

} // namespace kolace
