#pragma once

#include <kolace/model/ace_potential.hpp>

#include <string>

namespace kolace::detail {

/// Reads a potential in the C basis (.yace), function by function.
AcePotential read_yace(std::string const& path);

} // namespace kolace::detail
