// SPDX-License-Identifier: BSD-3-Clause
#include "support/compare.hpp"
#include "support/execution_spaces.hpp"
#include "support/sample_potentials.hpp"
#include "support/sample_structures.hpp"

#include <kolace/dataset/dataset.hpp>
#include <kolace/evaluate/atomic_basis.hpp>
#include <kolace/io/potential_file.hpp>

namespace kolace {
namespace {

template <class Space> struct OracleTest : testing::Test {};
TYPED_TEST_SUITE(OracleTest, test::ExecutionSpaces);

template <class Space>
void compare_with_oracle(AcePotential potential, std::vector<test::Sample> const& samples) {
  Space const space;
  potential.spline_width = 0;
  Evaluator<Space> evaluator(space, potential);
  std::vector<Structure> structures;
  for (auto const& sample : samples)
    structures.push_back(sample.structure);
  auto const predictions = predict(space, evaluator, std::span<Structure const>(structures));
  oracle::Model const model = test::to_oracle(potential);
  for (std::size_t k = 0; k < samples.size(); ++k) {
    auto const expected = test::to_prediction(oracle::evaluate(
        model, test::to_oracle(samples[k].structure, potential.basis->elements())));
    test::expect_equal(predictions[k], expected, test::tolerance::oracle, samples[k].name);
  }
}

/// Structures of up to 14 atoms, since the oracle is slow.
std::vector<test::Sample> small_samples(std::vector<int> const& numbers) {
  auto samples = test::sample_structures(numbers);
  std::erase_if(samples, [](auto const& s) { return s.structure.n_atoms() > 14; });
  return samples;
}

TYPED_TEST(OracleTest, AgreesOnEveryKindOfCell) {
  compare_with_oracle<TypeParam>(
      test::random_potential({"C"}, {{6, 4, 3, 2}, {0, 3, 2, 1}}, test::paper_radial(4)),
      small_samples({6}));
}

TYPED_TEST(OracleTest, AgreesForThreeElements) {
  compare_with_oracle<TypeParam>(
      test::random_potential({"Al", "Cu", "Ni"}, {{4, 2, 2}, {0, 2, 1}}, test::paper_radial(4)),
      small_samples({13, 28, 29, 28}));
}

/// From 16 to 1,240 neighbors, in cells one after the other: an evaluator stores the pairs of a
/// center between its passes if they fit, and makes room for more after each call.
TYPED_TEST(OracleTest, AgreesForAnyNumberOfNeighbors) {
  TypeParam const space;
  AcePotential potential =
      test::random_potential({"Al", "Cu"}, {{4, 2, 2}, {0, 2, 1}}, test::paper_radial(4));
  potential.spline_width = 0;
  oracle::Model const model = test::to_oracle(potential);
  Evaluator<TypeParam> evaluator(space, potential);
  for (double const a : {2.5, 1.35, 2.5, 1.35, 1., 0.6, 0.6, 1.}) { // simple cubic
    Structure s;
    s.numbers = {13, 29};
    s.positions = {{0, 0, 0}, {0.03 * a, 0, a}};
    s.cell.vectors = {{{a, 0, 0}, {0, a, 0}, {0, 0, 2 * a}}};
    s.cell.periodic = {true, true, true};
    auto const found = predict(space, evaluator, std::span<Structure const>(&s, 1));
    auto const expected = test::to_prediction(
        oracle::evaluate(model, test::to_oracle(s, potential.basis->elements())));
    test::expect_equal(found[0], expected, test::tolerance::oracle, std::to_string(a));
  }
}

TYPED_TEST(OracleTest, AgreesForTheOtherRadialFunctions) {
  compare_with_oracle<TypeParam>(
      test::random_potential({"C"}, {{5, 3, 2}, {0, 3, 2}}, {RadialKind::ChebPow, 2, 4, 0, 1}),
      small_samples({6}));
  compare_with_oracle<TypeParam>(
      test::random_potential({"C"}, {{5, 3, 2}, {0, 3, 2}}, {RadialKind::SBessel, 0, 4, 0, 1}),
      small_samples({6}));
}

TYPED_TEST(OracleTest, AgreesWithAnInnerCutoff) {
  AcePotential potential =
      test::random_potential({"C"}, {{5, 3, 2}, {0, 3, 2}}, test::paper_radial(4));
  ModelSpecification spec = potential.basis->specification();
  spec.bonds[0].r_in = 1.9;
  spec.bonds[0].delta_in = 0.7;
  potential.basis = std::make_shared<AceBasis const>(spec);
  compare_with_oracle<TypeParam>(potential, small_samples({6}));
}

/// Functions of rank 1 are summed for each bond: there may be none, only such functions, or some
/// for a few elements, and coefficients of zero. Spline results are close.
TYPED_TEST(OracleTest, AgreesWithAndWithoutFunctionsOfRank1) {
  TypeParam const space;
  auto const samples = small_samples({13, 28});
  for (BlockLimits const& limits :
       {BlockLimits{{0, 3, 2}, {0, 2, 1}}, BlockLimits{{6}, {0}}, BlockLimits{{5, 3}, {0, 2}}})
    for (int const zeros : {0, 1, 2}) {
      AcePotential potential = test::random_potential({"Al", "Ni"}, limits, test::paper_radial(4));
      for (int b = 0; b < potential.basis->size(); ++b) {
        BasisFunction const& f = potential.basis->functions()[b];
        if ((zeros == 1 && f.center == 0 && f.rank() == 1) || (zeros == 2 && f.rank() == 2))
          potential.coefficients[b] = 0;
      }
      compare_with_oracle<TypeParam>(potential, samples);
      Evaluator<TypeParam> exact(space, potential);
      potential.spline_width = 0.001;
      Evaluator<TypeParam> tables(space, potential);
      for (auto const& sample : samples) {
        std::span<Structure const> const one(&sample.structure, 1);
        double const expected = predict(space, exact, one).front().energy;
        EXPECT_NEAR(predict(space, tables, one).front().energy, expected,
                    1e-6 * (1 + std::abs(expected)))
            << sample.name;
      }
    }
}

/// R_nl = sum_k c_nlk g_k with an explicit identity equals R_nl = g_n; a permutation of n permutes
/// the functions.
TYPED_TEST(OracleTest, TransformedRadialFunctionsMixTheBasis) {
  AcePotential const plain =
      test::random_potential({"C"}, {{5, 3, 2}, {0, 3, 2}}, test::paper_radial(4));
  ModelSpecification spec = plain.basis->specification();
  BondSpecification& bond = spec.bonds[0];
  bond.coefficients.assign(bond.nradmax * (bond.lmax + 1) * bond.radial.size, 0.);
  for (int n = 0; n < bond.nradmax; ++n)
    for (int l = 0; l <= bond.lmax; ++l)
      bond.coefficients[(n * (bond.lmax + 1) + l) * bond.radial.size + n] = 1;
  AcePotential mixed = plain;
  mixed.basis = std::make_shared<AceBasis const>(spec);
  compare_with_oracle<TypeParam>(mixed, small_samples({6}));
}

TYPED_TEST(OracleTest, ReferencePotentialsAgreeWithoutSplines) {
  for (auto const& [name, file] : {std::pair{"C_K6_small", "structures_C.extxyz"},
                                   std::pair{"AlNi_K4", "structures_AlNi.extxyz"},
                                   std::pair{"AlCuNi_K4", "structures_AlCuNi.extxyz"}}) {
    std::vector<test::Sample> samples;
    Dataset({test::reference_file(file)}, {})
        .for_each([&, label = std::string(name)](Frame& frame) {
          samples.push_back({label + std::to_string(samples.size()), frame.structure});
        });
    compare_with_oracle<TypeParam>(
        read_potential(test::reference_file(std::string(name) + ".yaml")), samples);
  }
}

TYPED_TEST(OracleTest, BValuesTimesCoefficientsAreSiteEnergies) {
  TypeParam const space;
  AcePotential const potential =
      test::random_potential({"Al", "Ni"}, {{4, 3, 2}, {0, 2, 1}}, test::paper_radial(4));
  Structure const s = test::cluster(21, {13, 28}, 3);
  Evaluator<TypeParam> evaluator(space, potential);
  auto const predictions = predict(space, evaluator, std::span<Structure const>(&s, 1));
  auto const batch = StructureBatch<TypeParam>::create(space, {&s, 1}, potential.basis->elements());
  auto const list = build_neighbor_list(space, batch, potential.basis->cutoff());
  auto const basis = DeviceBasis<TypeParam>::create(space, *potential.basis);
  auto const b = Kokkos::create_mirror_view_and_copy(
      Kokkos::HostSpace(), compute_b_values(space, basis, view_of(batch, list)));
  for (std::size_t i = 0; i < s.n_atoms(); ++i) {
    double energy = 0;
    for (int f = 0; f < potential.basis->size(); ++f)
      energy += b(i, f) * potential.coefficients[f];
    EXPECT_NEAR(energy, predictions[0].energies[i],
                test::tolerance::reordering * std::abs(predictions[0].energy));
  }
}

} // namespace
} // namespace kolace
