// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

namespace kolace {

/// Clebsch-Gordan coefficient <l1 m1 l2 m2 | L M> in the Condon-Shortley phase convention; 0 where
/// forbidden. Racah's sum in extended precision: error below 1e-14 for l up to 20.
double clebsch_gordan(int l1, int m1, int l2, int m2, int L, int M);

/// One non-zero entry of a real coupling tensor; the indices m1, m2, M count from 0 (m + l).
struct RealCouplingEntry {
  int M;
  int m1;
  int m2;
  double value;
};

/// Non-zero entries of the real coupling tensor W: X_M = sum W_{M m1 m2} A_m1 B_m2 for coefficients
/// A, B of real harmonics is the real form of the complex product (A B)_LM = sum <l1 m1 l2 m2|L M>
/// A_m1 B_m2. If l1 + l2 + L is odd, the complex product is i times the real form. Sorted by M,
/// then m1, then m2.
/// @pre |l1 - l2| <= L <= l1 + l2
std::vector<RealCouplingEntry> real_coupling(int l1, int l2, int L);

} // namespace kolace
