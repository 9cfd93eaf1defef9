// SPDX-License-Identifier: BSD-3-Clause
// A minimal calling code: reads a potential, evaluates its own structure, and checks the forces.
#include "forces.hpp"

#include <kolace/io.hpp>

#include <cmath>

static_assert(KOLACE_VERSION >= KOLACE_MAKE_VERSION(0, 1, 0));

Trimer evaluate_trimer(char const* potential) {
  Kokkos::DefaultExecutionSpace const space;
  kolace::Evaluator<Kokkos::DefaultExecutionSpace> evaluator(space,
                                                             kolace::read_potential(potential));
  kolace::Structure trimer;
  trimer.numbers = {6, 6, 6};
  trimer.positions = {{0, 0, 0}, {1.4, 0, 0}, {0.2, 1.5, 0.1}};
  auto const p = kolace::predict(space, evaluator, {&trimer, 1}).front();
  double sum = 0;
  for (int x = 0; x < 3; ++x)
    sum += std::abs(p.forces[0][x] + p.forces[1][x] + p.forces[2][x]);
  return {p.energy, sum};
}
