// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/assembly/detail/hdf5.hpp>
#include <kolace/dataset/label_table.hpp>

#include <string>

namespace kolace::detail {

/// Writes the labels of a data set to a file of factors.
void write_labels(Hdf5Group const& to, LabelTable const& labels);
/// @param file name for messages
/// @throws InputError if they are damaged
LabelTable read_labels(Hdf5Group const& from, int n_elements, std::string const& file);

} // namespace kolace::detail
