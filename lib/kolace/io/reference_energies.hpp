#pragma once

#include <optional>
#include <string>

namespace kolace {

/// Energy of a free atom, eV, in one of pacemaker's presets.
/// @return nothing for a name that is no preset, or an element that it lacks
std::optional<double> preset_reference_energy(std::string const& preset,
                                              std::string const& element);
bool is_reference_preset(std::string const& name);

} // namespace kolace
