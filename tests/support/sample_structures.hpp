#pragma once

#include <kolace/structure/structure.hpp>

#include <random>
#include <string>
#include <vector>

namespace kolace::test {

/// Text of `file` below tests/data/reference.
std::string reference_file(std::string const& name);

/// A named structure for the many-shapes tests.
struct Sample {
  std::string name;
  Structure structure;
};

/// Cells of every kind: tiny, triclinic, left-handed, flat, needle, mixed periodicity, atoms
/// outside, open clusters, one atom. Elements cycle through `numbers`.
std::vector<Sample> sample_structures(std::vector<int> const& numbers);

/// Diamond of carbon, a = 3.57 A, cells^3 cubes of 8 atoms, each coordinate moved by up to
/// `rattle`.
Structure diamond(int cells, double rattle);

/// An open cluster of n atoms at least 1.2 A apart.
Structure cluster(int n, std::vector<int> const& numbers, unsigned seed);

} // namespace kolace::test
