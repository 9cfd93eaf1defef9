// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/model/pair_repulsion.hpp>

#include <kolace/core/elements.hpp>

#include <algorithm>
#include <cmath>

namespace kolace {

double zbl_energy(int number_a, int number_b, double r) {
  double const x = r * (std::pow(number_a, 0.23) + std::pow(number_b, 0.23)) / 0.46850;
  double const screening = 0.18175 * std::exp(-3.19980 * x) + 0.50986 * std::exp(-0.94229 * x) +
                           0.28022 * std::exp(-0.40290 * x) + 0.02817 * std::exp(-0.20162 * x);
  return 14.399645351950543 * number_a * number_b * screening / r;
}

PairRepulsion pair_repulsion(int number_a, int number_b) {
  double const radii = covalent_radius(number_a) + covalent_radius(number_b);
  double const inner = 0.4 * radii, outer = 0.65 * radii;
  double const u_inner = inner * zbl_energy(number_a, number_b, inner),
               u_outer = outer * zbl_energy(number_a, number_b, outer);
  PairRepulsion repulsion;
  repulsion.lambda = std::log(u_inner / u_outer) / (outer * outer - inner * inner);
  repulsion.prefactor = 0.5 * u_inner * std::exp(repulsion.lambda * inner * inner);
  return repulsion;
}

void add_pair_repulsion(ModelSpecification& spec) {
  auto const& symbols = spec.elements.symbols();
  int const n = spec.elements.size();
  for (int a = 0; a < n; ++a)
    for (int b = 0; b < n; ++b) {
      BondSpecification& bond = spec.bonds[a * n + b];
      // The elements are ordered, so that both directions of a bond agree to the last digit.
      PairRepulsion const repulsion = pair_repulsion(*atomic_number(symbols[std::min(a, b)]),
                                                     *atomic_number(symbols[std::max(a, b)]));
      bond.inner_cutoff_type = InnerCutoff::density;
      bond.core_prefactor = repulsion.prefactor;
      bond.core_lambda = repulsion.lambda;
    }
}

} // namespace kolace
