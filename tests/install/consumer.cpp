// SPDX-License-Identifier: BSD-3-Clause
#include "forces.hpp"

#include <kolace/evaluate.hpp>

#include <cmath>
#include <cstdio>

int main(int argc, char** argv) {
  if (argc != 2)
    return 2;
  Kokkos::ScopeGuard const kokkos(argc, argv);
  Trimer const t = evaluate_trimer(argv[1]);
  std::printf("kolace %s: energy %.10f eV, sum of forces %.1e eV/A\n", KOLACE_VERSION_STRING,
              t.energy, t.sum_of_forces);
  return std::isfinite(t.energy) && t.energy != 0 && t.sum_of_forces < 1e-10 ? 0 : 1;
}
