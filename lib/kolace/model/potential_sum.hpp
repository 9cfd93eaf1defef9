// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/model/ace_potential.hpp>

namespace kolace {

/// Sum of two potentials: E0, functions and densities of both, core repulsion and embeddings of
/// `base`. Functions of `base` whose coefficients are all zero are left out. If either has trained
/// radial coefficients, the n of the functions of `added` are shifted past those of `base`.
///
/// An inner cutoff of `base` that scales energies (type zbl, or a core density above its cutoff)
/// scales those of `added` as well.
/// @throws InputError if elements or radial functions g_k differ, `added` is not linear, or either
/// is canonical (unless `base` has no functions left)
AcePotential sum_of(AcePotential const& base, AcePotential const& added);

} // namespace kolace
