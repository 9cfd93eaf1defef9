// SPDX-License-Identifier: BSD-3-Clause
#include "support/compare.hpp"
#include "support/execution_spaces.hpp"
#include "support/kokkos_events.hpp"
#include "support/sample_potentials.hpp"
#include "support/sample_structures.hpp"

#include <kolace/core/spaces.hpp>
#include <kolace/evaluate/pointer_lists.hpp>
#include <kolace/io/potential_file.hpp>

#include <gmock/gmock.h>

namespace kolace {
namespace {

template <class Space> struct CallerListTest : testing::Test {};
TYPED_TEST_SUITE(CallerListTest, test::ExecutionSpaces);

/// A periodic structure as an MD code represents it: ghost atoms instead of images, displacements
/// in the code's own layout (here column-major), and pairs beyond the cutoff (a skin).
TYPED_TEST(CallerListTest, GhostAtomsGiveThePeriodicForces) {
  TypeParam const space;
  AcePotential const potential =
      test::random_potential({"Al", "Ni"}, {{4, 3, 2}, {0, 2, 1}}, test::paper_radial(3.5));
  ElementSet const& elements = potential.basis->elements();
  for (auto const& [name, structure] : test::sample_structures({13, 28, 28})) {
    Evaluator<TypeParam> evaluator(space, potential);
    Prediction const expected =
        predict(space, evaluator, std::span<Structure const>(&structure, 1)).front();

    double const skin = 1;
    auto const lists =
        oracle::brute_force_neighbors(test::to_oracle(structure, elements), 3.5 + skin);
    int const n = static_cast<int>(structure.n_atoms());
    // Every pair gets its own ghost; `owner` is the atom of which it is an image.
    std::vector<int> species, owner, neighbors;
    std::vector<std::size_t> offsets{0};
    std::vector<std::array<double, 3>> displacements;
    for (int i = 0; i < n; ++i)
      species.push_back(elements.species(structure.numbers[i]));
    for (auto const& row : lists) {
      for (auto const& neighbor : row) {
        neighbors.push_back(static_cast<int>(species.size()));
        species.push_back(species[neighbor.atom]);
        owner.push_back(neighbor.atom);
        displacements.push_back(neighbor.displacement);
      }
      offsets.push_back(neighbors.size());
    }
    int const n_all = static_cast<int>(species.size()),
              n_pairs = static_cast<int>(neighbors.size());
    auto const to_device = [&](auto const& host) {
      using T = std::remove_cvref_t<decltype(host[0])>;
      Array<T, TypeParam> const view("test::caller", host.size());
      Kokkos::deep_copy(view, Kokkos::View<T const*, Kokkos::HostSpace, Kokkos::MemoryUnmanaged>(
                                  host.data(), host.size()));
      return view;
    };
    Kokkos::View<double* [3], Kokkos::LayoutLeft, typename TypeParam::memory_space> const columns(
        "test::columns", n_pairs);
    auto const mirror = Kokkos::create_mirror_view(columns);
    for (int p = 0; p < n_pairs; ++p)
      for (int d = 0; d < 3; ++d)
        mirror(p, d) = displacements[p][d];
    Kokkos::deep_copy(columns, mirror);

    NeighborsView<TypeParam> const view{
        n, n_all, to_device(species), to_device(offsets), to_device(neighbors), columns};
    AtomicResults<TypeParam> const results{
        Array<double, TypeParam>("test::energies", n),
        typename AtomicResults<TypeParam>::Vectors("test::forces", n_all),
        typename AtomicResults<TypeParam>::Tensors("test::virials", n)};
    evaluator(space, view, results);
    space.fence();
    auto const energies =
        Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), results.energies);
    auto const forces = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), results.forces);
    auto const virials = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), results.virials);
    Prediction folded;
    folded.forces.assign(n, Vec3{0, 0, 0});
    for (int i = 0; i < n; ++i) {
      folded.energies.push_back(energies(i));
      folded.energy += energies(i);
      for (int v = 0; v < 6; ++v)
        folded.virial[v] += virials(i, v);
    }
    for (int a = 0; a < n_all; ++a)
      for (int d = 0; d < 3; ++d)
        folded.forces[a < n ? a : owner[a - n]][d] += forces(a, d);
    test::expect_equal(folded, expected, test::tolerance::oracle, name);
  }
}

