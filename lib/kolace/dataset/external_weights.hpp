#pragma once

#include <kolace/dataset/dataset.hpp>

#include <string>

namespace kolace {

/// The data with weights from a table (pacemaker's ExternalWeightingPolicy): CSV with a header line
/// and the columns `index` (frame over all files, from 0; a column without a name serves as well),
/// `w_energy`, and `w_forces`: one number for every atom, or a list like "[0.1, 0.2]" with one an
/// atom. They multiply the data's own weights. Frames that are not in the table are left out. Reads
/// the data once to check them.
/// @throws InputError for a bad table, and if a line belongs to no frame
Dataset with_external_weights(Dataset const& data, std::string const& table);

} // namespace kolace
