// SPDX-License-Identifier: BSD-3-Clause
// Writes neighbor lists, energies, forces and design rows of some structures to the standard output
// as raw bytes; reproducible_test.py compares runs.
//
//   reproducible POTENTIAL...
#include <kolace/core/elements.hpp>
#include <kolace/design/design_rows.hpp>
#include <kolace/evaluate/evaluator.hpp>
#include <kolace/io/potential_file.hpp>
#include <kolace/neighbors/neighbor_list.hpp>

#include <support/sample_structures.hpp>

#include <cstdio>

namespace {

using Space = Kokkos::DefaultHostExecutionSpace;

/// The entries in order of their indices, whatever the layout.
template <class View> void write(char const* name, View const& view) {
  std::size_t const columns = view.rank() == 1 ? 1 : view.extent(1);
  std::printf("%s %zu\n", name, view.extent(0) * columns);
  for (std::size_t i = 0; i < view.extent(0); ++i)
    for (std::size_t j = 0; j < columns; ++j)
      std::fwrite(&view.access(i, j), sizeof(typename View::value_type), 1, stdout);
  std::printf("\n");
}

void run(char const* file) {
  using namespace kolace;
  Space const space;
  AcePotential const potential = read_potential(file);
  std::vector<int> numbers;
  for (std::string const& symbol : potential.basis->elements().symbols())
    numbers.push_back(*atomic_number(symbol));
  std::vector<Structure> structures;
  for (test::Sample const& sample : test::sample_structures(numbers))
    structures.push_back(sample.structure);
  Structure crystal = test::diamond(3, 0.1);
  for (std::size_t i = 0; i < crystal.n_atoms(); ++i)
    crystal.numbers[i] = numbers[i % numbers.size()];
  structures.push_back(crystal);

  auto const batch = StructureBatch<Space>::create(space, structures, potential.basis->elements());
  auto const list = build_neighbor_list(space, batch, potential.basis->cutoff());
  write("offsets", list.row_offsets);
  write("neighbors", list.neighbors);
  write("displacements", list.displacements);

  Evaluator<Space> evaluator(space, potential);
  for (Prediction const& prediction : predict(space, evaluator, structures)) {
    Kokkos::View<double const*, Kokkos::HostSpace> const energies(prediction.energies.data(),
                                                                  prediction.energies.size());
    write("energies", energies);
    Kokkos::View<double const*, Kokkos::HostSpace> const forces(prediction.forces.data()->data(),
                                                                3 * prediction.forces.size());
    write("forces", forces);
  }

  if (!potential.basis->is_linear())
    return;
  int const n = potential.basis->size();
  Matrix<Space> const energy("energy", batch.n_structures, n),
      forces("forces", 3 * batch.n_atoms, n), virial("virial", 6 * batch.n_structures, n);
  DesignAssembler<Space> assembler(space, potential.basis);
  assembler(space, batch, list, {}, energy, forces, virial);
  space.fence("rows are written");
  write("rows", energy);
  write("rows", forces);
  write("rows", virial);
}

} // namespace

int main(int argc, char** argv) {
  Kokkos::ScopeGuard const kokkos(argc, argv);
  for (int k = 1; k < argc; ++k)
    run(argv[k]);
}
