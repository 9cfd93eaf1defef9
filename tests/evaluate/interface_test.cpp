// SPDX-License-Identifier: BSD-3-Clause
#include "support/compare.hpp"
#include "support/execution_spaces.hpp"
#include "support/kokkos_events.hpp"
#include "support/occupied_instance.hpp"
#include "support/sample_potentials.hpp"
#include "support/sample_structures.hpp"

#include <kolace/core/errors.hpp>
#include <kolace/evaluate/evaluator.hpp>
#include <kolace/io/potential_file.hpp>
#include <kolace/structure/structure_batch.hpp>

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <type_traits>

namespace kolace {
namespace {

template <class Space> struct InterfaceTest : testing::Test {};
TYPED_TEST_SUITE(InterfaceTest, test::ExecutionSpaces);

/// A periodic structure as an MD code represents it: atoms, then one ghost for every image that is
/// a neighbor, with atoms without an element in between.
struct Ghosts {
  std::vector<int> species, owner, centers;
  std::vector<Vec3> positions;
  std::vector<std::vector<int>> rows; ///< per atom

  Ghosts(Structure const& structure, ElementSet const& elements, double reach) {
    auto const lists = oracle::brute_force_neighbors(test::to_oracle(structure, elements), reach);
    int const n = static_cast<int>(structure.n_atoms());
    for (int i = 0; i < n; ++i) {
      positions.insert(positions.end(), 2, structure.positions[i]);
      species.insert(species.end(), {-1, elements.species(structure.numbers[i])});
      owner.insert(owner.end(), {-1, i});
      centers.push_back(2 * i + 1);
    }
    rows.resize(2 * n);
    for (int i = 0; i < n; ++i) {
      rows[2 * i + 1].push_back(2 * i); // without an element: must be ignored even at distance 0
      for (auto const& neighbor : lists[i]) {
        rows[2 * i + 1].push_back(static_cast<int>(positions.size()));
        Vec3 at = structure.positions[i];
        for (int x = 0; x < 3; ++x)
          at[x] += neighbor.displacement[x];
        positions.push_back(at);
        species.push_back(species[2 * neighbor.atom + 1]);
        owner.push_back(neighbor.atom);
      }
    }
    rows.resize(positions.size());
    std::reverse(centers.begin(), centers.end());
  }
  int n_atoms() const { return static_cast<int>(positions.size()); }
};

template <class Space, class T> Array<T, Space> to_device(std::vector<T> const& host) {
  Array<T, Space> const view("test::list", host.size());
  Kokkos::deep_copy(view, Kokkos::View<T const*, Kokkos::HostSpace>(host.data(), host.size()));
  return view;
}

/// Positions as a View with a given layout.
template <class Space, class Layout> VectorsView<Space> vectors(std::vector<Vec3> const& host) {
  Kokkos::View<double* [3], Layout, typename Space::memory_space> const view("test::vectors",
                                                                             host.size());
  auto const mirror = Kokkos::create_mirror_view(view);
  for (std::size_t i = 0; i < host.size(); ++i)
    for (int x = 0; x < 3; ++x)
      mirror(i, x) = host[i][x];
  Kokkos::deep_copy(view, mirror);
  return view;
}

/// The neighbor list as a matrix with a given layout; entries have an additional bit.
template <class Space, class Layout>
typename NeighborsView<Space>::Table table(std::vector<std::vector<int>> const& rows, int bit) {
  std::size_t longest = 0;
  for (auto const& row : rows)
    longest = std::max(longest, row.size());
  Kokkos::View<int**, Layout, typename Space::memory_space> const view("test::table", rows.size(),
                                                                       longest);
  auto const mirror = Kokkos::create_mirror_view(view);
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (std::size_t k = 0; k < longest; ++k)
      mirror(i, k) = k < rows[i].size() ? rows[i][k] | bit : -7;
  Kokkos::deep_copy(view, mirror);
  return view;
}

template <class Space>
Prediction gathered(Ghosts const& ghosts, AtomicResults<Space> const& results, int n) {
  Kokkos::HostSpace const host;
  auto const energies = Kokkos::create_mirror_view_and_copy(host, results.energies);
  auto const forces = Kokkos::create_mirror_view_and_copy(host, results.forces);
  auto const virials = Kokkos::create_mirror_view_and_copy(host, results.virials);
  Prediction p;
  p.energies.resize(n);
  p.forces.assign(n, Vec3{0, 0, 0});
  for (int a = 0; a < ghosts.n_atoms(); ++a) {
    p.energy += energies(a);
    for (int v = 0; v < 6; ++v)
      p.virial[v] += virials(a, v);
    if (ghosts.owner[a] < 0)
      continue;
    if (a < 2 * n)
      p.energies[ghosts.owner[a]] = energies(a);
    for (int x = 0; x < 3; ++x)
      p.forces[ghosts.owner[a]][x] += forces(a, x);
  }
  return p;
}

/// Every form of lists and geometry gives the same results as structures: with ghosts, a skin,
/// selected centers, atoms without an element, and bits in the entries.
TYPED_TEST(InterfaceTest, EveryFormOfListsGivesTheSame) {
  using Space = TypeParam;
  using Results = AtomicResults<Space>;
  Space const space;
  std::string const folder = std::string(KOLACE_TEST_DATA) + "/reference/";
  std::vector<std::pair<AcePotential, std::vector<int>>> potentials{
      {test::random_potential({"Al", "Ni"}, {{4, 3, 2}, {0, 2, 1}}, test::paper_radial(3.5)),
       {13, 28, 28}}};
  for (char const* const file :
       {"Cu_density_two_densities.yaml", "Cu_zbl.yaml", "Cu_distance_core_two_densities.yaml"})
    potentials.push_back({read_potential(folder + file), {29}});
  for (auto const& [potential, numbers] : potentials) {
    Evaluator<Space> evaluator(space, potential);
    for (auto const& [name, structure] : test::sample_structures(numbers)) {
      int const n = static_cast<int>(structure.n_atoms());
      Prediction const expected =
          predict(space, evaluator, std::span<Structure const>(&structure, 1)).front();
      Ghosts const ghosts(structure, potential.basis->elements(), potential.basis->cutoff() + 0.4);
      std::vector<int> counts, flat, short_offsets{0};
      std::vector<std::size_t> offsets{0};
      std::vector<Vec3> displacements;
      for (auto const& row : ghosts.rows)
        counts.push_back(static_cast<int>(row.size()));
      for (int const i : ghosts.centers) {
        for (int const j : ghosts.rows[i]) {
          flat.push_back(j);
          Vec3 r;
          for (int x = 0; x < 3; ++x)
            r[x] = ghosts.positions[j][x] - ghosts.positions[i][x];
          displacements.push_back(r);
        }
        offsets.push_back(flat.size());
        short_offsets.push_back(static_cast<int>(flat.size()));
      }
      int const bit = 1 << 29;
      NeighborsView<Space> base;
      base.n_centers = n;
      base.n_atoms = ghosts.n_atoms();
      base.species = to_device<Space>(ghosts.species);
      base.centers = to_device<Space>(ghosts.centers);
      NeighborsView<Space> rows = base, with_positions = base, left = base, right = base;
      rows.row_offsets = to_device<Space>(offsets);
      rows.neighbors = to_device<Space>(flat);
      rows.displacements = vectors<Space, Kokkos::LayoutLeft>(displacements);
      with_positions.short_offsets = to_device<Space>(short_offsets);
      with_positions.neighbors = rows.neighbors;
      with_positions.positions = vectors<Space, Kokkos::LayoutRight>(ghosts.positions);
      left.positions = vectors<Space, Kokkos::LayoutLeft>(ghosts.positions);
      left.n_neighbors = right.n_neighbors = to_device<Space>(counts);
      left.table = table<Space, Kokkos::LayoutLeft>(ghosts.rows, bit);
      left.mask = right.mask = bit - 1;
      right.positions = with_positions.positions;
      right.table = table<Space, Kokkos::LayoutRight>(ghosts.rows, bit);
      for (auto const& view : {rows, with_positions, left, right}) {
        Results const results = Results::make(space, ghosts.n_atoms());
        evaluator(space, view, results);
        space.fence();
        test::expect_equal(gathered(ghosts, results, n), expected, test::tolerance::oracle, name);
      }
    }
  }
}

/// Calls after the first allocate nothing, copy nothing and wait for nothing, and all their kernels
/// run on the caller's instance with labels of this library.
TYPED_TEST(InterfaceTest, ACallLeavesNothingButKernels) {
#ifdef KOLACE_CONTRACTS
  GTEST_SKIP() << "builds with contracts check the lists in each call";
#endif
  using Space = TypeParam;
#ifdef KOKKOS_ENABLE_THREADS
  if (std::is_same_v<Space, Kokkos::Threads>)
    GTEST_SKIP() << "Kokkos allocates the scratch memory of its threads in each launch";
#endif
  std::string const folder = std::string(KOLACE_TEST_DATA) + "/reference/";
  Structure const s = test::diamond(2, 0.1);
  Space const instances[] = {Space(), test::another_instance<Space>()};
  for (char const* const file : {"C_K5_793.yaml", "Cu_distance_core_two_densities.yaml"}) {
    AcePotential const potential = read_potential(folder + file);
    Structure structure = s;
    if (file[1] == 'u')
      structure.numbers.assign(structure.numbers.size(), 29);
    for (Space const& space : instances) {
      Evaluator<Space> evaluator(space, potential);
      auto const batch = StructureBatch<Space>::create(
          space, std::span<Structure const>(&structure, 1), potential.basis->elements());
      auto const list = build_neighbor_list(space, batch, potential.basis->cutoff());
      auto const results = AtomicResults<Space>::make(space, batch.n_atoms);
      auto const pairs = view_of(batch, list);
      evaluator(space, pairs, results);
      space.fence();
      if (auto const others = test::occupy_all_but(space)) {
        evaluator(space, pairs, results);
        space.fence();
        EXPECT_FALSE(others->release()) << "something waited for the default instance";
      }
      test::KokkosEvents const events;
      evaluator(space, pairs, results);
      EXPECT_THAT(events.allocations, testing::IsEmpty());
      EXPECT_THAT(events.copies, testing::IsEmpty());
      // Kokkos 4.6 reports this one for a fill of a host's memory, without waiting for anything.
      EXPECT_THAT(events.fences, testing::Each("HostSpace fence"));
      EXPECT_THAT(events.launches.size(), testing::Gt(3u));
      for (auto const& launch : events.launches) {
        EXPECT_EQ(launch.device, Kokkos::Tools::Experimental::device_id(space)) << launch.label;
        EXPECT_TRUE(launch.label.starts_with("kolace::") || launch.label.starts_with("Kokkos::"))
            << launch.label;
      }
      space.fence();
    }
  }
}

/// For a cluster with velocities v, d/dt sum_i r_i E_i equals sum_i v_i E_i + sum_j W_j v_j - sum_i
/// r_i (F_i . v_i) with the centroid virials W: the potential part of the heat flux.
TYPED_TEST(InterfaceTest, CentroidVirialsGiveTheHeatFlux) {
  using Space = TypeParam;
  using Results = AtomicResults<Space>;
  Space const space;
  Kokkos::HostSpace const host;
  std::string const folder = std::string(KOLACE_TEST_DATA) + "/reference/";
  for (char const* const file : {"Cu_density_two_densities.yaml", "Cu_zbl.yaml"}) {
    AcePotential const potential = read_potential(folder + file);
    Evaluator<Space> evaluator(space, potential);
    Structure const cluster = test::cluster(9, {29}, 5);
    std::vector<Vec3> velocities;
    std::mt19937 random(3);
    std::normal_distribution<double> normal;
    for (std::size_t i = 0; i < cluster.n_atoms(); ++i)
      velocities.push_back({normal(random), normal(random), normal(random)});
    auto const moment = [&](double time) { // sum of r E
      Structure moved = cluster;
      for (std::size_t i = 0; i < moved.n_atoms(); ++i)
        for (int x = 0; x < 3; ++x)
          moved.positions[i][x] += time * velocities[i][x];
      auto const p = predict(space, evaluator, std::span<Structure const>(&moved, 1)).front();
      Vec3 sum{0, 0, 0};
      for (std::size_t i = 0; i < moved.n_atoms(); ++i)
        for (int x = 0; x < 3; ++x)
          sum[x] += moved.positions[i][x] * p.energies[i];
      return sum;
    };
    auto const batch = StructureBatch<Space>::create(space, std::span<Structure const>(&cluster, 1),
                                                     potential.basis->elements());
    auto const list = build_neighbor_list(space, batch, potential.basis->cutoff());
    Results results = Results::make(space, batch.n_atoms);
    results.centroid_virials = typename Results::Centroids("test::centroids", batch.n_atoms);
    evaluator(space, view_of(batch, list), results);
    space.fence();
    auto const energies = Kokkos::create_mirror_view_and_copy(host, results.energies);
    auto const forces = Kokkos::create_mirror_view_and_copy(host, results.forces);
    auto const w = Kokkos::create_mirror_view_and_copy(host, results.centroid_virials);
    double const step = 1e-5;
    Vec3 const after = moment(step), before = moment(-step);
    for (int x = 0; x < 3; ++x) {
      double flux = 0, scale = 0;
      for (int i = 0; i < batch.n_atoms; ++i) {
        Vec3 const& v = velocities[i];
        double along = v[x] * energies(i);
        for (int y = 0; y < 3; ++y)
          along += w(i, 3 * x + y) * v[y] - cluster.positions[i][x] * forces(i, y) * v[y];
        flux += along;
        scale += std::abs(along);
      }
      EXPECT_NEAR((after[x] - before[x]) / (2 * step), flux, 1e-6 * scale) << file;
    }
  }
}

TYPED_TEST(InterfaceTest, AtomsOfOtherSpeciesGetNothing) {
  using Space = TypeParam;
  Space const space;
  AcePotential potential =
      test::random_potential({"C", "Si"}, {{4, 3}, {0, 2}}, test::paper_radial(4));
  potential.reference_energy = {-3, -5};
  std::vector<int> const species{0, -1, 1, 0};
  std::vector<Vec3> const positions{{0, 0, 0}, {1, 1, 0}, {1.5, 0, 0}, {0, 9, 0}};
  std::vector<std::size_t> const offsets{0, 2, 4, 6, 6};
  NeighborsView<Space> pairs;
  pairs.n_centers = pairs.n_atoms = 4;
  pairs.species = to_device<Space>(species);
  pairs.row_offsets = to_device<Space>(offsets);
  pairs.neighbors = to_device<Space>(std::vector<int>{1, 2, 0, 2, 0, 1});
  pairs.positions = vectors<Space, Kokkos::LayoutRight>(positions);
  auto const results = AtomicResults<Space>::make(space, 4);
  Kokkos::deep_copy(results.energies, 99.);
  Evaluator<Space> evaluator(space, potential);
  evaluator(space, pairs, results);
  space.fence();
  auto const energies = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), results.energies);
  auto const forces = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), results.forces);
  Structure dimer;
  dimer.numbers = {6, 14};
  dimer.positions = {positions[0], positions[2]};
  auto const alone = predict(space, evaluator, std::span<Structure const>(&dimer, 1)).front();
  EXPECT_NEAR(energies(0), alone.energies[0], 1e-11);
  EXPECT_EQ(energies(1), 0);
  EXPECT_NEAR(energies(2), alone.energies[1], 1e-11);
  EXPECT_NEAR(energies(3), -3, 1e-12);
  for (int x = 0; x < 3; ++x)
    EXPECT_EQ(forces(1, x), 0);
  if constexpr (is_host_space<Space>) {
    pairs.species = to_device<Space>(std::vector<int>{0, 0, 2, 0});
    EXPECT_THROW(evaluator(space, pairs, results), std::invalid_argument);
  }
}

