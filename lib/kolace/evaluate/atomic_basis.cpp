// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/evaluate/atomic_basis.hpp>

#include <kolace/core/spaces.hpp>
#include <kolace/evaluate/detail/atomic_basis_kernel.hpp>

namespace kolace {
namespace {

template <class Space, int components, class Scalar>
void launch_atomic_basis(Space const& space, DeviceBasis<Space, Scalar> const& basis,
                         NeighborsView<Space> const& pairs,
                         CenterBlocks<Space, Scalar> const& blocks,
                         LaneTable<Space, Scalar> const& values,
                         LaneTable<Space, Scalar> const& derivatives, bool rank1,
                         detail::PairStore<Space, Scalar> const& store) {
  detail::AtomicBasisKernel<Space, components, Scalar> const kernel{.basis = basis,
                                                                    .pairs = pairs,
                                                                    .blocks = blocks,
                                                                    .values = values,
                                                                    .derivatives = derivatives,
                                                                    .rank1 = rank1,
                                                                    .pair_store = store};
  Kokkos::parallel_for("kolace::evaluate::atomic_basis", kernel.policy(space), kernel);
}

/// Runs the product steps of a block for the lanes of one value of type T.
///
/// FLOPs per center: 3 for each term (about 3 to 40 terms per node). Rows are read and written in
/// cache.
template <class Space> struct ProductKernel {
  using Column = BlockColumn<Space>;
  using T = typename LaneTraits<Space>::type;
  static constexpr int parts = CenterBlocks<Space>::parts;

  DeviceBasis<Space> basis;
  CenterBlocks<Space> blocks;
  LaneTable<Space> values;

  KOKKOS_FUNCTION void operator()(int index) const {
    Column const rows = column_of<Space>(values, index);
    ElementTables const& element = basis.graph.elements(blocks.element(index / parts));
    for (int s = element.first_step; s < element.last_step; ++s) {
      ProductStep const step = basis.graph.steps(s);
      Column const left = rows.from(step.left), right = rows.from(step.right),
                   out = rows.from(step.out);
      int t = step.first_term;
      for (int M = 0; M < step.n_out; ++M) {
        T sum(0.);
        for (; t < step.last_term && basis.graph.terms(t).M == M; ++t) {
          CouplingTerm const term = basis.graph.terms(t);
          sum += T(term.value) * left[term.m1] * right[term.m2];
        }
        out.set(M, sum);
      }
    }
  }
};

} // namespace

template <class Space, class Scalar>
bool compute_atomic_basis(Space const& space, DeviceBasis<Space, Scalar> const& basis,
                          NeighborsView<Space> const& pairs,
                          CenterBlocks<Space, Scalar> const& blocks,
                          LaneTable<Space, Scalar> const& values, AtomicDerivatives which,
                          LaneTable<Space, Scalar> const& derivatives, bool rank1,
                          detail::PairStore<Space, Scalar> const& store) {
  if (!rank1 && basis.layout.n_max == 0 && which == AtomicDerivatives::none) {
    Kokkos::deep_copy(space, values, Scalar(0));
    return false;
  }
  if (which == AtomicDerivatives::none)
    launch_atomic_basis<Space, 0>(space, basis, pairs, blocks, values, derivatives, rank1, store);
  if constexpr (std::is_same_v<Scalar, double>) { // derivatives are for fits
    if (which == AtomicDerivatives::gradient)
      launch_atomic_basis<Space, 3>(space, basis, pairs, blocks, values, derivatives, rank1, store);
    if (which == AtomicDerivatives::gradient_and_strain)
      launch_atomic_basis<Space, 9>(space, basis, pairs, blocks, values, derivatives, rank1, store);
  }
  return true;
}

template <class Space>
void compute_products(Space const& space, DeviceBasis<Space> const& basis,
                      CenterBlocks<Space> const& blocks, LaneTable<Space> const& values) {
  ProductKernel<Space> const kernel{.basis = basis, .blocks = blocks, .values = values};
  Kokkos::parallel_for("kolace::evaluate::products",
                       BoundedRange<Space>(space, 0, blocks.n_blocks * ProductKernel<Space>::parts),
                       kernel);
}

template <class Space>
void collect_b_values(Space const& space, DeviceBasis<Space> const& basis,
                      CenterBlocks<Space> const& blocks, LaneTable<Space> const& values,
                      Matrix<Space> const& b_values) {
  constexpr int block = CenterBlocks<Space>::block;
  auto const functions = basis.graph.functions;
  auto const elements = basis.graph.elements;
  auto const center_of_lane = blocks.center_of_lane;
  auto const element_of_block = blocks.element;
  int const n_functions = basis.n_functions;
  Kokkos::parallel_for(
      "kolace::evaluate::b_values", Kokkos::RangePolicy<Space>(space, 0, blocks.n_blocks * block),
      KOKKOS_LAMBDA(int slot) {
        long const center = center_of_lane(slot);
        if (center < 0)
          return;
        long const b = slot / block;
        int const lane = slot % block;
        ElementTables const& element = elements(element_of_block(b));
        for (int column = 0; column < n_functions; ++column) {
          double value = 0;
          if (column >= element.first_function && column < element.last_function) {
            FunctionEntry const f = functions(column);
            if (f.v < 0)
              value = values(b, f.u, lane);
            else
              for (int m = 0; m < f.count; ++m)
                value += values(b, f.u + m, lane) * values(b, f.v + m, lane);
            value *= f.factor;
          }
          b_values(center, column) = value;
        }
      });
}

template <class Space>
Matrix<Space> compute_b_values(Space const& space, DeviceBasis<Space> const& basis,
                               NeighborsView<Space> const& pairs) {
  auto const bare = Kokkos::WithoutInitializing;
  CenterBlocks<Space> blocks;
  blocks.assign(space, pairs, basis.n_elements());
  LaneTable<Space> const values(Kokkos::view_alloc(space, bare, "kolace::evaluate::values"),
                                blocks.n_blocks, basis.graph.max_rows, CenterBlocks<Space>::block);
  Matrix<Space> const b_values(Kokkos::view_alloc(space, bare, "kolace::evaluate::b_values"),
                               pairs.n_centers, basis.n_functions);
  compute_atomic_basis(space, basis, pairs, blocks, values, AtomicDerivatives::none, {});
  compute_products(space, basis, blocks, values);
  collect_b_values(space, basis, blocks, values, b_values);
  return b_values;
}

#define KOLACE_INSTANTIATE(Space)                                                                  \
  template bool compute_atomic_basis(                                                              \
      Space const&, DeviceBasis<Space> const&, NeighborsView<Space> const&,                        \
      CenterBlocks<Space> const&, LaneTable<Space> const&, AtomicDerivatives,                      \
      LaneTable<Space> const&, bool, detail::PairStore<Space, double> const&);                     \
  template bool compute_atomic_basis(                                                              \
      Space const&, DeviceBasis<Space, float> const&, NeighborsView<Space> const&,                 \
      CenterBlocks<Space, float> const&, LaneTable<Space, float> const&, AtomicDerivatives,        \
      LaneTable<Space, float> const&, bool, detail::PairStore<Space, float> const&);               \
  template void compute_products(Space const&, DeviceBasis<Space> const&,                          \
                                 CenterBlocks<Space> const&, LaneTable<Space> const&);             \
  template void collect_b_values(Space const&, DeviceBasis<Space> const&,                          \
                                 CenterBlocks<Space> const&, LaneTable<Space> const&,              \
                                 Matrix<Space> const&);                                            \
  template Matrix<Space> compute_b_values(Space const&, DeviceBasis<Space> const&,                 \
                                          NeighborsView<Space> const&);
KOLACE_FOR_EACH_EXECUTION_SPACE(KOLACE_INSTANTIATE)
#undef KOLACE_INSTANTIATE

} // namespace kolace
