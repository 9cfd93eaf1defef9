// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <string>

namespace kolace {

/// Energy of a free atom, eV, from one of pacemaker's presets.
/// @return nullopt for an unknown preset, or an element that it does not contain
std::optional<double> preset_reference_energy(std::string const& preset,
                                              std::string const& element);
bool is_reference_preset(std::string const& name);

} // namespace kolace
