#pragma once

#include <kolace/fit/options.hpp>

#include <vector>

namespace kolace {

/// A fitted linear potential with what the options put under it and below the data.
/// @param shortest distances of the training data, Angstrom [n_elements^2]
AcePotential completed(AcePotential fitted, FitOptions const& options,
                       std::vector<double> const& shortest);

} // namespace kolace
