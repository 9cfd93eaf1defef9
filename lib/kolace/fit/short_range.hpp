#pragma once

#include <kolace/assembly/baseline.hpp>
#include <kolace/fit/automatic.hpp>
#include <kolace/fit/compression.hpp>

#include <functional>

namespace kolace {

/// Core densities at which the fitted part of a potential begins to fade (with_core_fade), eV
/// [n_elements]: twice the largest in the data, or that of a compressed fcc crystal if it is
/// larger; lower where a crystal or dimer would collapse otherwise, but never within the data.
/// @param scan of the potential
/// @param largest_core of the data [n_elements]
CoreFade choose_fade(ElementSet const& elements, CompressionScan const& scan,
                     std::vector<double> const& largest_core);

/// Scales the squares of the prior of compressed crystals by 0 or by a power of 3, from 1/81 to
/// 6561, so that the weakest is kept with which the energy of every crystal and dimer rises under
/// compression (by bisection). Beyond the given strength only as long as the loss on the data grows
/// by less than 5 %; the strongest is kept where none is enough. Works on rank 0's factors; no
/// change without a prior.
/// @param potential the complete potential of some unknowns, without fading
void strengthen_prior(SolverFactors& factors, AutomaticFit const& decided, AceBasis const& basis,
                      std::vector<double> const& largest_core, DataLimits const& limits,
                      std::function<AcePotential(std::vector<double> const&)> const& potential);

} // namespace kolace
