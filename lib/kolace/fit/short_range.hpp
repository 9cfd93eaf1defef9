// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/assembly/baseline.hpp>
#include <kolace/fit/automatic.hpp>
#include <kolace/fit/compression.hpp>

#include <functional>

namespace kolace {

/// Core densities at which the fitted part of a potential begins to fade out (with_core_fade), eV
/// [n_elements]: twice the largest in the data, or that of a compressed fcc crystal if it is
/// larger, and at least 0.1 eV; down to 1.5 times the largest in the data if a crystal or dimer
/// would collapse otherwise, and if that does not help, lower, but never within the data.
/// @param scan scan of the potential
/// @param largest_core largest core densities in the data, eV [n_elements]
CoreFade choose_fade(ElementSet const& elements, CompressionScan const& scan,
                     std::vector<double> const& largest_core);

/// Adds a prior to the factors of the automatic fit under which the energy of every crystal and
/// dimer rises as it is compressed; does nothing if all rise already with a late fading (from 1.5
/// times the largest core density in the data). Otherwise fits with the bounds of CompressionRows
/// are tried for one CoreFade after the other, late ones first; early ones only if late ones
/// raise the loss by more than 10 % or do not help. The fit with the smallest energy drop is
/// chosen; among equal drops, a fit replaces one that was tried before only if its loss is smaller
/// by more than 1 %, or 10 % if it fades early and the other late. The active bounds of the chosen
/// fit become equations of the prior. Changes the factors of rank 0.
/// @param core core repulsion of the fit
/// @param potential returns the complete potential for some unknowns, without fading
void make_energies_rise(Kokkos::DefaultExecutionSpace const& space, SolverFactors& factors,
                        AutomaticFit const& decided, std::shared_ptr<AceBasis const> const& basis,
                        AcePotential const& core, std::vector<double> const& largest_core,
                        DataLimits const& limits,
                        std::function<AcePotential(std::vector<double> const&)> const& potential);

} // namespace kolace
