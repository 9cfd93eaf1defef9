// SPDX-License-Identifier: BSD-3-Clause
#include "support/sample_structures.hpp"

#include <kolace/structure/prototypes.hpp>

#include <cmath>

namespace kolace::test {

std::string reference_file(std::string const& name) {
  return std::string(KOLACE_TEST_DATA) + "/reference/" + name;
}

namespace {

/// Random atoms at least `apart` (Angstrom) from all other atoms and images.
Structure fill(Mat3 const& cell, std::array<bool, 3> periodic, int n,
               std::vector<int> const& numbers, unsigned seed, double apart) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> unit(0, 1);
  Structure s;
  s.cell = {cell, periodic};
  for (int attempt = 0; static_cast<int>(s.positions.size()) < n && attempt < 100000; ++attempt) {
    s.positions.push_back(multiply({unit(random), unit(random), unit(random)}, cell));
    s.numbers.push_back(numbers[s.numbers.size() % numbers.size()]);
    if (coincident_atoms(s, apart)) {
      s.positions.pop_back();
      s.numbers.pop_back();
    }
  }
  return s;
}

} // namespace

std::vector<Sample> sample_structures(std::vector<int> const& numbers) {
  auto const cube = [](double a) { return Mat3{Vec3{a, 0, 0}, Vec3{0, a, 0}, Vec3{0, 0, a}}; };
  std::array<bool, 3> const all{true, true, true}, open{false, false, false};
  std::vector<Sample> samples;
  auto const add = [&](char const* name, Structure structure) {
    samples.push_back({name, std::move(structure)});
  };
  add("one_atom_tiny_cell",
      fill({Vec3{0, 1.2, 1.2}, Vec3{1.2, 0, 1.2}, Vec3{1.2, 1.2, 0}}, all, 1, numbers, 1, 1.));
  add("cubic", fill(cube(6), all, 12, numbers, 2, 1.2));
  add("large_cubic", fill(cube(17), all, 120, numbers, 3, 1.2));
  add("triclinic", fill({Vec3{4, 0.3, -0.2}, Vec3{2.9, 4.1, 0.4}, Vec3{-1.7, 2.2, 4.5}}, all, 6,
                        numbers, 4, 1.2));
  add("very_skewed",
      fill({Vec3{3, 0, 0}, Vec3{8.5, 3, 0}, Vec3{-7.3, 9.1, 3}}, all, 3, numbers, 5, 1.));
  add("left_handed",
      fill({Vec3{0, 4, 0}, Vec3{4.2, 0, 0.3}, Vec3{0.1, 0.2, 4.4}}, all, 6, numbers, 6, 1.2));
  add("flat", fill({Vec3{9, 0, 0}, Vec3{0, 9, 0}, Vec3{0.3, 0.1, 1.6}}, all, 9, numbers, 7, 1.1));
  add("needle",
      fill({Vec3{1.5, 0, 0}, Vec3{0, 1.6, 0}, Vec3{0, 0.4, 30}}, all, 14, numbers, 8, 1.));
  add("slab",
      fill({Vec3{5, 0, 0}, Vec3{1, 5, 0}, Vec3{0, 0, 7}}, {true, true, false}, 9, numbers, 9, 1.2));
  add("wire", fill({Vec3{0.4, 3.1, 0.2}, Vec3{7, 0, 0}, Vec3{0, 0, 7}}, {true, false, false}, 8,
                   numbers, 10, 1.2));
  add("middle_open", fill(cube(5), {true, false, true}, 7, numbers, 11, 1.2));
  Structure degenerate = fill(cube(5), {true, true, false}, 6, numbers, 12, 1.2);
  degenerate.cell.vectors[2] = {0, 0, 0}; // no vector in a non-periodic direction
  add("slab_without_third_vector", degenerate);
  Structure outside = fill(cube(6), all, 10, numbers, 13, 1.2);
  for (std::size_t i = 0; i < outside.positions.size(); ++i)
    for (int d = 0; d < 3; ++d)
      outside.positions[i][d] += 6. * (static_cast<int>(i * (d + 1)) % 7 - 3);
  add("atoms_outside", outside);
  add("cluster", fill(cube(7), open, 25, numbers, 14, 1.2));
  Structure far = fill(cube(3), open, 2, numbers, 15, 1.2);
  far.positions[1][0] += 1e6;
  add("far_apart", far);
  Structure alone;
  alone.numbers = {numbers[0]};
  alone.positions = {Vec3{1, 2, 3}};
  add("one_atom_alone", alone);
  return samples;
}

Structure diamond(int cells, double rattle) {
  return kolace::diamond(6, 3.57, cells, rattle);
}

Structure cluster(int n, std::vector<int> const& numbers, unsigned seed) {
  double const a = 1.8 * std::cbrt(n) + 1;
  return fill({Vec3{a, 0, 0}, Vec3{0, a, 0}, Vec3{0, 0, a}}, {false, false, false}, n, numbers,
              seed, 1.2);
}

} // namespace kolace::test
