// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/dataset/dataset.hpp>

#include <string>

namespace kolace {

/// The data with weights from a table (pacemaker's ExternalWeightingPolicy): a CSV file with a
/// header line and the columns `index` (frame over all files, from 0; a column with an empty name
/// also serves), `w_energy`, and `w_forces`: one number for all atoms, or a list like "[0.1, 0.2]"
/// with one number per atom. They multiply the data's own weights. Frames that are not in the table
/// are left out. Reads the data once to check the table.
/// @throws InputError for a bad table, and if an index is beyond the last frame
Dataset with_external_weights(Dataset const& data, std::string const& table);

} // namespace kolace
