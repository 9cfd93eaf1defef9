#include "support/compare.hpp"
#include "support/execution_spaces.hpp"
#include "support/sample_potentials.hpp"
#include "support/sample_structures.hpp"

namespace kolace {
namespace {

template <class Space> struct CallerListTest : testing::Test {};
TYPED_TEST_SUITE(CallerListTest, test::ExecutionSpaces);

/// An MD code's view of a periodic structure: ghost atoms instead of images, displacements in its
/// own layout (here column-major), pairs beyond the cutoff (skin) included.
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
    // Every pair gets a ghost of its own; `owner` tells whose image it is.
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

/// Two instances of a space, each with its own evaluator, do not disturb each other.
TYPED_TEST(CallerListTest, WorksOnTheCallersExecutionSpaceInstance) {
  auto const instances = Kokkos::Experimental::partition_space(TypeParam(), 1, 1);
  AcePotential const potential =
      test::random_potential({"C"}, {{4, 3, 2}, {0, 2, 1}}, test::paper_radial(4));
  Structure const s = test::diamond(2, 0.1);
  TypeParam const space;
  Evaluator<TypeParam> evaluator(space, potential);
  auto const expected = predict(space, evaluator, std::span<Structure const>(&s, 1)).front();
  for (TypeParam const& instance : instances) {
    Evaluator<TypeParam> own(instance, potential);
    test::expect_equal(predict(instance, own, std::span<Structure const>(&s, 1)).front(), expected,
                       test::tolerance::reordering, "instance");
  }
}

} // namespace
} // namespace kolace
