#pragma once

#include <kolace/model/ace_potential.hpp>

namespace kolace {

/// One potential whose energies are those of two: E0, functions and densities of both, core
/// repulsion and embeddings of the first. Functions of `base` whose coefficients are all zero are
/// left out. Where either has trained radial coefficients, the second's n are counted behind the
/// first's.
///
/// An inner cutoff that scales energies (type zbl, or a core density beyond its cutoff) scales the
/// second's as well.
/// @throws InputError if elements or radial functions g_k differ, the second is not linear, or
/// either
///         is canonical (unless `base` has no functions left)
AcePotential sum_of(AcePotential const& base, AcePotential const& added);

} // namespace kolace