/// Uses an execution space instance with more threads than the default one.
TYPED_TEST(InterfaceTest, WorksOnInstancesOfOtherSizes) {
  using Space [[maybe_unused]] = TypeParam;
#ifdef KOKKOS_ENABLE_OPENMP
  if constexpr (std::is_same_v<Space, Kokkos::OpenMP>) {
    AcePotential const potential =
        test::random_potential({"C"}, {{4, 3, 2}, {0, 2, 1}}, test::paper_radial(4));
    Structure const s = test::diamond(2, 0.1);
    Space const standard;
    Evaluator<Space> evaluator(standard, potential);
    auto const expected = predict(standard, evaluator, std::span<Structure const>(&s, 1)).front();
    for (int const threads : {1, 3, 5}) {
      Space const space(threads);
      test::expect_equal(predict(space, evaluator, std::span<Structure const>(&s, 1)).front(),
                         expected, test::tolerance::reordering, std::to_string(threads));
    }
  }
#endif
}

TYPED_TEST(InterfaceTest, ListsThatDoNotFitAreRefused) {
  using Space = TypeParam;
  Space const space;
  AcePotential const potential =
      test::random_potential({"C"}, {{4, 3}, {0, 2}}, test::paper_radial(4));
  Evaluator<Space> evaluator(space, potential);
  std::vector<Vec3> const positions{{0, 0, 0}, {1.4, 0, 0}, {0, 1.5, 0}};
  NeighborsView<Space> good;
  good.n_centers = 2; // of three atoms: the table has no row for the last one
  good.n_atoms = 3;
  good.species = to_device<Space>(std::vector<int>{0, 0, 0});
  good.positions = vectors<Space, Kokkos::LayoutRight>(positions);
  good.n_neighbors = to_device<Space>(std::vector<int>{2, 2});
  good.table = table<Space, Kokkos::LayoutRight>({{1, 2}, {0, 2}}, 0);
  auto const results = AtomicResults<Space>::make(space, 3);
  evaluator(space, good, results);
  space.fence();
  auto const expected = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), results.energies);
  NeighborsView<Space> bad = good;
  bad.positions = {};
  EXPECT_THROW(evaluator(space, bad, results), std::invalid_argument);
  if constexpr (is_host_space<Space>) {
    bad = good;
    bad.n_neighbors = to_device<Space>(std::vector<int>{2, 3}); // the table has only two columns
    EXPECT_THROW(evaluator(space, bad, results), std::invalid_argument);
  }
  // Named centers: rows up to the last of them suffice.
  NeighborsView<Space> named = good;
  named.centers = to_device<Space>(std::vector<int>{1, 0});
  evaluator(space, named, results);
  space.fence();
  auto const by_name = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), results.energies);
  for (int i = 0; i < 2; ++i)
    EXPECT_NEAR(by_name(i), expected(i), 1e-12);
  if constexpr (is_host_space<Space>) {
    named.centers = to_device<Space>(std::vector<int>{2, 0}); // no row for atom 2
    EXPECT_THROW(evaluator(space, named, results), std::invalid_argument);
  }
  // Compressed rows with positions; a View of displacements without entries counts as absent.
  NeighborsView<Space> rows = good;
  rows.n_neighbors = {};
  rows.table = {};
  rows.row_offsets = to_device<Space>(std::vector<std::size_t>{0, 2, 4});
  rows.neighbors = to_device<Space>(std::vector<int>{1, 2, 0, 2});
  rows.displacements = vectors<Space, Kokkos::LayoutRight>({});
  evaluator(space, rows, results);
  space.fence();
  auto const found = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), results.energies);
  for (int i = 0; i < 2; ++i)
    EXPECT_NEAR(found(i), expected(i), 1e-12);
  rows.displacements = vectors<Space, Kokkos::LayoutRight>({{1.4, 0, 0}});
  EXPECT_THROW(evaluator(space, rows, results), std::invalid_argument);
  if constexpr (is_host_space<Space>) {
    rows.displacements = {};
    rows.row_offsets = to_device<Space>(std::vector<std::size_t>{0, 2000000000, 4});
    EXPECT_THROW(evaluator(space, rows, results), std::invalid_argument);
    rows.row_offsets = {};
    rows.short_offsets = to_device<Space>(std::vector<int>{0, -1, 4});
    EXPECT_THROW(evaluator(space, rows, results), std::invalid_argument);
  }
}

