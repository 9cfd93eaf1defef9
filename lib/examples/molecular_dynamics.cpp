// SPDX-License-Identifier: BSD-3-Clause
// A molecular dynamics program with its own neighbor lists: ghost atoms instead of periodic images,
// and lists with a skin that are kept for several steps. It needs only kolace/evaluate.hpp and the
// file of the potential. The lists are used in place, without a copy.
//
//   molecular_dynamics POTENTIAL [temperature, K] [steps]
//
// Runs diamond at constant energy and prints the energy drift; the potential must contain carbon.
#include <kolace/io.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <stdexcept>
#include <vector>

namespace {

using Space = Kokkos::DefaultHostExecutionSpace; // this program's data are in host memory
using Vectors = std::vector<kolace::Vec3>;

constexpr double boltzmann = 8.617333262e-5; // eV/K
constexpr double mass_unit = 103.6426965268; // amu in eV fs^2/A^2
constexpr double step = 0.5;                 // fs

/// Atoms in a cubic box, their ghosts, and full neighbor lists with a skin.
class System {
public:
  System(double edge, Vectors atoms, double reach) : edge_(edge), reach_(reach) {
    n_ = static_cast<int>(atoms.size());
    positions = std::move(atoms);
    rebuild();
  }

  int n() const { return n_; }
  int n_all() const { return static_cast<int>(positions.size()); }

  /// Moves ghosts with their atoms; rebuilds the lists when an atom has moved by more than half the
  /// skin.
  void update(double skin) {
    double largest = 0;
    for (int i = 0; i < n_; ++i) {
      double square = 0;
      for (int x = 0; x < 3; ++x)
        square += std::pow(positions[i][x] - built_[i][x], 2);
      largest = std::max(largest, square);
    }
    if (largest > skin * skin / 4)
      return rebuild();
    for (int g = n_; g < n_all(); ++g)
      for (int x = 0; x < 3; ++x)
        positions[g][x] = positions[owner[g]][x] + shift_[g - n_][x];
  }

  Vectors positions;               ///< atoms, then ghosts
  std::vector<int> owner;          ///< atom of which each is an image
  std::vector<std::size_t> offset; ///< first neighbor of each atom [n + 1]
  std::vector<int> neighbors;
  int n_rebuilt = 0;

private:
  void rebuild() {
    positions.resize(n_);
    built_ = positions;
    owner.resize(n_);
    for (int i = 0; i < n_; ++i)
      owner[i] = i;
    shift_.clear();
    int const images = static_cast<int>(std::ceil(reach_ / edge_));
    for (int a = -images; a <= images; ++a)
      for (int b = -images; b <= images; ++b)
        for (int c = -images; c <= images; ++c)
          for (int i = 0; i < n_ && (a != 0 || b != 0 || c != 0); ++i) {
            kolace::Vec3 const shift{a * edge_, b * edge_, c * edge_};
            kolace::Vec3 at = positions[i];
            bool near = true;
            for (int x = 0; x < 3; ++x) {
              at[x] += shift[x];
              near = near && at[x] > -reach_ - 1 && at[x] < edge_ + reach_ + 1;
            }
            if (!near)
              continue;
            positions.push_back(at);
            owner.push_back(i);
            shift_.push_back(shift);
          }
    offset.assign(1, 0);
    neighbors.clear();
    for (int i = 0; i < n_; ++i) {
      for (int j = 0; j < n_all(); ++j) {
        double square = 0;
        for (int x = 0; x < 3; ++x)
          square += std::pow(positions[j][x] - positions[i][x], 2);
        if (j != i && square < reach_ * reach_)
          neighbors.push_back(j);
      }
      offset.push_back(neighbors.size());
    }
    ++n_rebuilt;
  }

  int n_;
  double edge_, reach_;
  Vectors built_, shift_;
};

/// Energy of the system (eV) and forces on its atoms (eV/A).
class Potential {
public:
  Potential(kolace::AcePotential const& potential) : evaluator_(space_, potential) {
    species_of_carbon_ = potential.basis->elements().species(6);
    if (species_of_carbon_ < 0)
      throw std::runtime_error("the potential does not contain carbon");
  }

