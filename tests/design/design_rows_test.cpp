// SPDX-License-Identifier: BSD-3-Clause
#include "support/compare.hpp"
#include "support/execution_spaces.hpp"
#include "support/kokkos_events.hpp"
#include "support/occupied_instance.hpp"
#include "support/sample_potentials.hpp"
#include "support/sample_structures.hpp"

#include <kolace/design/design_rows.hpp>
#include <kolace/linalg/streaming_qr.hpp>

namespace kolace {
namespace {

template <class Space> struct DesignRowsTest : testing::Test {
  Space space;

  struct Rows {
    Matrix<Kokkos::DefaultHostExecutionSpace> energy, forces, virial;
  };

  Rows assemble(DesignAssembler<Space>& assembler, std::vector<Structure> const& structures,
                RowKinds kinds = {}) {
    auto const& basis = *assembler.basis();
    auto const batch = StructureBatch<Space>::create(space, structures, basis.elements());
    auto const list = build_neighbor_list(space, batch, basis.cutoff());
    int const n = basis.size();
    Matrix<Space> const energy("energy", batch.n_structures, n),
        forces("forces", 3 * batch.n_atoms, n), virial("virial", 6 * batch.n_structures, n);
    for (auto const& rows : {energy, forces, virial})
      Kokkos::deep_copy(rows, NAN); // shows entries that are not written
    assembler(space, batch, list, kinds, energy, forces, virial);
    space.fence();
    auto const host = [](auto const& rows) {
      return Kokkos::create_mirror_view_and_copy(Kokkos::DefaultHostExecutionSpace::memory_space(),
                                                 rows);
    };
    return {host(energy), host(forces), host(virial)};
  }
};
TYPED_TEST_SUITE(DesignRowsTest, test::ExecutionSpaces);

TYPED_TEST(DesignRowsTest, TimesCoefficientsEqualTheEvaluator) {
  using Symbols = std::vector<std::string>;
  for (auto const& [symbols, canonical] :
       {std::pair{Symbols{"C"}, false}, std::pair{Symbols{"Al", "Ni"}, false},
        std::pair{Symbols{"Al", "Cu", "Ni"}, false}, std::pair{Symbols{"C"}, true},
        std::pair{Symbols{"Al", "Ni"}, true}}) {
    AcePotential potential =
        canonical
            ? test::canonical_potential(symbols, {{5, 3, 2}, {0, 3, 2}}, test::paper_radial(4))
            : test::random_potential(symbols, {{5, 3, 2, 1}, {0, 3, 2, 1}}, test::paper_radial(4));
    std::vector<int> numbers = symbols.size() == 1   ? std::vector<int>{6}
                               : symbols.size() == 2 ? std::vector<int>{13, 28, 28}
                                                     : std::vector<int>{13, 28, 29, 28};
    std::vector<Structure> structures;
    auto const samples = test::sample_structures(numbers);
    for (auto const& sample : samples)
      structures.push_back(sample.structure);
    DesignAssembler<TypeParam> assembler(this->space, potential.basis);
    auto const rows = this->assemble(assembler, structures);
    Evaluator<TypeParam> evaluator(this->space, potential);
    auto const expected = predict(this->space, evaluator, std::span<Structure const>(structures));
    auto const times = [&](auto const& matrix, int row) {
      double sum = 0;
      for (int f = 0; f < potential.basis->size(); ++f)
        sum += matrix(row, f) * potential.coefficients[f];
      return sum;
    };
    int atom = 0;
    for (std::size_t s = 0; s < structures.size(); ++s) {
      Prediction p = expected[s];
      p.energy = times(rows.energy, static_cast<int>(s));
      for (Vec3& f : p.forces) {
        for (int x = 0; x < 3; ++x)
          f[x] = times(rows.forces, 3 * atom + x);
        ++atom;
      }
      for (int v = 0; v < 6; ++v)
        p.virial[v] = times(rows.virial, 6 * static_cast<int>(s) + v);
      test::expect_equal(p, expected[s], test::tolerance::oracle, samples[s].name);
    }
  }
}

/// Rows do not depend on the batch, its order or earlier batches.
TYPED_TEST(DesignRowsTest, AreTheSameInAnyBatch) {
  AcePotential const potential =
      test::random_potential({"Al", "Ni"}, {{5, 3, 2}, {0, 3, 2}}, test::paper_radial(4));
  std::vector<Structure> structures;
  for (auto const& sample : test::sample_structures({13, 28, 28}))
    structures.push_back(sample.structure);
  DesignAssembler<TypeParam> assembler(this->space, potential.basis);
  auto const together = this->assemble(assembler, structures);
  int atom = 0;
  for (std::size_t s = 0; s < structures.size(); ++s) {
    auto const alone = this->assemble(assembler, {structures[s]});
    int const n = static_cast<int>(structures[s].n_atoms());
    for (int f = 0; f < potential.basis->size(); ++f) {
      EXPECT_NEAR(alone.energy(0, f), together.energy(s, f),
                  test::tolerance::reordering * (1 + std::abs(together.energy(s, f))));
      for (int row = 0; row < 3 * n; ++row)
        EXPECT_NEAR(alone.forces(row, f), together.forces(3 * atom + row, f),
                    test::tolerance::reordering * (1 + std::abs(together.energy(s, f))));
      for (int v = 0; v < 6; ++v)
        EXPECT_NEAR(alone.virial(v, f), together.virial(6 * s + v, f),
                    test::tolerance::reordering * (1 + std::abs(together.virial(6 * s + v, f))));
    }
    atom += n;
  }
}

TYPED_TEST(DesignRowsTest, KindsThatAreNotWantedChangeNothingElse) {
  AcePotential const potential =
      test::random_potential({"C"}, {{5, 3, 2}, {0, 3, 2}}, test::paper_radial(4));
  std::vector<Structure> const structures{test::diamond(1, 0.1), test::cluster(9, {6}, 3)};
  DesignAssembler<TypeParam> assembler(this->space, potential.basis);
  auto const all = this->assemble(assembler, structures);
  auto const no_virial = this->assemble(assembler, structures, {true, true, false});
  auto const energy_only = this->assemble(assembler, structures, {true, false, false});
  auto const virial_only = this->assemble(assembler, structures, {false, false, true});
  // These use other kernels, whose rounding may differ.
  for (int f = 0; f < potential.basis->size(); ++f) {
    double const tolerance = test::tolerance::reordering * (1 + std::abs(all.energy(0, f)));
    for (int row = 0; row < 2; ++row) {
      EXPECT_NEAR(no_virial.energy(row, f), all.energy(row, f), tolerance);
      EXPECT_NEAR(energy_only.energy(row, f), all.energy(row, f), tolerance);
    }
    for (int row = 0; row < all.forces.extent_int(0); ++row)
      EXPECT_NEAR(no_virial.forces(row, f), all.forces(row, f), tolerance);
    for (int row = 0; row < 12; ++row)
      EXPECT_NEAR(virial_only.virial(row, f), all.virial(row, f), tolerance);
  }
}

TYPED_TEST(DesignRowsTest, RowsThatDoNotFitAreRefused) {
  AcePotential const potential =
      test::random_potential({"C"}, {{4, 3}, {0, 2}}, test::paper_radial(4));
  DesignAssembler<TypeParam> assembler(this->space, potential.basis);
  Structure const structure = test::diamond(1, 0.1);
  auto const batch = StructureBatch<TypeParam>::create(
      this->space, std::span<Structure const>(&structure, 1), potential.basis->elements());
  auto const list = build_neighbor_list(this->space, batch, potential.basis->cutoff());
  int const n = potential.basis->size();
  Matrix<TypeParam> const one("one", 1, n), narrow("narrow", 3 * batch.n_atoms, n - 1), none;
  EXPECT_THROW(assembler(this->space, batch, list, {true, true, false}, one, one, none),
               std::invalid_argument);
  EXPECT_THROW(assembler(this->space, batch, list, {true, true, false}, one, narrow, none),
               std::invalid_argument);
  EXPECT_THROW(assembler(this->space, batch, list, {true, false, true}, one, none, one),
               std::invalid_argument);
  assembler(this->space, batch, list, {true, false, false}, one, none, none);
}

/// Neighbor list, design rows and QR updates: from structures to R on one instance.
TYPED_TEST(DesignRowsTest, KernelsRunOnTheCallersInstance) {
  AcePotential const potential =
      test::random_potential({"Al", "Ni"}, {{5, 3, 2}, {0, 3, 2}}, test::paper_radial(4));
  std::vector<Structure> const structures{test::cluster(9, {13, 28}, 3),
                                          test::cluster(12, {13, 28}, 4)};
  int const n = potential.basis->size();
  for (TypeParam const& space : {TypeParam(), test::another_instance<TypeParam>()}) {
    DesignAssembler<TypeParam> assembler(space, potential.basis);
    auto const batch =
        StructureBatch<TypeParam>::create(space, structures, potential.basis->elements());
    Matrix<TypeParam> const energy("energy", batch.n_structures, n),
        forces("forces", 3 * batch.n_atoms, n), virial("virial", 6 * batch.n_structures, n);
    space.fence();
    test::KokkosEvents const events;
    auto const list = build_neighbor_list(space, batch, potential.basis->cutoff());
    std::size_t const of_list = events.launches.size();
    assembler(space, batch, list, {}, energy, forces, virial);
    std::size_t const of_rows = events.launches.size() - of_list;
    StreamingQr<TypeParam> qr(n - 1);
    qr.add_rows(space, forces, 3 * batch.n_atoms);
    qr.factor(space);
    EXPECT_GT(of_list, 1u);
    EXPECT_GT(of_rows, 3u);
    for (auto const& launch : events.launches) {
      EXPECT_EQ(launch.device, Kokkos::Tools::Experimental::device_id(space)) << launch.label;
      EXPECT_TRUE(launch.label.starts_with("kolace::") || launch.label.starts_with("Kokkos"))
          << launch.label;
    }
    space.fence();
  }
}

} // namespace
} // namespace kolace
