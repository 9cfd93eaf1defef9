// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/assembly/baseline.hpp>
#include <kolace/fit/automatic.hpp>
#include <kolace/fit/compression.hpp>

#include <functional>

namespace kolace {

/// Core densities at which the fitted part of a potential begins to fade out (with_core_fade), eV
/// [n_elements]: twice the largest in the data, or that of a compressed fcc crystal if it is
/// larger, and at least 0.1 eV; lower if a crystal or dimer would collapse otherwise, but never
/// within the data.
/// @param scan scan of the potential
/// @param largest_core largest core densities in the data, eV [n_elements]
CoreFade choose_fade(ElementSet const& elements, CompressionScan const& scan,
                     std::vector<double> const& largest_core);

/// Scales the squares of the prior of compressed crystals by 0 or by a power of 3, from 1/81 to
/// 6561. Bisection finds the weakest prior with which the energy of every crystal and dimer rises
/// under compression. The given strength is exceeded only while the loss on the data grows by at
/// most 5 %; if no strength suffices, the strongest is kept. Changes the factors of rank 0; does
/// nothing without a prior.
/// @param potential returns the complete potential for some unknowns, without fading
void strengthen_prior(Kokkos::DefaultExecutionSpace const& space, SolverFactors& factors,
                      AutomaticFit const& decided, AceBasis const& basis,
                      std::vector<double> const& largest_core, DataLimits const& limits,
                      std::function<AcePotential(std::vector<double> const&)> const& potential);

} // namespace kolace
