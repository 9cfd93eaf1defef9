// What a calling code does: read a potential, evaluate its own structure, look at the forces.
#include <kolace/evaluate/evaluator.hpp>
#include <kolace/io/potential_file.hpp>

#include <cmath>
#include <cstdio>

int main(int argc, char** argv) {
  if (argc != 2)
    return 2;
  Kokkos::ScopeGuard const kokkos(argc, argv);
  Kokkos::DefaultExecutionSpace const space;
  kolace::Evaluator<Kokkos::DefaultExecutionSpace> evaluator(space,
                                                             kolace::read_potential(argv[1]));
  kolace::Structure trimer;
  trimer.numbers = {6, 6, 6};
  trimer.positions = {{0, 0, 0}, {1.4, 0, 0}, {0.2, 1.5, 0.1}};
  auto const p = kolace::predict(space, evaluator, {&trimer, 1}).front();
  double sum = 0;
  for (int x = 0; x < 3; ++x)
    sum += std::abs(p.forces[0][x] + p.forces[1][x] + p.forces[2][x]);
  std::printf("energy %.10f eV, sum of forces %.1e eV/A\n", p.energy, sum);
  return std::isfinite(p.energy) && p.energy != 0 && sum < 1e-10 ? 0 : 1;
}
