// SPDX-License-Identifier: BSD-3-Clause
// Two threads of one program, each with its own execution space instance, evaluator and data. On a
// device their kernels run in two streams, with OpenMP each has half of the threads.
//
//   instances POTENTIAL
//
// Evaluates two crystals concurrently many times, and compares the results with sequential ones.
#include <kolace/io.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <thread>
#include <type_traits>
#include <vector>

namespace {

using Space = Kokkos::DefaultExecutionSpace;

/// A primitive cell of diamond with its neighbor list, evaluated repeatedly on one instance.
class Work {
public:
  Work(Space const& space, kolace::AcePotential const& potential, double a)
      : space_(space), evaluator_(space, potential) {
    kolace::Structure s;
    s.cell = {{{{0, a / 2, a / 2}, {a / 2, 0, a / 2}, {a / 2, a / 2, 0}}}, {true, true, true}};
    s.numbers = {6, 6};
    s.positions = {{0, 0, 0}, {a / 4, a / 4, a / 4}};
    batch_ = kolace::StructureBatch<Space>::create(space, {&s, 1}, potential.basis->elements());
    list_ = kolace::build_neighbor_list(space, batch_, potential.basis->cutoff());
    results_ = kolace::AtomicResults<Space>::make(space, batch_.n_atoms);
  }

  /// Energy after n evaluations, eV/atom.
  double energy(int n) {
    for (int k = 0; k < n; ++k) // asynchronous
      evaluator_(space_, kolace::view_of(batch_, list_), results_);
    space_.fence("instances: results are read");
    auto const energies =
        Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), results_.energies);
    return (energies(0) + energies(1)) / 2;
  }

private:
  Space space_;
  kolace::Evaluator<Space> evaluator_;
  kolace::StructureBatch<Space> batch_;
  kolace::NeighborList<Space> list_;
  kolace::AtomicResults<Space> results_;
};

template <class Instance> std::vector<Instance> two_instances() {
#ifdef KOKKOS_ENABLE_OPENMP // here partition_space returns one instance twice
  if constexpr (std::is_same_v<Instance, Kokkos::OpenMP>) {
    int const half = std::max(Instance().concurrency() / 2, 1);
    return {Instance(half), Instance(half)};
  } else
#endif
    return Kokkos::Experimental::partition_space(Instance(), std::vector<int>{1, 1});
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: instances POTENTIAL\n");
    return 2;
  }
  Kokkos::ScopeGuard const kokkos(argc, argv);
  kolace::AcePotential const potential = kolace::read_potential(argv[1]);
  double const edges[2] = {3.45, 3.7};
  double expected[2], found[2] = {0, 0};
  for (int k = 0; k < 2; ++k)
    expected[k] = Work(Space(), potential, edges[k]).energy(1);

  std::vector<Space> const instances = two_instances<Space>();
  std::vector<std::thread> threads;
  for (int k = 0; k < 2; ++k)
    threads.emplace_back(
        [&, k] { found[k] = Work(instances[k], potential, edges[k]).energy(200); });
  for (std::thread& thread : threads)
    thread.join();

  bool equal = true;
  for (int k = 0; k < 2; ++k) {
    std::printf("diamond, a = %.2f A: %.10f eV/atom, alone %.10f\n", edges[k], found[k],
                expected[k]);
    equal = equal && std::abs(found[k] - expected[k]) < 1e-10 * (1 + std::abs(expected[k]));
  }
  return equal ? 0 : 1;
}
