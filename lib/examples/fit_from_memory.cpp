// SPDX-License-Identifier: BSD-3-Clause
// A fit without files: this program provides structures and labels (here from a Morse potential)
// and receives the potential.
//
//   fit_from_memory
//
// Fits 40 distorted crystals of copper and prints the errors on 20 others.
#include <kolace/fit.hpp>

#include <cmath>
#include <cstdio>
#include <random>
#include <vector>

namespace {

using Space = Kokkos::DefaultExecutionSpace;

/// Reference of this example: a Morse potential of copper with a smooth cutoff.
struct Morse {
  static constexpr double depth = 0.3429, width = 1.3588, length = 2.866, cutoff = 5; // eV, 1/A, A

  static double energy(double r) {
    double const x = r / cutoff, taper = x < 1 ? std::pow(1 - x * x, 3) : 0;
    double const s = 1 - std::exp(-width * (r - length));
    return taper * depth * (s * s - 1);
  }
  static double slope(double r) { return (energy(r + 1e-5) - energy(r - 1e-5)) / 2e-5; }
};

/// Sets energy and forces of a structure, using this library's neighbor lists.
void label(kolace::Structure& s) {
  Space const space;
  auto const batch =
      kolace::StructureBatch<Space>::create(space, {&s, 1}, kolace::ElementSet({"Cu"}));
  auto const list = kolace::build_neighbor_list(space, batch, Morse::cutoff);
  auto const host = Kokkos::HostSpace();
  auto const offsets = Kokkos::create_mirror_view_and_copy(host, list.row_offsets);
  auto const r = Kokkos::create_mirror_view_and_copy(host, list.displacements);
  s.energy = 0;
  s.forces.assign(s.n_atoms(), {0, 0, 0});
  for (std::size_t i = 0; i < s.n_atoms(); ++i)
    for (std::size_t p = offsets(i); p < offsets(i + 1); ++p) {
      double const d = std::sqrt(r(p, 0) * r(p, 0) + r(p, 1) * r(p, 1) + r(p, 2) * r(p, 2));
      *s.energy += Morse::energy(d) / 2;
      for (int x = 0; x < 3; ++x)
        s.forces[i][x] += Morse::slope(d) * r(p, x) / d;
    }
}

/// Cells of 32 atoms with lattice constants changed by up to 5 %, and rattled.
std::vector<kolace::Structure> crystals(int n, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> strain(0.95, 1.05);
  std::normal_distribution<double> rattle(0, 0.08);
  double const sites[4][3] = {{0, 0, 0}, {0, .5, .5}, {.5, 0, .5}, {.5, .5, 0}};
  std::vector<kolace::Structure> structures;
  for (int k = 0; k < n; ++k) {
    double const a = 3.62 * strain(random);
    kolace::Structure s;
    s.cell = {{{{2 * a, 0, 0}, {0, 2 * a, 0}, {0, 0, 2 * a}}}, {true, true, true}};
    for (int c = 0; c < 8; ++c)
      for (auto const& site : sites) {
        s.numbers.push_back(29);
        s.positions.push_back({a * (c % 2 + site[0]) + rattle(random),
                               a * (c / 2 % 2 + site[1]) + rattle(random),
                               a * (c / 4 + site[2]) + rattle(random)});
      }
    label(s);
    structures.push_back(std::move(s));
  }
  return structures;
}

} // namespace

int main(int argc, char** argv) {
  Kokkos::ScopeGuard const kokkos(argc, argv);
  auto const train = kolace::Dataset::of_structures(crystals(40, 1), "crystals");
  auto const test = kolace::Dataset::of_structures(crystals(20, 2), "further crystals");
  // The contents of an input.yaml without files; basis, solver and weights are chosen by the data.
  kolace::Fit const fit = kolace::fit(R"(
cutoff: 5.0
potential: {elements: [Cu]}
data: {reference_energy: 0}
)",
                                      {.train = &train, .test = &test});
  std::printf("%s", fit.text().c_str());
  for (std::string const& warning : fit.warnings())
    std::printf("warning: %s\n", warning.c_str());

  // The potential can be used at once, here for a crystal that is not in the data.
  Space const space;
  kolace::Evaluator<Space> evaluator(space, fit.potential());
  kolace::Structure const crystal = crystals(1, 3).front();
  double const energy = kolace::predict(space, evaluator, {&crystal, 1}).front().energy;
  double const error = std::abs(energy - *crystal.energy) / crystal.n_atoms();
  std::printf("another crystal: %.4f eV, by the Morse potential %.4f eV\n", energy,
              *crystal.energy);
  return fit.test()->force_rmse < 0.02 && error < 1e-3 ? 0 : 1;
}
