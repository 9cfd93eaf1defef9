// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/fit/detail/compressed.hpp>

#include <kolace/core/elements.hpp>

#include <algorithm>
#include <cmath>

namespace kolace::detail {
namespace {

constexpr double shortest_relative = 0.4; ///< fraction of the sum of the covalent radii
constexpr double shallow = 0.5;           ///< minima near the first volume, eV/atom
/// Minima of the most stable crystal, whose equilibrium the data should contain, eV/atom.
constexpr double shallow_of_stable = 0.1;
/// Nearest neighbors in a crystal of the data's density are at most this factor beyond the shortest
/// distance in the data; the volume of molecules in boxes says more.
constexpr double widest = 1.35;
/// With more elements, pairs of elements that occur in no data are not looked at (the repulsion
/// alone acts on them), and the others in one crystal only.
constexpr int many_elements = 12;

/// Number of volumes of a crystal in a scan.
int points_of(ElementSet const& elements) {
  return elements.size() > 8 ? 11 : elements.size() > 4 ? 16 : 33;
}

double volume_per_atom(Structure const& s) {
  return volume(s.cell) / static_cast<double>(s.n_atoms());
}

} // namespace

double sum_of_radii(ElementSet const& elements, int a, int b) {
  return covalent_radius(*atomic_number(elements.symbols()[a])) +
         covalent_radius(*atomic_number(elements.symbols()[b]));
}

Compressed along(ElementSet const& elements, ScanPath const& path) {
  bool const pushed = path.kind == ScanPath::Kind::pushed;
  Compressed c{pushed ? Compressed::Kind::pushed : Compressed::Kind::dynamics,
               {pushed ? pushed_pair : "dynamics", {}},
               path.a,
               path.b,
               {},
               2,
               &path,
               path.may_fall / 2};
  for (double const distance : path.distances)
    c.relative.push_back(distance / sum_of_radii(elements, path.a, path.b));
  return c;
}

std::vector<Compressed> compressed_crystals(ElementSet const& elements, DataLimits const& limits) {
  int const points = points_of(elements);
  std::vector<Compressed> all;
  int const n = elements.size();
  auto const add = [&](Crystal crystal, int a, int b, double start) {
    if (start <= 1.02 * shortest_relative)
      return;
    auto const kind = crystal.name == "dimer" ? Compressed::Kind::dimer : Compressed::Kind::crystal;
    auto const n_atoms = static_cast<double>(crystal.structure.n_atoms());
    Compressed c{kind, std::move(crystal), a, b, {}, n_atoms};
    for (int k = 0; k < points; ++k)
      c.relative.push_back(start * std::pow(shortest_relative / start, k / (points - 1.)));
    all.push_back(std::move(c));
  };
  for (int a = 0; a < n; ++a)
    for (int b = a; b < n; ++b) {
      int const numbers[] = {*atomic_number(elements.symbols()[a]),
                             *atomic_number(elements.symbols()[b])};
      double const radii = covalent_radius(numbers[0]) + covalent_radius(numbers[1]);
      Crystal dimer{"dimer", {}};
      dimer.structure.numbers = {numbers[0], numbers[1]};
      dimer.structure.positions = {Vec3{0, 0, 0}, Vec3{radii, 0, 0}};
      double const shortest = std::min(limits.shortest[a * n + b], limits.shortest[b * n + a]);
      if (n > many_elements && a != b && !std::isfinite(shortest))
        continue;
      add(std::move(dimer), a, b, std::isfinite(shortest) ? shortest / radii : 1);
      double const v = limits.volumes[a * n + b];
      // With many elements, most pairs occur in no data and only the repulsion acts on them: one
      // crystal suffices.
      bool const one_will_do = a != b && (n > many_elements || (n > 4 && !std::isfinite(shortest)));
      for (Crystal& crystal : simple_crystals(numbers[0], numbers[1])) {
        if (one_will_do && crystal.name != "CsCl")
          continue;
        // Crystals have shortest distances of one, in units of the sum of the covalent radii.
        double const most = std::max(1., std::isfinite(shortest) ? widest * shortest / radii : 1.);
        double const start =
            v > 0 ? std::min(most, std::cbrt(v / volume_per_atom(crystal.structure))) : 1;
        add(std::move(crystal), a, b, start);
      }
    }
  for (ScanPath const& path : limits.close_pairs)
    all.push_back(along(elements, path));
  return all;
}

std::vector<Structure> structures_of(std::vector<Compressed> const& crystals) {
  std::vector<Structure> structures;
  for (Compressed const& c : crystals)
    for (std::size_t k = 0; k < c.relative.size(); ++k)
      structures.push_back(c.at(k));
  return structures;
}

std::vector<double> allowed_depths(std::vector<Compressed> const& crystals,
                                   std::vector<double> const& start) {
  std::vector<double> depths;
  for (std::size_t c = 0; c < crystals.size(); ++c) {
    Compressed const& mine = crystals[c];
    double lowest = start[c];
    for (std::size_t other = 0; other < crystals.size(); ++other)
      if (crystals[other].a == mine.a && crystals[other].b == mine.b &&
          crystals[other].kind == Compressed::Kind::crystal)
        lowest = std::min(lowest, start[other]);
    switch (mine.kind) {
    case Compressed::Kind::crystal:
      depths.push_back(std::min(shallow, shallow_of_stable + start[c] - lowest));
      break;
    case Compressed::Kind::dimer:
      depths.push_back(shallow);
      break;
    default:
      depths.push_back(mine.may_fall);
    }
  }
  return depths;
}

} // namespace kolace::detail