/// Pointers to lists as in LAMMPS: centers in any order, atoms without an element between them,
/// additional bits in the entries of neighbors, a skin.
TYPED_TEST(CallerListTest, PointersToLists) {
  TypeParam const space;
  AcePotential const potential =
      test::random_potential({"Al", "Ni"}, {{4, 3, 2}, {0, 2, 1}}, test::paper_radial(3.5));
  ElementSet const& elements = potential.basis->elements();
  Evaluator<TypeParam> evaluator(space, potential);
  PointerListEvaluator<TypeParam> lists_evaluator(space, potential);
  for (auto const& [name, structure] : test::sample_structures({13, 28, 28})) {
    Prediction const expected =
        predict(space, evaluator, std::span<Structure const>(&structure, 1)).front();
    auto const lists = oracle::brute_force_neighbors(test::to_oracle(structure, elements), 4.5);
    int const n = static_cast<int>(structure.n_atoms()), bit = 1 << 30;
    // Atoms without an element have even indices, those of the structure odd ones; ghosts follow.
    std::vector<Vec3> positions;
    std::vector<int> species, owner, centers, counts(2 * n);
    std::vector<std::vector<int>> rows(2 * n);
    for (int i = 0; i < n; ++i) {
      positions.push_back(structure.positions[i]);
      positions.push_back(structure.positions[i]);
      species.insert(species.end(), {-1, elements.species(structure.numbers[i])});
      owner.insert(owner.end(), {-1, i});
    }
    for (int i = n - 1; i >= 0; --i) {
      centers.push_back(2 * i + 1);
      rows[2 * i + 1].push_back(2 * i); // must be ignored
      for (auto const& neighbor : lists[i]) {
        rows[2 * i + 1].push_back(static_cast<int>(positions.size()) | bit);
        Vec3 at = structure.positions[i];
        for (int x = 0; x < 3; ++x)
          at[x] += neighbor.displacement[x];
        positions.push_back(at);
        species.push_back(species[2 * neighbor.atom + 1]);
        owner.push_back(neighbor.atom);
      }
    }
    std::vector<int const*> pointers;
    for (int i = 0; i < 2 * n; ++i) {
      pointers.push_back(rows[i].data());
      counts[i] = static_cast<int>(rows[i].size());
    }
    PointerLists const given{static_cast<int>(positions.size()),
                             positions.data()->data(),
                             species.data(),
                             n,
                             centers.data(),
                             counts.data(),
                             pointers.data(),
                             bit - 1};
    std::size_t const n_given = positions.size();
    std::vector<double> energies, forces, virials, centroids;
    for (int repeat = 0; repeat < 2; ++repeat) { // the second call reuses the memory of the first
      energies.assign(n_given, 1.);
      forces.assign(3 * n_given, 2.);
      virials.assign(6 * n_given, 3.);
      centroids.assign(9 * n_given, 4.);
      lists_evaluator(space, given,
                      {energies.data(), forces.data(), virials.data(), centroids.data()});
      Prediction found;
      found.energies.resize(n);
      found.forces.assign(n, Vec3{0, 0, 0});
      Mat3 total{};
      for (std::size_t a = 0; a < n_given; ++a) {
        if (owner[a] < 0) {
          EXPECT_EQ(energies[a], 1) << "an atom of no element";
          EXPECT_EQ(forces[3 * a], 2);
          continue;
        }
        if (a < 2 * static_cast<std::size_t>(n)) // a center
          found.energies[owner[a]] = energies[a] - 1;
        found.energy += energies[a] - 1;
        for (int v = 0; v < 6; ++v)
          found.virial[v] += virials[6 * a + v] - 3;
        for (int x = 0; x < 3; ++x)
          found.forces[owner[a]][x] += forces[3 * a + x] - 2;
        for (int x = 0; x < 9; ++x)
          total[x / 3][x % 3] += centroids[9 * a + x] - 4;
      }
      test::expect_equal(found, expected, test::tolerance::oracle, name);
      int const first[6] = {0, 1, 2, 1, 0, 0}, second[6] = {0, 1, 2, 2, 2, 1};
      double scale = 1;
      for (double const v : expected.virial)
        scale = std::max(scale, std::abs(v));
      for (int v = 0; v < 6; ++v) {
        EXPECT_NEAR(total[first[v]][second[v]], expected.virial[v], 1e-10 * scale) << name;
        EXPECT_NEAR(total[second[v]][first[v]], expected.virial[v], 1e-10 * scale) << name;
      }
    }
#if !defined(KOLACE_CONTRACTS) && !defined(KOKKOS_ENABLE_THREADS) // they allocate in each call
    {
      test::KokkosEvents const events; // of a third call
      lists_evaluator(space, given,
                      {energies.data(), forces.data(), virials.data(), centroids.data()});
      EXPECT_THAT(events.allocations, testing::IsEmpty());
    }
#endif
    PointerLists wrong = given;
    wrong.mask = -1; // the entries are then not valid atoms
    if (!lists[n - 1].empty()) {
      EXPECT_THROW(lists_evaluator(space, wrong, {}), std::invalid_argument);
    }
    wrong = given;
    std::vector<int> twice(n, centers[0]);
    wrong.centers = twice.data();
    if (n > 1) {
      EXPECT_THROW(lists_evaluator(space, wrong, {}), std::invalid_argument);
    }
    twice[0] = 0;
    EXPECT_THROW(lists_evaluator(space, wrong, {}), std::invalid_argument);
  }
  // A rank without any atoms.
  int const none = 0;
  int const* const row = &none;
  lists_evaluator(space, {0, nullptr, nullptr, 0, nullptr, nullptr, &row, -1}, {});
}

