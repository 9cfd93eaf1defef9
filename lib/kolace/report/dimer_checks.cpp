// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/analysis/dimer.hpp>
#include <kolace/core/elements.hpp>
#include <kolace/report/report.hpp>

namespace kolace {

std::vector<DimerCheck> check_dimers(FitResult const& result) {
  auto const& symbols = result.potential.basis->elements().symbols();
  std::vector<DimerCheck> checks;
  // If two atoms of a frame nearly coincide, the scan starts at a usual distance instead.
  constexpr double too_close = 0.4, usual = 0.7; // in units of the sum of covalent radii
  std::vector<double> from = result.shortest_distances;
  std::vector<int> numbers;
  for (std::string const& symbol : symbols)
    numbers.push_back(*atomic_number(symbol));
  for (std::size_t a = 0; a < numbers.size(); ++a)
    for (std::size_t b = 0; b < numbers.size(); ++b) {
      double const radii = covalent_radius(numbers[a]) + covalent_radius(numbers[b]);
      if (double& start = from[a * numbers.size() + b]; start < too_close * radii)
        start = usual * radii;
    }
  for (DimerApproach const& approach : approach_dimers({}, result.potential, from))
    checks.push_back({symbols[approach.species_a], symbols[approach.species_b], approach.start,
                      approach.rises_down_to, approach.fall, approach.lowest_at});
  return checks;
}

} // namespace kolace
