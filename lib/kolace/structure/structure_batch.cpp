// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/structure/structure_batch.hpp>

#include <kolace/core/contracts.hpp>
#include <kolace/core/elements.hpp>
#include <kolace/core/spaces.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace kolace {

namespace {

bool is_finite(Vec3 const& v) {
  return std::all_of(v.begin(), v.end(), [](double x) { return std::isfinite(x); });
}

StructureGeometry make_geometry(Structure const& structure, int first_atom) {
  for (std::size_t i = 0; i < structure.n_atoms(); ++i)
    if (!is_finite(structure.positions[i]))
      throw InputError(structure.place,
                       "the position of atom " + std::to_string(i + 1) + " is not finite");
  if (!valid_periodicity(structure.cell))
    throw InputError(structure.place,
                     "the cell vectors of periodic directions are linearly dependent");
  StructureGeometry g;
  Mat3 const basis = binning_basis(structure.cell);
  Mat3 const to_fraction = inverse(basis);
  for (int d = 0; d < 3; ++d)
    for (int k = 0; k < 3; ++k) {
      g.basis[d][k] = basis[d][k];
      g.to_fraction[d][k] = to_fraction[d][k];
    }
  for (int d = 0; d < 3; ++d) {
    g.periodic[d] = structure.cell.periodic[d];
    double low = std::numeric_limits<double>::max();
    double high = std::numeric_limits<double>::lowest();
    for (Vec3 const& x : structure.positions) {
      double const f = multiply(x, to_fraction)[d];
      low = std::min(low, f);
      high = std::max(high, f);
    }
    bool const open = !g.periodic[d] && !structure.positions.empty();
    g.low[d] = open ? low : 0;
    g.extent[d] = open ? high - low : 0;
  }
  g.first_atom = first_atom;
  g.n_atoms = static_cast<int>(structure.n_atoms());
  return g;
}

} // namespace

template <class Space>
StructureBatch<Space> StructureBatch<Space>::create(Space const& space,
                                                    std::span<Structure const> structures,
                                                    ElementSet const& elements) {
  StructureBatch batch;
  batch.n_structures = static_cast<int>(structures.size());
  for (Structure const& s : structures)
    batch.n_atoms += static_cast<int>(s.n_atoms());
  auto const label = [](char const* what) { return std::string("kolace::structure::") + what; };
  auto const bare = Kokkos::WithoutInitializing;
  batch.atom_offsets = Array<int, Space>(Kokkos::view_alloc(space, bare, label("atom_offsets")),
                                         batch.n_structures + 1);
  batch.structure_of_atom =
      Array<int, Space>(Kokkos::view_alloc(space, bare, label("structure_of_atom")), batch.n_atoms);
  batch.species =
      Array<int, Space>(Kokkos::view_alloc(space, bare, label("species")), batch.n_atoms);
  batch.positions = Positions(Kokkos::view_alloc(space, bare, label("positions")), batch.n_atoms);

  auto const offsets = Kokkos::create_mirror_view(batch.atom_offsets);
  auto const owners = Kokkos::create_mirror_view(batch.structure_of_atom);
  auto const species = Kokkos::create_mirror_view(batch.species);
  auto const positions = Kokkos::create_mirror_view(batch.positions);
  int atom = 0;
  for (int s = 0; s < batch.n_structures; ++s) {
    Structure const& structure = structures[s];
    offsets(s) = atom;
    batch.geometry.push_back(make_geometry(structure, atom));
    for (std::size_t i = 0; i < structure.n_atoms(); ++i, ++atom) {
      owners(atom) = s;
      species(atom) = elements.species(structure.numbers[i]);
      if (species(atom) < 0)
        throw InputError(structure.place, "element " + element_symbol(structure.numbers[i]) +
                                              " is not among the potential's elements");
      for (int k = 0; k < 3; ++k)
        positions(atom, k) = structure.positions[i][k];
    }
  }
  offsets(batch.n_structures) = atom;
  KOLACE_ENSURE(atom == batch.n_atoms, atom, batch.n_atoms);
  Kokkos::deep_copy(space, batch.atom_offsets, offsets);
  Kokkos::deep_copy(space, batch.structure_of_atom, owners);
  Kokkos::deep_copy(space, batch.species, species);
  Kokkos::deep_copy(space, batch.positions, positions);
  space.fence("kolace::structure: host copies go out of scope");
  return batch;
}

#define KOLACE_INSTANTIATE(Space) template struct StructureBatch<Space>;
KOLACE_FOR_EACH_EXECUTION_SPACE(KOLACE_INSTANTIATE)
#undef KOLACE_INSTANTIATE

} // namespace kolace
