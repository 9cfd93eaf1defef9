// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/structure/element_set.hpp>
#include <kolace/structure/structure.hpp>

#include <Kokkos_Core.hpp>

#include <span>
#include <vector>

namespace kolace {

/// A pair of atoms of one structure, in host memory.
struct HostPair {
  std::size_t i = 0, j = 0; ///< atoms; equal for an atom and an image of itself
  Vec3 from_i_to_j{};       ///< Angstrom
};

/// Pairs within `reach` (Angstrom) of each structure, for checks that look at every pair on the
/// host. Each pair is found from both of its atoms; pairs of one atom are consecutive.
std::vector<std::vector<HostPair>> host_pairs(Kokkos::DefaultExecutionSpace const& space,
                                              std::span<Structure const> structures,
                                              ElementSet const& elements, double reach);

} // namespace kolace
