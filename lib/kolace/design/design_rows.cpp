#include <kolace/design/design_rows.hpp>

#include <kolace/core/spaces.hpp>
#include <kolace/design/detail/own_rows.hpp>
#include <kolace/design/detail/reverse_rows.hpp>
#include <kolace/evaluate/atomic_basis.hpp>

namespace kolace {
namespace {

/// Makes a workspace at least as large as asked; contents are lost.
template <class View, class Space, class... Extents>
void grow(Space const& space, View& view, char const* label, Extents... extents) {
  std::size_t const wanted[] = {static_cast<std::size_t>(extents)...};
  for (std::size_t d = 0; d < sizeof...(extents); ++d)
    if (view.extent(d) < wanted[d]) {
      view = View(); // free first
      view = View(Kokkos::view_alloc(space, Kokkos::WithoutInitializing, std::string(label)),
                  extents...);
      return;
    }
}

/// One centre's derivative nodes side by side, as the reverse kernel reads them.
template <class Space, class PackedRows>
void pack_nodes(Space const& space, DeviceBasis<Space> const& basis,
                CenterBlocks<Space> const& blocks, Array<int const, Space> species, int n_atoms,
                LaneTable<Space> const& values, PackedRows const& packed) {
  constexpr int block = CenterBlocks<Space>::block;
  auto const elements = basis.element_tables;
  auto const source = basis.packed_source;
  auto const lane_of_center = blocks.lane_of_center;
  Kokkos::parallel_for(
      "kolace::design::pack_nodes", Kokkos::RangePolicy<Space>(space, 0, n_atoms),
      KOKKOS_LAMBDA(int atom) {
        ElementTables const element = elements(species(atom));
        int const slot = lane_of_center(atom);
        for (int k = 0; k < element.n_packed; ++k) {
          int const row = source(element.first_packed + k);
          packed(atom, k) = row < 0 ? 0 : values(slot / block, row, slot % block);
        }
      });
}

/// rows(per · s + v, column) = scale · sum over the atoms of s of values(v · n_atoms + atom,
/// column).
template <class Space>
void sum_over_structures(Space const& space, StructureBatch<Space> const& batch, int per,
                         double scale, int n_functions, Matrix<Space> const& values,
                         Matrix<Space> const& rows) {
  auto const offsets = batch.atom_offsets;
  int const n_atoms = batch.n_atoms;
  Kokkos::parallel_for(
      "kolace::design::sum_over_structures",
      Kokkos::MDRangePolicy<Space, Kokkos::Rank<2>>(space, {0, 0},
                                                    {per * batch.n_structures, n_functions}),
      KOKKOS_LAMBDA(int row, int column) {
        int const s = row / per, v = row % per;
        double sum = 0;
        for (int atom = offsets(s); atom < offsets(s + 1); ++atom)
          sum += values(v * n_atoms + atom, column);
        rows(row, column) = scale * sum;
      });
}

} // namespace

template <class Space>
std::size_t DesignAssembler<Space>::workspace_per_atom(DeviceBasis<Space> const& basis,
                                                       RowKinds kinds) {
  std::size_t const components = kinds.virial ? 9 : kinds.forces ? 3 : 0;
  return basis.max_rows + components * basis.layout.n_a_rows() + basis.max_packed +
         basis.n_functions * (1 + (kinds.virial ? 6 : 0)) + 1024;
}

template <class Space>
void DesignAssembler<Space>::operator()(Space const& space, StructureBatch<Space> const& batch,
                                        NeighborList<Space> const& list, RowKinds kinds,
                                        Matrix<Space> const& energy, Matrix<Space> const& forces,
                                        Matrix<Space> const& virial) {
  int const n_atoms = batch.n_atoms, n_functions = basis_.n_functions;
  bool const gradients = kinds.forces || kinds.virial;
  int const n_a = basis_.layout.n_a_rows();
  NeighborsView<Space> const pairs = view_of(batch, list);
  auto const blocks =
      CenterBlocks<Space>::create(space, batch.species, basis_.n_elements(), 0, n_atoms);
  int const lanes = CenterBlocks<Space>::block;
  grow(space, values_, "kolace::design::values", blocks.n_blocks, basis_.max_rows, lanes);
  if (gradients)
    grow(space, derivatives_, "kolace::design::derivatives", blocks.n_blocks,
         (kinds.virial ? 9 : 3) * n_a, lanes);
  grow(space, b_values_, "kolace::design::b_values", n_atoms, n_functions);
  if (kinds.virial)
    grow(space, strain_, "kolace::design::strain", 6 * n_atoms, n_functions);

  // Forces are computed along with virials; without force rows they go to a scratch matrix.
  Matrix<Space> force_rows = forces;
  if (kinds.virial && !kinds.forces)
    force_rows = Matrix<Space>(
        Kokkos::view_alloc(space, Kokkos::WithoutInitializing, "kolace::design::unused_forces"),
        3 * n_atoms, n_functions);
  auto const zero = [&](Matrix<Space> const& matrix) { // columns of other elements
    if (basis_.n_elements() > 1)
      Kokkos::deep_copy(space, matrix, 0.);
  };
  zero(b_values_);
  if (kinds.virial)
    zero(strain_);
  if (kinds.forces && basis_.n_elements() > 1)
    Kokkos::deep_copy(space, Kokkos::subview(force_rows, Kokkos::ALL, Kokkos::pair(0, n_functions)),
                      0.);

  auto const launch_own = [&]<int components>(std::integral_constant<int, components>) {
    detail::OwnRowsKernel<Space, components> const kernel{
        basis_, blocks, values_, derivatives_, b_values_, force_rows, strain_, n_atoms};
    Kokkos::parallel_for("kolace::design::own_rows",
                         Kokkos::RangePolicy<Space>(space, 0, blocks.n_blocks * kernel.parts),
                         kernel);
  };
  auto const which = kinds.virial   ? AtomicDerivatives::gradient_and_strain
                     : kinds.forces ? AtomicDerivatives::gradient
                                    : AtomicDerivatives::none;
  compute_atomic_basis(space, basis_, pairs, blocks, values_, which, derivatives_);
  compute_products(space, basis_, blocks, values_);
  if (kinds.virial)
    launch_own(std::integral_constant<int, 9>());
  else if (kinds.forces)
    launch_own(std::integral_constant<int, 3>());
  else
    launch_own(std::integral_constant<int, 0>());

  if (kinds.forces) {
    grow(space, packed_, "kolace::design::packed", n_atoms, basis_.max_packed);
    pack_nodes<Space>(space, basis_, blocks, batch.species, n_atoms, values_, packed_);
    detail::ReverseRowsKernel<Space> const kernel{basis_,       pairs,   blocks,
                                                  derivatives_, packed_, force_rows};
    Kokkos::parallel_for("kolace::design::reverse_rows", kernel.policy(space), kernel);
  }
  if (kinds.energy)
    sum_over_structures(space, batch, 1, 1., n_functions, b_values_, energy);
  if (kinds.virial)
    sum_over_structures(space, batch, 6, -1., n_functions, strain_, virial);
}

#define KOLACE_INSTANTIATE(Space) template class DesignAssembler<Space>;
KOLACE_FOR_EACH_EXECUTION_SPACE(KOLACE_INSTANTIATE)
#undef KOLACE_INSTANTIATE

} // namespace kolace
