// SPDX-License-Identifier: BSD-3-Clause
#include "support/compare.hpp"
#include "support/execution_spaces.hpp"
#include "support/sample_potentials.hpp"
#include "support/sample_structures.hpp"

#include <kolace/evaluate/evaluator.hpp>
#include <kolace/io/potential_file.hpp>

namespace kolace {
namespace {

template <class Space> struct PrecisionTest : testing::Test {};
TYPED_TEST_SUITE(PrecisionTest, test::ExecutionSpaces);

/// Evaluation in floats equals that in doubles to about the digits of a float: what is computed in
/// floats has terms of alternating signs, which lose one or two of seven digits.
/// @return number of structures whose energies differ
template <class Space> int compare(AcePotential const& potential, std::vector<int> const& numbers) {
  Space const space;
  Evaluator<Space> full(space, potential), single(space, potential, Precision::float32);
  int n_different = 0;
  for (auto const& sample : test::sample_structures(numbers)) {
    std::span<Structure const> const structure(&sample.structure, 1);
    Prediction const expected = predict(space, full, structure).front();
    Prediction const found = predict(space, single, structure).front();
    double largest = 1, scale = 1;
    for (std::size_t i = 0; i < expected.forces.size(); ++i) {
      scale = std::max(scale, std::abs(expected.energies[i] - potential.reference_energy[0]));
      for (double const f : expected.forces[i])
        largest = std::max(largest, std::abs(f));
    }
    for (std::size_t i = 0; i < expected.forces.size(); ++i) {
      EXPECT_NEAR(found.energies[i], expected.energies[i], 2e-5 * scale) << sample.name;
      for (int x = 0; x < 3; ++x)
        EXPECT_NEAR(found.forces[i][x], expected.forces[i][x], 2e-5 * largest) << sample.name;
    }
    n_different += found.energy != expected.energy;
  }
  return n_different;
}

TYPED_TEST(PrecisionTest, FloatsHaveTheirDigits) {
  for (double const width : {0., 0.001}) {
    AcePotential one =
        test::random_potential({"C"}, {{20, 5, 3, 2}, {0, 4, 2, 1}}, test::paper_radial(5));
    AcePotential three =
        test::random_potential({"Al", "Cu", "Ni"}, {{6, 3, 2}, {0, 2, 1}}, test::paper_radial(4));
    one.spline_width = three.spline_width = width;
    EXPECT_GT(compare<TypeParam>(one, {6}), 5); // floats were used
    EXPECT_GT(compare<TypeParam>(three, {13, 28, 29, 28}), 5);
  }
}

TYPED_TEST(PrecisionTest, OtherRadialFunctionsAndEmbeddingsToo) {
  for (auto const& radial : {RadialOptions{RadialKind::ChebPow, 2, 4, 0, 1},
                             RadialOptions{RadialKind::SBessel, 0, 4, 0, 1}})
    compare<TypeParam>(test::random_potential({"C"}, {{5, 3, 2}, {0, 3, 2}}, radial), {6});
  std::string const folder = std::string(KOLACE_TEST_DATA) + "/reference/";
  compare<TypeParam>(read_potential(folder + "Cu_distance_core_two_densities.yaml"), {29});
}

} // namespace
} // namespace kolace
