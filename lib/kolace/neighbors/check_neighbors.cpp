// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/core/spaces.hpp>
#include <kolace/neighbors/neighbors_view.hpp>

#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

namespace kolace {
namespace {

constexpr double same_place = 1e-6; ///< tolerance of displacements, Angstrom

bool are_opposite(NeighborRow::Vector const& a, NeighborRow::Vector const& b, double sign) {
  return std::abs(a.x + sign * b.x) < same_place && std::abs(a.y + sign * b.y) < same_place &&
         std::abs(a.z + sign * b.z) < same_place;
}

[[noreturn]] void refuse(int i, int j, char const* what) {
  throw std::invalid_argument("neighbors: atoms " + std::to_string(i) + " and " +
                              std::to_string(j) + ": " + what);
}

template <class Space> void check_on_host(NeighborsView<Space> const& pairs, double cutoff) {
  std::vector<int> center_of(pairs.n_atoms, -1);
  for (int k = 0; k < pairs.n_centers; ++k)
    center_of[pairs.atom(k)] = k;
  double const limit = cutoff - same_place; // pairs at the cutoff may be in one list only
  for (int k = 0; k < pairs.n_centers; ++k) {
    int const i = pairs.atom(k);
    if (pairs.species(i) < 0)
      continue;
    NeighborRow const row = pairs.row(k, i);
    for (int n = 0; n < row.count; ++n) {
      int const j = row[n];
      if (j < 0 || j >= pairs.n_atoms)
        refuse(i, j, "the neighbor index is out of range");
      auto const r = row.displacement(n, j);
      if (pairs.species(j) < 0 || !(r.x * r.x + r.y * r.y + r.z * r.z < limit * limit))
        continue;
      for (int m = n + 1; m < row.count; ++m)
        if (row[m] == j && are_opposite(r, row.displacement(m, j), -1))
          refuse(i, j, "duplicate pair in the list of the first");
      if (center_of[j] < 0)
        continue;
      NeighborRow const other = pairs.row(center_of[j], j);
      bool found = false;
      for (int m = 0; m < other.count && !found; ++m)
        found = other[m] == i && are_opposite(r, other.displacement(m, i), 1);
      if (!found)
        refuse(i, j,
               "the second is a neighbor of the first, but not vice versa (expected full lists, "
               "not half lists)");
    }
  }
}

} // namespace

template <class Space>
void check_neighbors(Space const& space, NeighborsView<Space> const& pairs, double cutoff) {
  if constexpr (is_host_space<Space>) {
    space.fence("kolace::neighbors: lists are looked through on the host");
    check_on_host(pairs, cutoff);
  }
}

#define KOLACE_INSTANTIATE(Space)                                                                  \
  template void check_neighbors(Space const&, NeighborsView<Space> const&, double);
KOLACE_FOR_EACH_EXECUTION_SPACE(KOLACE_INSTANTIATE)
#undef KOLACE_INSTANTIATE

} // namespace kolace
