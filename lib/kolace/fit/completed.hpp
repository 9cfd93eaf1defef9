// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/fit/options.hpp>

#include <vector>

namespace kolace {

/// A fitted linear potential plus the options' reference (baseline) potential and ZBL repulsion.
/// @param shortest shortest distances of the training data, Angstrom [n_elements^2]
AcePotential completed(AcePotential fitted, FitOptions const& options,
                       std::vector<double> const& shortest);

} // namespace kolace
