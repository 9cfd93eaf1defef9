// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/model/specification.hpp>

namespace kolace {

/// Core repulsion of an ordered pair of elements in the form of potential files (CONVENTIONS.md
/// §6): prefactor exp(-lambda r^2) / r. The two ordered pairs add up.
struct PairRepulsion {
  double prefactor = 0; ///< eV Angstrom
  double lambda = 1;    ///< 1/Angstrom^2
};

/// Gaussian repulsion that equals the ZBL potential at 0.4 and 0.65 times the sum of the covalent
/// radii: it repels overlapping atoms and is negligible at bond lengths.
PairRepulsion pair_repulsion(int number_a, int number_b);

/// ZBL energy of a pair of atoms, eV; r in Angstrom (Ziegler, Biersack, Littmark 1985).
double zbl_energy(int number_a, int number_b, double r);

/// Sets pair_repulsion() in every bond, as core repulsion of type density. It is additive at any
/// distance as long as the core density stays below the embeddings' rho_core_cutoff.
void add_pair_repulsion(ModelSpecification& spec);

} // namespace kolace
