// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/analysis/pair_distribution.hpp>

#include <kolace/core/elements.hpp>
#include <kolace/evaluate/evaluator.hpp>
#include <kolace/neighbors/neighbor_list.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>
#include <vector>

namespace kolace {
namespace {

constexpr double range = 6, width = 0.1;
constexpr int n_bins = 60;

} // namespace

NeighborShells neighbor_shells(Kokkos::DefaultExecutionSpace const& space, Dataset const& data,
                               long most_structures) {
  using Space = Kokkos::DefaultExecutionSpace;
  long const every = std::max(
      (data.for_each_structure([](Frame&) {}).frames + most_structures - 1) / most_structures, 1L);
  std::vector<Structure> structures;
  long index = 0;
  std::set<int> numbers;
  data.for_each_structure([&](Frame& frame) {
    if (index++ % every != 0)
      return;
    numbers.insert(frame.structure.numbers.begin(), frame.structure.numbers.end());
    structures.push_back(std::move(frame.structure));
  });
  std::vector<std::string> symbols;
  for (int const number : numbers)
    symbols.push_back(element_symbol(number));
  auto const batch = StructureBatch<Space>::create(space, structures, ElementSet(symbols));
  auto const list = build_neighbor_list(space, batch, range);
  auto const displacements = Kokkos::create_mirror_view(list.displacements);
  Kokkos::deep_copy(space, displacements, list.displacements);
  space.fence("kolace::analysis: pairs are counted on the host");
  NeighborShells shells;
  shells.shortest = std::numeric_limits<double>::infinity();
  std::array<double, n_bins> density{};
  for (std::size_t p = 0; p < displacements.extent(0); ++p) {
    double const r = std::hypot(displacements(p, 0), displacements(p, 1), displacements(p, 2));
    shells.shortest = std::min(shells.shortest, r);
    density[std::min(static_cast<int>(r / width), n_bins - 1)] += 1 / (r * r);
  }
  std::array<double, n_bins> smooth{};
  for (int b = 0; b < n_bins; ++b)
    for (int d = -1; d <= 1; ++d)
      if (b + d >= 0 && b + d < n_bins)
        smooth[b] += density[b + d] * (d == 0 ? 0.5 : 0.25);
  double const highest = *std::max_element(smooth.begin(), smooth.end());
  for (int b = 0; b < n_bins && !shells.first && highest > 0; ++b) {
    double const before = b > 0 ? smooth[b - 1] : 0, after = b + 1 < n_bins ? smooth[b + 1] : 0;
    if (smooth[b] >= highest / 3 && smooth[b] >= before && smooth[b] >= after)
      shells.first = (b + 0.5) * width;
  }
  return shells;
}

double suggested_cutoff(NeighborShells const& shells) {
  double const first = shells.first.value_or(3.);
  double const wanted = std::clamp(std::max(1.75 * first, first + 2.5), 4.5, 8.);
  return std::ceil(2 * wanted - 1e-9) / 2;
}

} // namespace kolace