  double operator()(System const& system, Vectors& forces) {
    std::size_t const n = system.n(), n_all = system.n_all();
    species_.assign(n_all, species_of_carbon_);
    energies_.resize(n);
    with_ghosts_.resize(n_all);
    // Views of existing memory; nothing is copied.
    kolace::NeighborsView<Space> lists;
    lists.n_centers = system.n();
    lists.n_atoms = system.n_all();
    lists.species = kolace::Array<int const, Space>(species_.data(), n_all);
    lists.positions = kolace::VectorsView<Space>(system.positions.data()->data(),
                                                 Kokkos::LayoutStride(n_all, 3, 3, 1));
    lists.row_offsets = kolace::Array<std::size_t const, Space>(system.offset.data(), n + 1);
    lists.neighbors =
        kolace::Array<int const, Space>(system.neighbors.data(), system.neighbors.size());
    using Results = kolace::AtomicResults<Space>;
    Results results;
    results.energies = kolace::Array<double, Space>(energies_.data(), n);
    results.forces = Results::Vectors(with_ghosts_.data()->data(), n_all);
    evaluator_(space_, lists, results);
    space_.fence();
    forces.assign(n, {0, 0, 0});
    for (std::size_t a = 0; a < n_all; ++a) // adds the force on a ghost to its atom
      for (int x = 0; x < 3; ++x)
        forces[system.owner[a]][x] += with_ghosts_[a][x];
    double sum = 0;
    for (double const e : energies_)
      sum += e;
    return sum;
  }

private:
  Space space_;
  kolace::Evaluator<Space> evaluator_;
  int species_of_carbon_; ///< index of the element in the potential
  std::vector<int> species_;
  std::vector<double> energies_;
  Vectors with_ghosts_;
};

/// Diamond of n^3 cubic cells with lattice constant a.
Vectors diamond(double a, int n) {
  double const sites[8][3] = {{0, 0, 0},       {0, .5, .5},     {.5, 0, .5},     {.5, .5, 0},
                              {.25, .25, .25}, {.25, .75, .75}, {.75, .25, .75}, {.75, .75, .25}};
  Vectors atoms;
  for (int i = 0; i < n * n * n; ++i)
    for (auto const& s : sites)
      atoms.push_back({a * (i % n + s[0]), a * (i / n % n + s[1]), a * (i / n / n + s[2])});
  return atoms;
}

int run(int argc, char** argv) {
  double const temperature = argc > 2 ? std::atof(argv[2]) : 1000;
  int const n_steps = argc > 3 ? std::atoi(argv[3]) : 200;
  kolace::AcePotential const file = kolace::read_potential(argv[1]);
  double const skin = 0.3, a = 3.57, mass = 12.011 * mass_unit; // diamond
  int const cells = 2;
  System system(cells * a, diamond(a, cells), file.basis->cutoff() + skin);
  Potential potential(file);

  int const n = system.n();
  Vectors velocities(n), forces;
  std::mt19937 random(1);
  std::normal_distribution<double> normal(0, std::sqrt(2 * boltzmann * temperature / mass));
  kolace::Vec3 drift{0, 0, 0}; // the lattice takes up half of the kinetic energy
  for (auto& v : velocities)
    for (int x = 0; x < 3; ++x)
      drift[x] += (v[x] = normal(random)) / n;
  for (auto& v : velocities)
    for (int x = 0; x < 3; ++x)
      v[x] -= drift[x];
  auto const kinetic = [&] {
    double sum = 0;
    for (auto const& v : velocities)
      sum += mass / 2 * (v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
    return sum;
  };

  double const start = potential(system, forces) + kinetic();
  double largest = 0;
  std::printf("%d atoms, %d with ghosts, %.0f neighbors each; energy %.6f eV\n", n, system.n_all(),
              static_cast<double>(system.neighbors.size()) / n, start);
  for (int s = 1; s <= n_steps; ++s) {
    auto const kick = [&] {
      for (int i = 0; i < n; ++i)
        for (int x = 0; x < 3; ++x)
          velocities[i][x] += step / 2 * forces[i][x] / mass;
    };
    kick();
    for (int i = 0; i < n; ++i)
      for (int x = 0; x < 3; ++x)
        system.positions[i][x] += step * velocities[i][x];
    system.update(skin);
    double const energy = potential(system, forces);
    kick();
    double const total = energy + kinetic();
    largest = std::max(largest, std::abs(total - start) / n);
    if (s % std::max(n_steps / 10, 1) == 0)
      std::printf("%6.1f fs  %7.1f K  energy kept within %.2e eV/atom\n", s * step,
                  2 * kinetic() / (3 * n * boltzmann), largest);
  }
  std::printf("lists made %d times\n", system.n_rebuilt);
  return largest < 1e-3 && system.n_rebuilt > 1 ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: molecular_dynamics POTENTIAL [temperature, K] [steps]\n");
    return 2;
  }
  Kokkos::ScopeGuard const kokkos(argc, argv);
  try {
    return run(argc, argv);
  } catch (std::exception const& error) { // e.g. an unreadable file
    std::fprintf(stderr, "molecular_dynamics: %s\n", error.what());
    return 1;
  }
}
