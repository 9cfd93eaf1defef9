#pragma once

#include <kolace/model/ace_potential.hpp>
#include <kolace/model/basis_builder.hpp>
#include <kolace/neighbors/neighbor_list.hpp>

#include <cmath>
#include <random>
#include <vector>

/// @file The benchmark case everybody can repeat: diamond, a = 3.57 A, rattled by up to 0.05 A.

namespace kolace::bench {

using Space = Kokkos::DefaultExecutionSpace;

/// cells^3 cubes of 8 atoms.
inline Structure diamond(int cells) {
  std::mt19937 random(1);
  std::uniform_real_distribution<double> move(-0.05, 0.05);
  double const a = 3.57;
  double const sites[8][3] = {{0, 0, 0},          {0, 0.5, 0.5},      {0.5, 0, 0.5},
                              {0.5, 0.5, 0},      {0.25, 0.25, 0.25}, {0.25, 0.75, 0.75},
                              {0.75, 0.25, 0.75}, {0.75, 0.75, 0.25}};
  Structure s;
  for (int d = 0; d < 3; ++d) {
    s.cell.vectors[d][d] = a * cells;
    s.cell.periodic[d] = true;
  }
  for (int i = 0; i < cells; ++i)
    for (int j = 0; j < cells; ++j)
      for (int k = 0; k < cells; ++k)
        for (auto const& site : sites) {
          s.positions.push_back({a * (i + site[0]) + move(random), a * (j + site[1]) + move(random),
                                 a * (k + site[2]) + move(random)});
          s.numbers.push_back(6);
        }
  return s;
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

/// Random coefficients, falling with rank.
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
