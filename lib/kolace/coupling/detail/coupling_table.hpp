// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <vector>

namespace kolace::detail {

/// Table of the coefficients <l1 m1 l2 m2 | L m1+m2> for all m1 and m2; 0 where |m1 + m2| > L.
/// Reversing the signs of m1 and m2 multiplies a coefficient by (-1)^(l1 + l2 - L).
class CouplingTable {
public:
  CouplingTable(int l1, int l2, int L);
  double operator()(int m1, int m2) const { return values_[index(m1, m2)]; }

private:
  std::size_t index(int m1, int m2) const {
    return static_cast<std::size_t>(m1 + l1_) * (2 * l2_ + 1) + (m2 + l2_);
  }
  int l1_, l2_;
  std::vector<double> values_;
};

} // namespace kolace::detail
