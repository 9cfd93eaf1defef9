// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/structure/prototypes.hpp>

#include <kolace/core/elements.hpp>

#include <algorithm>
#include <cmath>
#include <random>

namespace kolace {

Structure diamond(int atomic_number, double a, int cells, double rattle, unsigned seed) {
  std::mt19937 random(seed);
  auto const move = [&] { // same numbers on every platform, unlike std::uniform_real_distribution
    return rattle * (2 * (static_cast<double>(random()) / 4294967296.) - 1);
  };
  double const sites[8][3] = {{0, 0, 0},          {0, 0.5, 0.5},      {0.5, 0, 0.5},
                              {0.5, 0.5, 0},      {0.25, 0.25, 0.25}, {0.25, 0.75, 0.75},
                              {0.75, 0.25, 0.75}, {0.75, 0.75, 0.25}};
  Structure s;
  for (int d = 0; d < 3; ++d) {
    s.cell.vectors[d][d] = a * cells;
    s.cell.periodic[d] = true;
  }
  for (int i = 0; i < cells; ++i)
    for (int j = 0; j < cells; ++j)
      for (int k = 0; k < cells; ++k)
        for (auto const& site : sites) {
          double const x = move(), y = move(), z = move();
          s.positions.push_back(
              {a * (i + site[0]) + x, a * (j + site[1]) + y, a * (k + site[2]) + z});
          s.numbers.push_back(atomic_number);
        }
  return s;
}

Structure Crystal::scaled(double factor) const {
  Structure s = structure;
  for (Vec3& row : s.cell.vectors)
    for (double& x : row)
      x *= factor;
  for (Vec3& position : s.positions)
    for (double& x : position)
      x *= factor;
  return s;
}

namespace {

/// Smallest ratio of the distance of two atoms or images to the sum of their covalent radii.
/// Searches images up to two cells away, which suffices for primitive cells whose nearest images
/// are adjacent.
double closest_relative(Structure const& s) {
  double least = 1e300;
  for (std::size_t i = 0; i < s.n_atoms(); ++i)
    for (std::size_t j = 0; j < s.n_atoms(); ++j)
      for (int a = -2; a <= 2; ++a)
        for (int b = -2; b <= 2; ++b)
          for (int c = -2; c <= 2; ++c) {
            double square = 0;
            for (int d = 0; d < 3; ++d) {
              double const x = s.positions[j][d] - s.positions[i][d] + a * s.cell.vectors[0][d] +
                               b * s.cell.vectors[1][d] + c * s.cell.vectors[2][d];
              square += x * x;
            }
            if (square > 0)
              least = std::min(least, std::sqrt(square) / (covalent_radius(s.numbers[i]) +
                                                           covalent_radius(s.numbers[j])));
          }
  return least;
}

} // namespace

std::vector<Crystal> simple_crystals(int number_a, int number_b) {
  bool const one = number_a == number_b;
  double const root2 = std::sqrt(2.);
  Mat3 const cube{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
  Mat3 const fcc{{{0, 0.5, 0.5}, {0.5, 0, 0.5}, {0.5, 0.5, 0}}};
  Mat3 const bcc{{{-0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0.5, 0.5, -0.5}}};
  Mat3 const tetragonal{{{1, 0, 0}, {0, 1, 0}, {0, 0, root2}}};
  Vec3 const middle{0.5, 0.5, 0.5}, quarter{0.25, 0.25, 0.25};
  std::vector<Crystal> crystals;
  auto const add = [&](char const* name, Mat3 const& cell, std::vector<Vec3> const& sites) {
    Crystal crystal{name, {}};
    Structure& s = crystal.structure;
    s.cell.vectors = cell;
    for (int d = 0; d < 3; ++d)
      s.cell.periodic[d] = true;
    for (Vec3 const& site : sites) {
      s.numbers.push_back(s.numbers.empty() ? number_a : number_b);
      s.positions.push_back(site);
    }
    crystal.structure = crystal.scaled(1 / closest_relative(s));
    crystals.push_back(std::move(crystal));
  };
  Vec3 const origin{0, 0, 0};
  if (one) {
    add("fcc", fcc, {origin});
    add("bcc", bcc, {origin});
    add("simple cubic", cube, {origin});
    add("diamond", fcc, {origin, quarter});
  } else {
    add("L1_0", tetragonal, {origin, {0.5, 0.5, root2 / 2}});
    add("CsCl", cube, {origin, middle});
    add("rock salt", fcc, {origin, middle});
    add("zinc blende", fcc, {origin, quarter});
  }
  return crystals;
}

} // namespace kolace
