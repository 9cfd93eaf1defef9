// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/io/detail/text.hpp>
#include <kolace/model/specification.hpp>

namespace kolace::detail {

/// c_nlk as nested lists [n][l][k]; the identity if the bond has no coefficients.
inline std::string radial_coefficients(BondSpecification const& bond) {
  std::string text = "[";
  for (int n = 0; n < bond.nradmax; ++n) {
    text += n ? ", [" : "[";
    for (int l = 0; l <= bond.lmax; ++l) {
      std::vector<double> c(bond.radial.size, 0.);
      for (int k = 0; k < bond.radial.size; ++k)
        c[k] = !bond.coefficients.empty()
                   ? bond.coefficients[(n * (bond.lmax + 1) + l) * bond.radial.size + k]
               : n == k ? 1.
                        : 0.;
      text += (l ? ", " : "") + list_of(c);
    }
    text += "]";
  }
  return text + "]";
}

} // namespace kolace::detail
