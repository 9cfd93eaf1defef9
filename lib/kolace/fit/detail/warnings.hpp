#pragma once

#include <kolace/fit/automatic.hpp>
#include <kolace/fit/fit.hpp>

namespace kolace::detail {

/// What is doubtful about a fit and its data, each with what to do about it.
std::vector<std::string> fit_warnings(FitResult const& result, FitData const& data,
                                      AutomaticFit const& decided, AceBasis const& basis);

} // namespace kolace::detail
