#pragma once

#include <kolace/fit/training_data.hpp>

namespace kolace::detail {

/// How many combinations of three elements there are, and how many of them no structure contains.
struct TripleCoverage {
  int total = 0, missing = 0;
};

TripleCoverage triple_coverage(std::vector<StructureRecord> const& records, int n_elements);

} // namespace kolace::detail
