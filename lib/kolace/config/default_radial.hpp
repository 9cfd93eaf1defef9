// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/dataset/dataset.hpp>

namespace kolace {

/// Shortest distance that is usual in the data, Angstrom: of the shortest distances of the frames,
/// the one that 2 % of them fall below, but at least the second one of ten or more. Looks at up to
/// 300 frames, evenly spaced.
/// @param reach largest distance, Angstrom
/// @return `reach` if no atoms are closer
double close_distance(Dataset const& data, double reach);

/// Decay rate lambda of ChebExpCos functions whose Chebyshev variable spends a third of its range
/// on distances from `shortest` to the cutoff, in steps of 0.25 between 0.25 and 5.25. With the
/// usual 5.25, the distances in a metal cover less than a tenth of the range: the functions are
/// nearly dependent there, and a regularized fit cannot use most of them.
double default_lambda(double shortest, double cutoff);

} // namespace kolace
