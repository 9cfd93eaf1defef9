// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/model/ace_potential.hpp>

#include <algorithm>
#include <vector>

namespace kolace::detail {

/// Distributes coefficients that were read function by function over the densities of a potential.
/// @param c coefficients of each function, [its element's n_densities]
/// @param order indices of the functions in their final order
inline void set_densities(AcePotential& potential,
                          std::vector<EmbeddingSpecification> const& embeddings,
                          std::vector<std::vector<double>> const& c,
                          std::vector<std::size_t> const& order) {
  int n = 1;
  for (EmbeddingSpecification const& embedding : embeddings)
    n = std::max(n, embedding.n_densities);
  potential.coefficients.clear();
  potential.further_densities.assign(n - 1, {});
  for (std::size_t const i : order)
    for (int p = 0; p < n; ++p)
      (p == 0 ? potential.coefficients : potential.further_densities[p - 1])
          .push_back(p < static_cast<int>(c[i].size()) ? c[i][p] : 0);
}

} // namespace kolace::detail
