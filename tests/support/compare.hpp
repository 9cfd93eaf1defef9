// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "reference/oracle.hpp"
#include "support/tolerances.hpp"

#include <kolace/evaluate/evaluator.hpp>
#include <kolace/model/ace_potential.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace kolace::test {

/// Largest absolute force component of any atom.
inline double largest_force(std::vector<Vec3> const& forces) {
  double largest = 0;
  for (Vec3 const& f : forces)
    for (double const x : f)
      largest = std::max(largest, std::abs(x));
  return largest;
}

inline double largest_component(Voigt const& w) {
  double largest = 0;
  for (double const x : w)
    largest = std::max(largest, std::abs(x));
  return largest;
}

/// Scale of a comparison: the terms that cancel in forces are as large as the derivatives of the
/// energies.
inline double force_scale(Prediction const& p) {
  return std::max(largest_force(p.forces), largest_component(p.virial));
}

/// Checks that energies, forces and virials agree, relative to the largest component of each.
inline void expect_equal(Prediction const& a, Prediction const& b, double tolerance,
                         std::string const& what) {
  double energy_scale = 0;
  for (double const e : b.energies)
    energy_scale = std::max(energy_scale, std::abs(e));
  EXPECT_NEAR(a.energy, b.energy, tolerance * energy_scale * b.energies.size()) << what;
  ASSERT_EQ(a.energies.size(), b.energies.size()) << what;
  for (std::size_t i = 0; i < a.energies.size(); ++i) {
    EXPECT_NEAR(a.energies[i], b.energies[i], tolerance * energy_scale) << what << " atom " << i;
    for (int x = 0; x < 3; ++x)
      EXPECT_NEAR(a.forces[i][x], b.forces[i][x], tolerance * force_scale(b))
          << what << " atom " << i;
  }
  for (int v = 0; v < 6; ++v)
    EXPECT_NEAR(a.virial[v], b.virial[v], tolerance * force_scale(b)) << what << " Voigt " << v;
}

/// The same potential as a model of the oracle.
inline oracle::Model to_oracle(AcePotential const& potential) {
  ModelSpecification const& spec = potential.basis->specification();
  oracle::Model model;
  model.n_elements = spec.elements.size();
  model.canonical = spec.canonical;
  for (BondSpecification const& bond : spec.bonds)
    model.radial.push_back({radial_name(bond.radial.kind), bond.radial.lambda, bond.radial.cutoff,
                            bond.radial.cutoff_width, bond.radial.size, bond.r_in, bond.delta_in});
  for (std::size_t b = 0; b < spec.functions.size(); ++b) {
    BasisFunction const& f = spec.functions[b];
    model.functions.push_back(
        {f.center, f.species, f.n, f.l, f.intermediates, potential.coefficients[b]});
  }
  return model;
}

inline oracle::Configuration to_oracle(Structure const& s, ElementSet const& elements) {
  oracle::Configuration c;
  c.cell = s.cell.vectors;
  c.periodic = s.cell.periodic;
  for (std::size_t i = 0; i < s.n_atoms(); ++i)
    c.atoms.push_back({elements.species(s.numbers[i]), s.positions[i]});
  return c;
}

inline Prediction to_prediction(oracle::Result const& r) {
  Prediction p;
  p.energy = r.energy;
  p.energies = r.energies;
  p.forces = r.forces;
  p.virial = r.virial;
  return p;
}

} // namespace kolace::test
