// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/model/active_set.hpp>

#include <iosfwd>
#include <string>

namespace kolace {

/// Reads an active set in the format of pacemaker and LAMMPS' pair_style pace/extrapolation (.asi:
/// numpy's .npz with one matrix per element, the inverse of the set's B values; functions in the
/// order of columns_in_file_order()).
/// @throws InputError if it does not fit the basis
ActiveSet read_active_set(std::string const& path, AceBasis const& basis);

/// The same from the bytes of a file; error messages call it `name`.
ActiveSet parse_active_set(std::string const& bytes, std::string const& name,
                           AceBasis const& basis);

/// Writes an active set in this format.
void write_active_set(std::ostream& out, ActiveSet const& active_set, AceBasis const& basis);

} // namespace kolace
