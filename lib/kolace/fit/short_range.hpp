#pragma once

#include <kolace/fit/automatic.hpp>
#include <kolace/fit/compression.hpp>
#include <kolace/fit/reference_potential.hpp>

#include <functional>

namespace kolace {

/// Core densities at which the fitted part of a potential begins to fade (with_core_fade), eV
/// [n_elements]: twice the largest in the data, or that of a compressed fcc crystal if it is
/// larger; lower where a crystal or dimer would collapse otherwise, but never within the data.
/// @param scan of the potential
/// @param largest_core of the data [n_elements]
CoreFade choose_fade(ElementSet const& elements, CompressionScan const& scan,
                     std::vector<double> const& largest_core);

/// Scales the prior of compressed crystals, from none to 81 times its squares in steps of three, so
/// that the weakest is kept with which the energy of every crystal and dimer rises under
/// compression. Beyond the given strength only as long as the loss on the data grows by less than
/// 5 %. Works on rank 0's factors; no change without a prior.
/// @param potential the complete potential of some unknowns, without fading
void strengthen_prior(SolverFactors& factors, AutomaticFit const& decided, AceBasis const& basis,
                      std::vector<double> const& largest_core, DataLimits const& limits,
                      std::function<AcePotential(std::vector<double> const&)> const& potential);

} // namespace kolace
