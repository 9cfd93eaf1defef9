// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/design/design_rows.hpp>

#include <kolace/core/errors.hpp>
#include <kolace/core/grow.hpp>
#include <kolace/core/host_copy.hpp>
#include <kolace/core/spaces.hpp>
#include <kolace/design/detail/own_rows.hpp>
#include <kolace/design/detail/reverse_rows.hpp>
#include <kolace/design/detail/reverse_tables.hpp>
#include <kolace/evaluate/atomic_basis.hpp>
#include <kolace/model/device_basis.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>

namespace kolace {
namespace {

/// Copies each center's derivative nodes into one contiguous row, the layout that the reverse
/// kernel reads. On a device one thread copies each entry.
template <class Space, class PackedRows>
void pack_nodes(Space const& space, detail::ReverseTables<Space> const& reverse,
                CenterBlocks<Space> const& blocks, Array<int const, Space> species, int n_atoms,
                LaneTable<Space> const& values, PackedRows const& packed) {
  constexpr int block = CenterBlocks<Space>::block;
  long const shares = Tuning<Space>::thread_per_node ? std::max(reverse.max_packed, 1) : 1;
  auto const rows = reverse.packed_rows;
  auto const source = reverse.packed_source;
  auto const lane_of_center = blocks.lane_of_center;
  Kokkos::parallel_for(
      "kolace::design::pack_nodes",
      Kokkos::RangePolicy<Space, Kokkos::IndexType<long>>(space, 0, n_atoms * shares),
      KOKKOS_LAMBDA(long index) {
        long const atom = index / shares;
        detail::PackedRow const packed_row = rows(species(atom));
        long const slot = lane_of_center(atom);
        for (long k = index % shares; k < packed_row.count; k += shares) {
          int const row = source(packed_row.first + k);
          packed(atom, k) = row < 0 ? 0 : values(slot / block, row, slot % block);
        }
      });
}

/// rows(per · s + v, column) = scale · sum over the atoms of structure s of values(v · n_atoms +
/// atom, column).
template <class Space>
void sum_over_structures(Space const& space, StructureBatch<Space> const& batch, int per,
                         double scale, int n_functions, Matrix<Space> const& values,
                         Matrix<Space> const& rows) {
  auto const offsets = batch.atom_offsets;
  int const n_atoms = batch.n_atoms;
  Kokkos::parallel_for(
      "kolace::design::sum_over_structures",
      EntryPolicy<Space>(space, {0, 0}, {per * batch.n_structures, n_functions}),
      KOKKOS_LAMBDA(long row, long column) {
        long const s = row / per, v = row % per;
        double sum = 0;
        for (long atom = offsets(s); atom < offsets(s + 1); ++atom)
          sum += values(v * n_atoms + atom, column);
        rows(row, column) = scale * sum;
      });
}

/// Combines columns of ordinary functions into those of canonical ones (CanonicalExpansion):
/// rows(i, b) = sum_t factors(t) · ordinary(i, columns(t)). 2 FLOPs and 8 bytes per term and row.
template <class Space>
void combine_columns(Space const& space, int n_rows, Array<int const, Space> const& offsets,
                     Array<int const, Space> const& columns,
                     Array<double const, Space> const& factors, Matrix<Space> const& ordinary,
                     Matrix<Space> const& rows) {
  int const n_functions = offsets.extent_int(0) - 1;
  Kokkos::parallel_for(
      "kolace::design::combine_columns", EntryPolicy<Space>(space, {0, 0}, {n_rows, n_functions}),
      KOKKOS_LAMBDA(long i, long b) {
        double sum = 0;
        for (int t = offsets(b); t < offsets(b + 1); ++t)
          sum += factors(t) * ordinary(i, columns(t));
        rows(i, b) = sum;
      });
}

} // namespace

/// Tables and workspace of an assembler.
template <class Space> class DesignAssembler<Space>::Tables {
public:
  Tables(Space const& space, std::shared_ptr<AceBasis const> basis, double spline_width);

  std::shared_ptr<AceBasis const> const& basis() const { return caller_basis_; }
  std::size_t workspace_per_atom(RowKinds kinds) const;
  void operator()(Space const& space, StructureBatch<Space> const& batch,
                  NeighborList<Space> const& list, RowKinds kinds, Matrix<Space> const& energy,
                  Matrix<Space> const& forces, Matrix<Space> const& virial);
  Matrix<Space> basis_values(Space const& space, StructureBatch<Space> const& batch,
                             NeighborList<Space> const& list) const;

private:
  void assemble(Space const& space, StructureBatch<Space> const& batch,
                NeighborList<Space> const& list, RowKinds kinds, Matrix<Space> const& energy,
                Matrix<Space> const& forces, Matrix<Space> const& virial);

  std::shared_ptr<AceBasis const> caller_basis_;
  DeviceBasis<Space> basis_; ///< ordinary basis; for a canonical basis, that of its expansion
  detail::ReverseTables<Space> reverse_;
  /// CanonicalExpansion on the device; empty for an ordinary basis.
  Array<int const, Space> offsets_, columns_;
  Array<double const, Space> factors_;
  Matrix<Space> ordinary_energy_, ordinary_forces_, ordinary_virial_;
  CenterBlocks<Space> blocks_;
  LaneTable<Space> values_, derivatives_; // workspace, grown on demand
  Matrix<Space> b_values_, strain_;
  Kokkos::View<double**, Kokkos::LayoutRight, typename Space::memory_space> packed_;
};

template <class Space>
DesignAssembler<Space>::Tables::Tables(Space const& space, std::shared_ptr<AceBasis const> basis,
                                       double spline_width)
    : caller_basis_(std::move(basis)) {
  if (!caller_basis_->is_linear())
    throw InputError("only linear models are fitted (expected one density, parameters [1, 1] and "
                     "no core repulsion)");
  CanonicalExpansion const* const expansion = caller_basis_->expansion();
  AceBasis const& ordinary = expansion ? *expansion->basis : *caller_basis_;
  std::vector<ProductPlan> const plans = product_plans(ordinary);
  basis_ = DeviceBasis<Space>::create(space, ordinary, spline_width, plans);
  reverse_ = detail::ReverseTables<Space>::create(space, basis_.layout, plans);
  if (expansion) {
    offsets_ = copy_to_device(space, expansion->offsets, "kolace::design::offsets");
    columns_ = copy_to_device(space, expansion->columns, "kolace::design::columns");
    factors_ = copy_to_device(space, expansion->factors, "kolace::design::factors");
    space.fence("kolace::design: the basis belongs to the caller");
  }
}

template <class Space>
std::size_t DesignAssembler<Space>::Tables::workspace_per_atom(RowKinds kinds) const {
  std::size_t const components = kinds.virial ? 9 : kinds.forces ? 3 : 0;
  std::size_t const ordinary = offsets_.extent(0) > 0 ? 3 * basis_.n_functions : 0;
  return basis_.graph.max_rows + components * basis_.layout.n_a_rows() + reverse_.max_packed +
         basis_.n_functions * (1 + (kinds.virial ? 6 : 0)) + ordinary + 1024;
}

template <class Space>
void DesignAssembler<Space>::Tables::operator()(Space const& space,
                                                StructureBatch<Space> const& batch,
                                                NeighborList<Space> const& list, RowKinds kinds,
                                                Matrix<Space> const& energy,
                                                Matrix<Space> const& forces,
                                                Matrix<Space> const& virial) {
  if (offsets_.extent(0) == 0)
    return assemble(space, batch, list, kinds, energy, forces, virial);
  auto const reserve = [&](Matrix<Space>& rows, char const* label, bool wanted, int count) {
    if (wanted)
      grow(space, rows, label, count, basis_.n_functions);
  };
  reserve(ordinary_energy_, "kolace::design::ordinary_energy", kinds.energy, batch.n_structures);
  reserve(ordinary_forces_, "kolace::design::ordinary_forces", kinds.forces, 3 * batch.n_atoms);
  reserve(ordinary_virial_, "kolace::design::ordinary_virial", kinds.virial,
          6 * batch.n_structures);
  assemble(space, batch, list, kinds, ordinary_energy_, ordinary_forces_, ordinary_virial_);
  auto const combine = [&](int n_rows, Matrix<Space> const& ordinary, Matrix<Space> const& rows) {
    combine_columns<Space>(space, n_rows, offsets_, columns_, factors_, ordinary, rows);
  };
  if (kinds.energy)
    combine(batch.n_structures, ordinary_energy_, energy);
  if (kinds.forces)
    combine(3 * batch.n_atoms, ordinary_forces_, forces);
  if (kinds.virial)
    combine(6 * batch.n_structures, ordinary_virial_, virial);
}

template <class Space>
void DesignAssembler<Space>::Tables::assemble(Space const& space,
                                              StructureBatch<Space> const& batch,
                                              NeighborList<Space> const& list, RowKinds kinds,
                                              Matrix<Space> const& energy,
                                              Matrix<Space> const& forces,
                                              Matrix<Space> const& virial) {
  int const n_atoms = batch.n_atoms, n_functions = basis_.n_functions;
  bool const gradients = kinds.forces || kinds.virial;
  int const n_a = basis_.layout.n_a_rows();
  NeighborsView<Space> const pairs = view_of(batch, list);
  blocks_.assign(space, pairs, basis_.n_elements());
  auto const& blocks = blocks_;
  int const lanes = CenterBlocks<Space>::block;
  grow(space, values_, "kolace::design::values", blocks.n_blocks, basis_.graph.max_rows, lanes);
  if (gradients)
    grow(space, derivatives_, "kolace::design::derivatives", blocks.n_blocks,
         (kinds.virial ? 9 : 3) * n_a, lanes);
  grow(space, b_values_, "kolace::design::b_values", n_atoms, n_functions);
  if (kinds.virial)
    grow(space, strain_, "kolace::design::strain", 6 * n_atoms, n_functions);

  // Computing virials also computes forces; if force rows are not wanted, they go to a scratch
  // matrix.
  Matrix<Space> force_rows = forces;
  if (kinds.virial && !kinds.forces)
    force_rows = Matrix<Space>(
        Kokkos::view_alloc(space, Kokkos::WithoutInitializing, "kolace::design::unused_forces"),
        3 * n_atoms, n_functions);
  // The kernels skip the columns of other elements' functions.
  auto const zero = [&](Matrix<Space> const& matrix) {
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
    detail::OwnRowsKernel<Space, components> const kernel{.basis = basis_,
                                                          .blocks = blocks,
                                                          .values = values_,
                                                          .derivatives = derivatives_,
                                                          .b_values = b_values_,
                                                          .forces = force_rows,
                                                          .strain = strain_,
                                                          .n_atoms = n_atoms};
    Kokkos::parallel_for("kolace::design::own_rows", kernel.policy(space), kernel);
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
    grow(space, packed_, "kolace::design::packed", n_atoms, reverse_.max_packed);
    pack_nodes<Space>(space, reverse_, blocks, batch.species, n_atoms, values_, packed_);
    detail::ReverseRowsKernel<Space> const kernel{.basis = basis_,
                                                  .reverse = reverse_,
                                                  .pairs = pairs,
                                                  .blocks = blocks,
                                                  .derivatives = derivatives_,
                                                  .packed = packed_,
                                                  .forces = force_rows};
    Kokkos::parallel_for("kolace::design::reverse_rows", kernel.policy(space), kernel);
  }
  if (kinds.energy)
    sum_over_structures(space, batch, 1, 1., n_functions, b_values_, energy);
  if (kinds.virial)
    sum_over_structures(space, batch, 6, -1., n_functions, strain_, virial);
}

template <class Space>
Matrix<Space> DesignAssembler<Space>::Tables::basis_values(Space const& space,
                                                           StructureBatch<Space> const& batch,
                                                           NeighborList<Space> const& list) const {
  if (caller_basis_->is_canonical())
    throw InputError("basis values of a canonical basis are not available; use design rows");
  return compute_b_values(space, basis_, view_of(batch, list));
}

template <class Space>
DesignAssembler<Space>::DesignAssembler(Space const& space, std::shared_ptr<AceBasis const> basis,
                                        double spline_width)
    : tables_(std::make_unique<Tables>(space, std::move(basis), spline_width)) {}

template <class Space> DesignAssembler<Space>::~DesignAssembler() = default;
template <class Space>
DesignAssembler<Space>::DesignAssembler(DesignAssembler&&) noexcept = default;
template <class Space>
DesignAssembler<Space>& DesignAssembler<Space>::operator=(DesignAssembler&&) noexcept = default;

template <class Space>
std::shared_ptr<AceBasis const> const& DesignAssembler<Space>::basis() const {
  return tables_->basis();
}

template <class Space>
std::size_t DesignAssembler<Space>::workspace_per_atom(RowKinds kinds) const {
  return tables_->workspace_per_atom(kinds);
}

template <class Space>
void DesignAssembler<Space>::operator()(Space const& space, StructureBatch<Space> const& batch,
                                        NeighborList<Space> const& list, RowKinds kinds,
                                        Matrix<Space> const& energy, Matrix<Space> const& forces,
                                        Matrix<Space> const& virial) {
  std::size_t const n_functions = tables_->basis()->size();
  auto const expect_room = [&](bool wanted, Matrix<Space> const& rows, std::size_t n,
                               char const* name) {
    if (wanted && (rows.extent(0) < n || rows.extent(1) < n_functions))
      throw std::invalid_argument(
          std::string("DesignAssembler: ") + name + " has " + std::to_string(rows.extent(0)) +
          " x " + std::to_string(rows.extent(1)) + " entries (at least " + std::to_string(n) +
          " x " + std::to_string(n_functions) + " are needed)");
  };
  expect_room(kinds.energy, energy, batch.n_structures, "energy");
  expect_room(kinds.forces, forces, 3 * static_cast<std::size_t>(batch.n_atoms), "forces");
  expect_room(kinds.virial, virial, 6 * static_cast<std::size_t>(batch.n_structures), "virial");
  (*tables_)(space, batch, list, kinds, energy, forces, virial);
}

template <class Space>
Matrix<Space> DesignAssembler<Space>::basis_values(Space const& space,
                                                   StructureBatch<Space> const& batch,
                                                   NeighborList<Space> const& list) const {
  return tables_->basis_values(space, batch, list);
}

#define KOLACE_INSTANTIATE(Space) template class DesignAssembler<Space>;
KOLACE_FOR_EACH_EXECUTION_SPACE(KOLACE_INSTANTIATE)
#undef KOLACE_INSTANTIATE

} // namespace kolace
