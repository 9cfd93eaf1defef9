// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/neighbors/host_pairs.hpp>

#include <kolace/neighbors/neighbor_list.hpp>

namespace kolace {

std::vector<std::vector<HostPair>> host_pairs(Kokkos::DefaultExecutionSpace const& space,
                                              std::span<Structure const> structures,
                                              ElementSet const& elements, double reach) {
  using Space = Kokkos::DefaultExecutionSpace;
  auto const batch = StructureBatch<Space>::create(space, structures, elements);
  auto const list = build_neighbor_list(space, batch, reach);
  auto const on_host = [](auto const& view) {
    return Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), view);
  };
  auto const offsets = on_host(list.row_offsets);
  auto const neighbors = on_host(list.neighbors);
  auto const displacements = on_host(list.displacements);
  std::vector<std::vector<HostPair>> all;
  std::size_t first = 0;
  for (Structure const& s : structures) {
    std::vector<HostPair>& pairs = all.emplace_back();
    pairs.reserve(offsets(first + s.n_atoms()) - offsets(first));
    for (std::size_t i = 0; i < s.n_atoms(); ++i)
      for (std::size_t p = offsets(first + i); p < offsets(first + i + 1); ++p)
        pairs.push_back({i,
                         static_cast<std::size_t>(neighbors(p)) - first,
                         {displacements(p, 0), displacements(p, 1), displacements(p, 2)}});
    first += s.n_atoms();
  }
  return all;
}

} // namespace kolace
