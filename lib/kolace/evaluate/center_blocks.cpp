// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/evaluate/center_blocks.hpp>

#include <kolace/core/contracts.hpp>
#include <kolace/core/grow.hpp>
#include <kolace/core/spaces.hpp>

namespace kolace {
namespace {

template <int block> KOKKOS_INLINE_FUNCTION int blocks_for(int n_centers) {
  return (n_centers + block - 1) / block;
}

} // namespace

template <class Space, class Scalar>
void CenterBlocks<Space, Scalar>::assign(Space const& space, NeighborsView<Space> const& pairs,
                                         int n_elements) {
  using Policy = Kokkos::RangePolicy<Space>;
  KOLACE_EXPECT(n_elements >= 1, n_elements);
  int const n_centers = pairs.n_centers;
  n_blocks = n_centers > 0 ? (n_centers + n_elements * (block - 1)) / block : 0;
  grow(space, lane_of_center, "kolace::evaluate::lane_of_center", n_centers);
  grow(space, center_of_lane, "kolace::evaluate::center_of_lane", n_blocks * std::size_t(block));
  grow(space, element, "kolace::evaluate::block_element", n_blocks);
  grow(space, counts_, "kolace::evaluate::element_counts", n_elements);
  auto const rank = lane_of_center, lanes = center_of_lane, elements = element, counts = counts_;
  for (int e = 0; e < n_elements; ++e)
    Kokkos::parallel_scan(
        "kolace::evaluate::number_lanes", Policy(space, 0, n_centers),
        KOKKOS_LAMBDA(int k, int& before, bool last) {
          bool const mine = pairs.species(pairs.atom(k)) == e;
          if (last && mine)
            rank(k) = before;
          before += mine;
          if (last && k == n_centers - 1)
            counts(e) = before;
        });
  Kokkos::parallel_for(
      "kolace::evaluate::clear_lanes", Policy(space, 0, n_blocks), KOKKOS_LAMBDA(int b) {
        int e = 0, end = blocks_for<block>(counts(0));
        while (end <= b && e + 1 < n_elements)
          end += blocks_for<block>(counts(++e));
        elements(b) = e;
        for (int lane = 0; lane < block; ++lane)
          lanes(b * block + lane) = -1;
      });
  Kokkos::parallel_for(
      "kolace::evaluate::fill_lanes", Policy(space, 0, n_centers), KOKKOS_LAMBDA(int k) {
        int const e = pairs.species(pairs.atom(k));
        if (e < 0 || e >= n_elements)
          return;
        int first_block = 0;
        for (int before = 0; before < e; ++before)
          first_block += blocks_for<block>(counts(before));
        int const lane = first_block * block + rank(k);
        rank(k) = lane;
        lanes(lane) = k;
      });
}

template <class Space, class Scalar>
CenterBlocks<Space, Scalar> CenterBlocks<Space, Scalar>::part(int first, int count) const {
  KOLACE_EXPECT(first >= 0 && count >= 0 && first + count <= n_blocks, first, count, n_blocks);
  CenterBlocks result;
  result.n_blocks = count;
  result.center_of_lane =
      Kokkos::subview(center_of_lane, Kokkos::pair(first * block, (first + count) * block));
  result.element = Kokkos::subview(element, Kokkos::pair(first, first + count));
  return result;
}

#define KOLACE_INSTANTIATE(Space)                                                                  \
  template struct CenterBlocks<Space, double>;                                                     \
  template struct CenterBlocks<Space, float>;
KOLACE_FOR_EACH_EXECUTION_SPACE(KOLACE_INSTANTIATE)
#undef KOLACE_INSTANTIATE

} // namespace kolace
