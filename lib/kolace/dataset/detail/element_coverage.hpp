// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/dataset/training_data.hpp>

#include <set>
#include <vector>

namespace kolace::detail {

/// Number of combinations of three elements, and how many of them no structure contains.
struct TripleCoverage {
  int total = 0, missing = 0;
};

/// @param elements element indices, ascending
/// @param systems element sets of the structures
TripleCoverage triple_coverage(std::vector<int> const& elements,
                               std::set<std::set<int>> const& systems);
TripleCoverage triple_coverage(std::vector<StructureRecord> const& records, int n_elements);

} // namespace kolace::detail