/// Requests each result separately, added to existing values, and the gradients per pair that make
/// up forces and virials.
TYPED_TEST(CallerListTest, ResultsAreWhatIsAskedFor) {
  using Results = AtomicResults<TypeParam>;
  TypeParam const space;
  Kokkos::HostSpace const host;
  std::string const folder = std::string(KOLACE_TEST_DATA) + "/reference/";
  for (char const* const file : {"C_K5_793.yaml", "Cu_density_two_densities.yaml",
                                 "Cu_distance_core_two_densities.yaml", "Cu_zbl.yaml"}) {
    AcePotential const potential = read_potential(folder + file);
    int const number = file[1] == 'u' ? 29 : 6;
    std::vector<Structure> structures;
    for (auto const& [name, structure] : test::sample_structures({number}))
      structures.push_back(structure);
    auto const batch =
        StructureBatch<TypeParam>::create(space, structures, potential.basis->elements());
    auto const list = build_neighbor_list(space, batch, potential.basis->cutoff() + 0.5);
    auto const pairs = view_of(batch, list);
    std::size_t const n = batch.n_atoms, n_pairs = list.neighbors.extent(0);
    Evaluator<TypeParam> evaluator(space, potential);
    auto const fresh = [&](double value) {
      Results const results{Array<double, TypeParam>("test::energies", n),
                            typename Results::Vectors("test::forces", n),
                            typename Results::Tensors("test::virials", n),
                            typename Results::Vectors("test::gradients", n_pairs)};
      Kokkos::deep_copy(results.energies, value);
      Kokkos::deep_copy(results.forces, value);
      Kokkos::deep_copy(results.virials, value);
      Kokkos::deep_copy(results.pair_gradients, value);
      return results;
    };
    Results const all = fresh(7);
    evaluator(space, pairs, all);
    space.fence();
    auto const energies = Kokkos::create_mirror_view_and_copy(host, all.energies);
    auto const forces = Kokkos::create_mirror_view_and_copy(host, all.forces);
    auto const virials = Kokkos::create_mirror_view_and_copy(host, all.virials);
    auto const gradients = Kokkos::create_mirror_view_and_copy(host, all.pair_gradients);
    double scale = 1;
    for (std::size_t i = 0; i < n; ++i)
      for (int v = 0; v < 6; ++v)
        scale = std::max(scale, std::abs(virials(i, v)));
    double const tolerance = 1e-11 * scale;
    auto const expect_view = [&](auto const& view, auto const& expected, double factor,
                                 double offset) {
      auto const found = Kokkos::create_mirror_view_and_copy(host, view);
      for (std::size_t k = 0; k < found.size(); ++k)
        ASSERT_NEAR(found.data()[k], factor * expected.data()[k] + offset, 3 * tolerance) << file;
    };

    // Forces and virials are sums of the gradients per pair.
    auto const offsets = Kokkos::create_mirror_view_and_copy(host, list.row_offsets);
    auto const neighbors = Kokkos::create_mirror_view_and_copy(host, list.neighbors);
    auto const displacements = Kokkos::create_mirror_view_and_copy(host, list.displacements);
    std::vector<Vec3> summed(n, Vec3{0, 0, 0});
    int const first[6] = {0, 1, 2, 1, 0, 0}, second[6] = {0, 1, 2, 2, 2, 1};
    for (std::size_t i = 0; i < n; ++i) {
      Voigt virial{};
      for (std::size_t p = offsets(i); p < offsets(i + 1); ++p) {
        for (int x = 0; x < 3; ++x) {
          summed[i][x] += gradients(p, x);
          summed[neighbors(p)][x] -= gradients(p, x);
        }
        for (int v = 0; v < 6; ++v)
          virial[v] -= displacements(p, first[v]) * gradients(p, second[v]);
      }
      for (int v = 0; v < 6; ++v)
        ASSERT_NEAR(virial[v], virials(i, v), tolerance) << file;
    }
    for (std::size_t i = 0; i < n; ++i)
      for (int x = 0; x < 3; ++x)
        ASSERT_NEAR(summed[i][x], forces(i, x), tolerance) << file;

    Results one = fresh(7);
    evaluator(space, pairs, {one.energies, {}, {}});
    evaluator(space, pairs, {{}, one.forces, {}});
    evaluator(space, pairs, {{}, {}, one.virials});
    evaluator(space, pairs, {{}, {}, {}, one.pair_gradients});
    evaluator(space, pairs, {{}, {}, {}});
    space.fence();
    expect_view(one.energies, energies, 1, 0);
    expect_view(one.forces, forces, 1, 0);
    expect_view(one.virials, virials, 1, 0);
    expect_view(one.pair_gradients, gradients, 1, 0);

    Results sum = fresh(7);
    sum.add = true;
    evaluator(space, pairs, sum);
    evaluator(space, pairs, sum);
    space.fence();
    expect_view(sum.energies, energies, 2, 7);
    expect_view(sum.forces, forces, 2, 7);
    expect_view(sum.virials, virials, 2, 7);
    expect_view(sum.pair_gradients, gradients, 2, 7);
  }
}

