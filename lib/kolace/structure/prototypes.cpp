// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/structure/prototypes.hpp>

#include <kolace/core/elements.hpp>

#include <algorithm>
#include <cmath>
#include <random>
#include <span>
#include <string_view>

namespace kolace {

namespace {

using Site = std::array<double, 3>;
constexpr Site diamond_sites[] = {{0, 0, 0},          {0, 0.5, 0.5},      {0.5, 0, 0.5},
                                  {0.5, 0.5, 0},      {0.25, 0.25, 0.25}, {0.25, 0.75, 0.75},
                                  {0.75, 0.25, 0.75}, {0.75, 0.75, 0.25}};
constexpr Site fcc_sites[] = {{0, 0, 0}, {0, 0.5, 0.5}, {0.5, 0, 0.5}, {0.5, 0.5, 0}};
constexpr Site bcc_sites[] = {{0, 0, 0}, {0.5, 0.5, 0.5}};

/// Cells^3 cubic cells with lattice constant a.
Structure cubic(int atomic_number, std::span<Site const> sites, double a, int cells, double rattle,
                unsigned seed) {
  std::mt19937 random(seed);
  auto const move = [&] { // same numbers on every platform, unlike std::uniform_real_distribution
    return rattle * (2 * (static_cast<double>(random()) / 4294967296.) - 1);
  };
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

/// Lattice constants at room temperature (rare gases: at low temperatures), Angstrom.
struct Ground {
  std::string_view symbol;
  double a;
};
constexpr Ground diamonds[] = {{"C", 3.567}, {"Si", 5.431}, {"Ge", 5.658}, {"Sn", 6.489}};
constexpr Ground bccs[] = {{"Li", 3.51},  {"Na", 4.29}, {"K", 5.33},   {"Rb", 5.59},  {"Cs", 6.14},
                           {"Ba", 5.03},  {"V", 3.03},  {"Nb", 3.301}, {"Ta", 3.303}, {"Cr", 2.885},
                           {"Mo", 3.147}, {"W", 3.165}, {"Fe", 2.867}, {"Eu", 4.58}};
constexpr Ground fccs[] = {{"Al", 4.050}, {"Ni", 3.524}, {"Cu", 3.615}, {"Rh", 3.803},
                           {"Pd", 3.891}, {"Ag", 4.086}, {"Ir", 3.839}, {"Pt", 3.924},
                           {"Au", 4.078}, {"Pb", 4.951}, {"Ca", 5.588}, {"Sr", 6.08},
                           {"Ce", 5.16},  {"Yb", 5.49},  {"Th", 5.08},  {"Ne", 4.46},
                           {"Ar", 5.31},  {"Kr", 5.71},  {"Xe", 6.20}};
/// Distance of neighbors in the close-packed plane.
constexpr Ground hcps[] = {
    {"Be", 2.286}, {"Mg", 3.209}, {"Sc", 3.309}, {"Y", 3.648},  {"Ti", 2.951},
    {"Zr", 3.232}, {"Hf", 3.195}, {"Tc", 2.735}, {"Re", 2.761}, {"Ru", 2.706},
    {"Os", 2.734}, {"Co", 2.507}, {"Zn", 2.665}, {"Cd", 2.979}, {"Tl", 3.456},
    {"La", 3.774}, {"Pr", 3.67},  {"Nd", 3.66},  {"Gd", 3.636}, {"Tb", 3.601},
    {"Dy", 3.593}, {"Ho", 3.577}, {"Er", 3.559}, {"Tm", 3.538}, {"Lu", 3.503}};

double find(std::span<Ground const> table, std::string_view symbol) {
  auto const at = std::ranges::find(table, symbol, &Ground::symbol);
  return at == table.end() ? 0 : at->a;
}

} // namespace

Structure diamond(int atomic_number, double a, int cells, double rattle, unsigned seed) {
  return cubic(atomic_number, diamond_sites, a, cells, rattle, seed);
}

Structure bulk(int atomic_number, double rattle) {
  std::string const symbol = element_symbol(atomic_number);
  if (double const a = find(bccs, symbol); a > 0)
    return cubic(atomic_number, bcc_sites, a, 6, rattle, 1);
  if (double const a = find(fccs, symbol); a > 0)
    return cubic(atomic_number, fcc_sites, a, 5, rattle, 1);
  if (double const a = find(hcps, symbol); a > 0)
    return cubic(atomic_number, fcc_sites, std::sqrt(2.) * a, 5, rattle, 1);
  double const a = find(diamonds, symbol),
               scale = covalent_radius(atomic_number) / covalent_radius(6);
  return diamond(atomic_number, a > 0 ? a : 3.567 * scale, 4, rattle);
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
