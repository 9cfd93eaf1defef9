// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

namespace kolace {

/// Energy per atom of each structure above the convex hull: its energy minus the lowest energy of
/// any mixture of the structures with the same overall composition, eV/atom. It is zero on the
/// hull; with one element it is the energy above the lowest.
///
/// @param compositions number of atoms of each element, per structure; every structure has atoms
/// @param energies eV/atom
std::vector<double> energies_above_hull(std::vector<std::vector<int>> const& compositions,
                                        std::vector<double> const& energies);

} // namespace kolace
