#pragma once

#include <kolace/assembly/detail/hdf5.hpp>
#include <kolace/dataset/label_table.hpp>

#include <string>

namespace kolace::detail {

/// The labels of a data set in a file of factors.
void write_labels(Hdf5Group const& to, LabelTable const& labels);
/// @param file for messages
/// @throws InputError where they are damaged
LabelTable read_labels(Hdf5Group const& from, int n_elements, std::string const& file);

} // namespace kolace::detail