/// An atom whose position is not a number has no energy, nor have its neighbors.
TYPED_TEST(InterfaceTest, PositionsThatAreNotNumbersShow) {
  using Space = TypeParam;
  Space const space;
  AcePotential const potential =
      test::random_potential({"C"}, {{4, 3}, {0, 2}}, test::paper_radial(4));
  Evaluator<Space> evaluator(space, potential);
  std::vector<Vec3> const positions{{0, 0, 0}, {1.4, 0, 0}, {0, NAN, 0}, {50, 0, 0}, {51, 0, 0}};
  NeighborsView<Space> pairs;
  pairs.n_centers = pairs.n_atoms = 5;
  pairs.species = to_device<Space>(std::vector<int>(5, 0));
  pairs.positions = vectors<Space, Kokkos::LayoutRight>(positions);
  pairs.row_offsets = to_device<Space>(std::vector<std::size_t>{0, 2, 4, 6, 7, 8});
  pairs.neighbors = to_device<Space>(std::vector<int>{1, 2, 0, 2, 0, 1, 4, 3});
  auto const results = AtomicResults<Space>::make(space, 5);
  evaluator(space, pairs, results);
  space.fence();
  auto const energies = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), results.energies);
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(std::isnan(energies(i)), i < 3) << i;
  Structure structure;
  structure.numbers.assign(5, 6);
  structure.positions = positions;
  EXPECT_THROW(predict(space, evaluator, std::span<Structure const>(&structure, 1)), InputError);
}

