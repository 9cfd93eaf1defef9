#pragma once

#include <kolace/dataset/training_data.hpp>

#include <set>
#include <vector>

namespace kolace::detail {

/// How many combinations of three elements there are, and how many of them no structure contains.
struct TripleCoverage {
  int total = 0, missing = 0;
};

/// @param elements any numbers of theirs, ascending
/// @param systems the sets of elements that structures consist of
TripleCoverage triple_coverage(std::vector<int> const& elements,
                               std::set<std::set<int>> const& systems);
TripleCoverage triple_coverage(std::vector<StructureRecord> const& records, int n_elements);

} // namespace kolace::detail
