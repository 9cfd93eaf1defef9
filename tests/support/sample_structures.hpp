// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/structure/structure.hpp>

#include <random>
#include <string>
#include <vector>

namespace kolace::test {

/// Path of a file in tests/data/reference.
std::string reference_file(std::string const& name);

/// A named structure for tests with cells of many shapes.
struct Sample {
  std::string name;
  Structure structure;
};

/// Cells of many shapes: tiny, triclinic, left-handed, flat, needle-like, mixed periodicity, atoms
/// outside the cell, open clusters, one atom. Elements cycle through `numbers`.
std::vector<Sample> sample_structures(std::vector<int> const& numbers);

/// Carbon diamond, a = 3.57 A, cells^3 cubic cells of 8 atoms, with each coordinate displaced by up
/// to `rattle` (Angstrom).
Structure diamond(int cells, double rattle);

/// An open cluster of n atoms at least 1.2 A apart.
Structure cluster(int n, std::vector<int> const& numbers, unsigned seed);

} // namespace kolace::test
