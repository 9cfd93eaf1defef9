// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/model/ace_potential.hpp>
#include <kolace/model/basis_builder.hpp>
#include <kolace/neighbors/neighbor_list.hpp>
#include <kolace/structure/prototypes.hpp>

#include <cmath>
#include <random>
#include <vector>

/// @file
/// Reproducible benchmark case: diamond, a = 3.57 A, rattled by up to 0.05 A.

namespace kolace::bench {

using Space = Kokkos::DefaultExecutionSpace;

/// Diamond of cells^3 cubic cells with 8 atoms each.
inline Structure diamond(int cells) {
  return kolace::diamond(6, 3.57, cells, 0.05);
}

/// The first n of the 8 atoms of a cubic cell, in the same cell.
inline Structure part_of_cube(int n) {
  Structure part = diamond(1);
  part.numbers.resize(n);
  part.positions.resize(n);
  return part;
}

/// The paper's bases by number of functions.
inline BlockLimits limits_of(int n_functions) {
  switch (n_functions) {
  case 45:
    return {{45}, {0}};
  case 90:
    return {{45, 5}, {0, 2}};
  case 250:
    return {{45, 5, 4}, {0, 2, 2}};
  case 493:
    return {{45, 8, 4}, {0, 3, 3}};
  case 793:
    return {{45, 8, 4, 3}, {0, 3, 3, 2}};
  default:
    return {{45, 9, 5}, {0, 6, 3}};
  }
}

inline std::shared_ptr<AceBasis const> carbon_basis(int n_functions, double cutoff) {
  BondSpecification bond;
  bond.radial.cutoff = cutoff;
  bond.radial.cutoff_width = 0.01;
  return build_basis(ElementSet({"C"}), {bond}, {{{0}, limits_of(n_functions)}});
}

/// Random coefficients that decrease with rank.
inline AcePotential carbon_potential(int n_functions, double cutoff) {
  AcePotential potential;
  potential.basis = carbon_basis(n_functions, cutoff);
  std::mt19937 random(2);
  std::normal_distribution<double> normal;
  for (BasisFunction const& f : potential.basis->functions())
    potential.coefficients.push_back(normal(random) * std::pow(0.05, f.rank() - 1));
  potential.reference_energy = {0};
  return potential;
}

} // namespace kolace::bench
