// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/fit/automatic.hpp>
#include <kolace/fit/fit.hpp>

namespace kolace::detail {

/// Doubts about a fit and its data, each with a remedy.
std::vector<std::string> fit_warnings(FitResult const& result, FitData const& data,
                                      AutomaticFit const& decided, AceBasis const& basis);

} // namespace kolace::detail
