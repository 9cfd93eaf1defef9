#pragma once

#include <kolace/io/dataset.hpp>
#include <kolace/model/ace_potential.hpp>

#include <memory>

namespace kolace {

/// Core repulsion under a fit: bonds of types distance and density add rho_core to the energy of an
/// atom (CONVENTIONS.md §6), whatever the coefficients. Its energies, forces and virials are taken
/// off the labels, the linear rest is fitted, and the potential that is written has both.

/// Does any bond repel by itself?
bool has_core(AceBasis const& basis);

/// The same functions without core repulsion: what is fitted.
std::shared_ptr<AceBasis const> without_core(AceBasis const& basis);

/// Labels minus what the core alone gives.
Dataset subtract_core(Dataset const& dataset, std::shared_ptr<AceBasis const> const& basis);

/// A potential fitted without the core, with the core repulsion of these bonds.
AcePotential with_core(AcePotential potential, AceBasis const& core);

} // namespace kolace
