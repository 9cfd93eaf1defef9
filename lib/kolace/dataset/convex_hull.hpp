#pragma once

#include <vector>

namespace kolace {

/// How far each structure lies above the convex hull of all over their compositions: the energy per
/// atom minus the lowest of any mixture of the structures with the same composition. Zero on the
/// hull; with one element, energies above the lowest.
///
/// @param compositions atoms of each element, per structure, none empty
/// @param energies per atom, eV
std::vector<double> energies_above_hull(std::vector<std::vector<int>> const& compositions,
                                        std::vector<double> const& energies);

} // namespace kolace
