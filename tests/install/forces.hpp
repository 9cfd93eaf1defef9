// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Energy of a bent carbon trimer, eV, and magnitude of the sum of its forces, eV/A.
struct Trimer {
  double energy, sum_of_forces;
};
Trimer evaluate_trimer(char const* potential);
