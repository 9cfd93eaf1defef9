// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/dataset/detail/element_coverage.hpp>

#include <algorithm>
#include <numeric>

namespace kolace::detail {

TripleCoverage triple_coverage(std::vector<int> const& elements,
                               std::set<std::set<int>> const& systems) {
  TripleCoverage coverage;
  std::size_t const n = elements.size();
  for (std::size_t a = 0; a < n; ++a)
    for (std::size_t b = a + 1; b < n; ++b)
      for (std::size_t c = b + 1; c < n; ++c) {
        ++coverage.total;
        coverage.missing +=
            std::none_of(systems.begin(), systems.end(), [&](std::set<int> const& system) {
              return system.contains(elements[a]) && system.contains(elements[b]) &&
                     system.contains(elements[c]);
            });
      }
  return coverage;
}

TripleCoverage triple_coverage(std::vector<StructureRecord> const& records, int n_elements) {
  std::set<std::set<int>> systems;
  for (StructureRecord const& record : records) {
    std::set<int> system;
    for (int e = 0; e < n_elements; ++e)
      if (record.composition[e] > 0)
        system.insert(e);
    systems.insert(std::move(system));
  }
  std::vector<int> elements(n_elements);
  std::iota(elements.begin(), elements.end(), 0);
  return triple_coverage(elements, systems);
}

} // namespace kolace::detail