/// Rows are sorted by element if they are short (Tuning::sorted_neighbors), and searched if they
/// are long: the results are the same.
TYPED_TEST(CallerListTest, LongRowsEqualShortOnes) {
  using Space = TypeParam;
  Space const space;
  AcePotential const potential =
      test::random_potential({"Al", "Cu", "Ni"}, {{4, 3, 2}, {0, 2, 1}}, test::paper_radial(4));
  Structure s = test::diamond(2, 0.1);
  for (std::size_t i = 0; i < s.n_atoms(); ++i)
    s.numbers[i] = i % 3 == 0 ? 13 : i % 3 == 1 ? 28 : 29;
  Evaluator<Space> evaluator(space, potential);
  auto const batch = StructureBatch<Space>::create(space, std::span<Structure const>(&s, 1),
                                                   potential.basis->elements());
  auto const evaluate = [&](double reach) {
    auto const list = build_neighbor_list(space, batch, reach);
    auto const results = AtomicResults<Space>::make(space, batch.n_atoms);
    evaluator(space, view_of(batch, list), results);
    space.fence();
    return std::tuple(list.neighbors.extent_int(0) / batch.n_atoms,
                      Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), results.energies),
                      Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), results.forces));
  };
  auto const [n_short, energies, forces] = evaluate(4);
  auto const [n_long, energies_long, forces_long] = evaluate(19);
  EXPECT_LT(n_short, 100);
  EXPECT_GT(n_long, 4500);
  for (int i = 0; i < batch.n_atoms; ++i) {
    EXPECT_NEAR(energies(i), energies_long(i), 1e-13 * std::abs(energies(i)));
    for (int x = 0; x < 3; ++x)
      EXPECT_NEAR(forces(i, x), forces_long(i, x), 1e-11);
  }
}

/// A View that is too short gives an error, not a write beyond its end.
TYPED_TEST(CallerListTest, ShortViewsAreRefused) {
  using Results = AtomicResults<TypeParam>;
  TypeParam const space;
  AcePotential const potential =
      test::random_potential({"C"}, {{4, 3}, {0, 2}}, test::paper_radial(4));
  Structure const s = test::diamond(1, 0.1);
  auto const batch = StructureBatch<TypeParam>::create(space, std::span<Structure const>(&s, 1),
                                                       potential.basis->elements());
  auto const list = build_neighbor_list(space, batch, 4.);
  auto const pairs = view_of(batch, list);
  std::size_t const n = batch.n_atoms, n_pairs = list.neighbors.extent(0);
  Evaluator<TypeParam> evaluator(space, potential);
  auto const cut = [](auto const& view) {
    return Kokkos::subview(view, Kokkos::pair<std::size_t, std::size_t>(0, view.extent(0) - 1));
  };
  Results const good{Array<double, TypeParam>("test::energies", n)};
  auto const refuses = [&](NeighborsView<TypeParam> const& given, Results const& results) {
    EXPECT_THROW(evaluator(space, given, results), std::invalid_argument);
  };
  NeighborsView<TypeParam> bad = pairs;
  bad.species = cut(pairs.species);
  refuses(bad, good);
  bad = pairs;
  bad.species = {};
  refuses(bad, good);
  bad = pairs;
  bad.row_offsets = cut(pairs.row_offsets);
  refuses(bad, good);
  bad = pairs;
  bad.displacements = {};
  refuses(bad, good);
  bad = pairs;
  bad.n_centers = bad.n_atoms + 1;
  refuses(bad, good);
  if constexpr (is_host_space<TypeParam>) {
    bad = pairs;
    bad.neighbors = cut(pairs.neighbors);
    refuses(bad, good);
  }
  refuses(pairs, {Array<double, TypeParam>("test::energies", n - 1)});
  refuses(pairs, {{}, typename Results::Vectors("test::forces", n - 1)});
  refuses(pairs, {{}, {}, typename Results::Tensors("test::virials", n - 1)});
  refuses(pairs, {{}, {}, {}, typename Results::Vectors("test::gradients", n_pairs - 1)});
  evaluator(space, pairs, good);
  space.fence();
}

} // namespace
} // namespace kolace