TYPED_TEST(InterfaceTest, HalfListsAreFound) {
  using Space = TypeParam;
  if constexpr (is_host_space<Space>) {
    Space const space;
    Structure const s = test::diamond(2, 0.1);
    auto const batch =
        StructureBatch<Space>::create(space, std::span<Structure const>(&s, 1), ElementSet({"C"}));
    auto const list = build_neighbor_list(space, batch, 4.);
    auto pairs = view_of(batch, list);
    check_neighbors(space, pairs, 4.);
    check_neighbors(space, pairs, 3.); // a skin
    std::vector<int> half;
    std::vector<Vec3> displacements;
    std::vector<std::size_t> offsets{0};
    for (int i = 0; i < batch.n_atoms; ++i) {
      for (std::size_t p = list.row_offsets(i); p < list.row_offsets(i + 1); ++p)
        if (i < list.neighbors(p)) {
          half.push_back(list.neighbors(p));
          displacements.push_back(
              {list.displacements(p, 0), list.displacements(p, 1), list.displacements(p, 2)});
        }
      offsets.push_back(half.size());
    }
    auto const refuses = [&](char const* why) {
      try {
        check_neighbors(space, pairs, 4.);
        FAIL() << why;
      } catch (std::invalid_argument const& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr(why));
      }
    };
    pairs.neighbors = to_device<Space>(half);
    pairs.row_offsets = to_device<Space>(offsets);
    pairs.displacements = vectors<Space, Kokkos::LayoutRight>(displacements);
    refuses("expected full lists");
    pairs = view_of(batch, list);
    std::vector<int> wild(list.neighbors.data(), list.neighbors.data() + list.neighbors.extent(0));
    wild[5] = batch.n_atoms;
    pairs.neighbors = to_device<Space>(wild);
    refuses("out of range");
  }
}

} // namespace
} // namespace kolace
