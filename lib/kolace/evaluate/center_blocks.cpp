#include <kolace/evaluate/center_blocks.hpp>

#include <kolace/core/spaces.hpp>

#include <stdexcept>
#include <vector>

namespace kolace {

template <class Space>
CenterBlocks<Space> CenterBlocks<Space>::create(Space const& space, Array<int const, Space> species,
                                                int n_elements, int n_centers) {
  using Policy = Kokkos::RangePolicy<Space>;
  auto const bare = Kokkos::WithoutInitializing;
  CenterBlocks result;
  result.lane_of_center = Array<int, Space>(
      Kokkos::view_alloc(space, bare, "kolace::evaluate::lane_of_center"), n_centers);
  auto const lane_of_center = result.lane_of_center;
  std::vector<int> first_block{0};
  int placed = 0;
  for (int e = 0; e < n_elements; ++e) {
    int const first_lane = first_block.back() * block;
    int members = 0;
    Kokkos::parallel_scan(
        "kolace::evaluate::number_lanes", Policy(space, 0, n_centers),
        KOKKOS_LAMBDA(int i, int& sum, bool last) {
          bool const mine = species(i) == e;
          if (last && mine)
            lane_of_center(i) = first_lane + sum;
          sum += mine;
        },
        members);
    space.fence("kolace::evaluate: the number of centers of an element places the next ones");
    placed += members;
    first_block.push_back(first_block.back() + (members + block - 1) / block);
  }
  if (placed != n_centers)
    throw std::invalid_argument("CenterBlocks: a center's species is not one of the basis");
  result.n_blocks = first_block.back();
  result.center_of_lane = Array<int, Space>(
      Kokkos::view_alloc(space, bare, "kolace::evaluate::center_of_lane"), result.n_blocks * block);
  result.element = Array<int, Space>(
      Kokkos::view_alloc(space, bare, "kolace::evaluate::block_element"), result.n_blocks);
  auto const center_of_lane = result.center_of_lane;
  auto const element = result.element;
  Kokkos::deep_copy(space, center_of_lane, -1);
  Kokkos::parallel_for(
      "kolace::evaluate::fill_lanes", Policy(space, 0, n_centers),
      KOKKOS_LAMBDA(int i) { center_of_lane(lane_of_center(i)) = i; });
  for (int e = 0; e < n_elements; ++e)
    if (first_block[e] < first_block[e + 1])
      Kokkos::deep_copy(
          space, Kokkos::subview(element, Kokkos::pair(first_block[e], first_block[e + 1])), e);
  return result;
}

template <class Space> CenterBlocks<Space> CenterBlocks<Space>::part(int first, int count) const {
  CenterBlocks result;
  result.n_blocks = count;
  result.center_of_lane =
      Kokkos::subview(center_of_lane, Kokkos::pair(first * block, (first + count) * block));
  result.element = Kokkos::subview(element, Kokkos::pair(first, first + count));
  return result;
}

#define KOLACE_INSTANTIATE(Space) template struct CenterBlocks<Space>;
KOLACE_FOR_EACH_EXECUTION_SPACE(KOLACE_INSTANTIATE)
#undef KOLACE_INSTANTIATE

} // namespace kolace
