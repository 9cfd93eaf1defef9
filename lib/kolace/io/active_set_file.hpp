#pragma once

#include <kolace/model/active_set.hpp>

#include <iosfwd>
#include <string>

namespace kolace {

/// Reads an active set as pacemaker and LAMMPS' pair_style pace/extrapolation have it (.asi:
/// numpy's .npz with one matrix per element, inverse of the set's B values; functions in the order
/// of columns_in_file_order).
/// @throws InputError where it does not fit the basis
ActiveSet read_active_set(std::string const& path, AceBasis const& basis);

/// The same from the file's bytes; messages call it `name`.
ActiveSet parse_active_set(std::string const& bytes, std::string const& name,
                           AceBasis const& basis);

/// Writes that format.
void write_active_set(std::ostream& out, ActiveSet const& active_set, AceBasis const& basis);

} // namespace kolace
