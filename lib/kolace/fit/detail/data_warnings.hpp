// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/fit/automatic.hpp>
#include <kolace/fit/fit.hpp>

namespace kolace::detail {

/// Doubts about the training data, each with a remedy.
std::vector<std::string> data_warnings(FitResult const& result, TrainingData const& training,
                                       AutomaticFit const& decided, AceBasis const& basis);

} // namespace kolace::detail
