// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/model/ace_potential.hpp>
#include <kolace/model/basis_builder.hpp>

#include <optional>
#include <random>
#include <string>
#include <vector>

namespace kolace::test {

/// A potential with random coefficients that decrease with rank, and without E0.
inline AcePotential random_potential(std::vector<std::string> const& symbols,
                                     BlockLimits const& limits, RadialOptions const& radial,
                                     unsigned seed = 7) {
  ElementSet const elements(symbols);
  BondSpecification bond;
  bond.radial = radial;
  std::vector<std::optional<BlockLimits>> const every(elements.size(), limits);
  AcePotential potential;
  potential.basis =
      build_basis(elements, std::vector<BondSpecification>(elements.size() * elements.size(), bond),
                  make_blocks(elements.size(), every));
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  for (BasisFunction const& f : potential.basis->functions())
    potential.coefficients.push_back(normal(random) * std::pow(0.05, f.rank() - 1));
  potential.reference_energy.assign(elements.size(), 0.);
  return potential;
}

/// The same potential without self-interaction.
inline AcePotential canonical_potential(std::vector<std::string> const& symbols,
                                        BlockLimits const& limits, RadialOptions const& radial,
                                        unsigned seed = 7) {
  AcePotential potential = random_potential(symbols, limits, radial, seed);
  ModelSpecification spec = potential.basis->specification();
  spec.canonical = true;
  potential.basis = std::make_shared<AceBasis const>(std::move(spec));
  return potential;
}

inline RadialOptions paper_radial(double cutoff = 5) {
  RadialOptions radial;
  radial.cutoff = cutoff;
  radial.cutoff_width = 0.01;
  return radial;
}

} // namespace kolace::test
