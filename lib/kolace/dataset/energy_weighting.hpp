// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/dataset/training_data.hpp>

#include <vector>

namespace kolace {

/// pacemaker's energy-based weights: drops structures beyond the limits, subsamples the remaining
/// ones at random, and multiplies the weights of each record by 1/(e + |DE|)^2, rescaled so that
/// the lower tier gets its share. The weights are not normalized.
/// @param energies eV/atom without E0; records without energies (test data) are treated as e = 0
/// @throws InputError if no structure is left
void weigh_by_energy(std::vector<StructureRecord>& records, std::vector<double> const& energies,
                     Weighting const& weighting);

} // namespace kolace
