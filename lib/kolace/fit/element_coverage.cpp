#include <kolace/fit/detail/element_coverage.hpp>

#include <algorithm>
#include <set>

namespace kolace::detail {

TripleCoverage triple_coverage(std::vector<StructureRecord> const& records, int n_elements) {
  std::set<unsigned> systems; // bit e: contains element e
  for (StructureRecord const& record : records) {
    unsigned set = 0;
    for (int e = 0; e < n_elements; ++e)
      set |= static_cast<unsigned>(record.composition[e] > 0) << e;
    systems.insert(set);
  }
  TripleCoverage coverage;
  for (int a = 0; a < n_elements; ++a)
    for (int b = a + 1; b < n_elements; ++b)
      for (int c = b + 1; c < n_elements; ++c) {
        unsigned const triple = 1u << a | 1u << b | 1u << c;
        ++coverage.total;
        coverage.missing += std::none_of(systems.begin(), systems.end(),
                                         [&](unsigned set) { return (set & triple) == triple; });
      }
  return coverage;
}

} // namespace kolace::detail
