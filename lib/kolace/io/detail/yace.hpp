// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/model/ace_potential.hpp>

#include <string>
#include <vector>

namespace kolace::detail {

/// Reads a potential in the C basis (.yace), function by function.
/// @param notes as in read_potential
AcePotential read_yace(std::string const& path, std::vector<std::string>* notes);

} // namespace kolace::detail
