#pragma once

#include <kolace/model/specification.hpp>

namespace kolace {

/// Core repulsion of an ordered pair of elements in the form that potential files have
/// (CONVENTIONS.md §6): prefactor exp(-lambda r^2) / r; both orders of a pair add up.
struct PairRepulsion {
  double prefactor = 0; ///< eV Angstrom
  double lambda = 1;    ///< 1/Angstrom^2
};

/// The Gaussian that equals the ZBL potential at 0.4 and 0.65 of the sum of the covalent radii:
/// repulsion of nuclei where atoms overlap, and next to nothing at bond lengths.
PairRepulsion pair_repulsion(int number_a, int number_b);

/// The energy of two atoms by the ZBL potential, eV; r in Angstrom (Ziegler, Biersack, Littmark
/// 1985).
double zbl_energy(int number_a, int number_b, double r);

/// Puts pair_repulsion into every bond, as core repulsion of type density: additive, whatever the
/// distance, as long as the core density stays below the embeddings' rho_core_cutoff.
void add_pair_repulsion(ModelSpecification& spec);

} // namespace kolace
