// SPDX-License-Identifier: BSD-3-Clause
#include "support/compare.hpp"
#include "support/execution_spaces.hpp"
#include "support/sample_potentials.hpp"
#include "support/sample_structures.hpp"

#include <kolace/core/errors.hpp>

namespace kolace {
namespace {

template <class Space> struct CanonicalTest : testing::Test {
  Space space;

  std::vector<Prediction> predict_all(AcePotential const& potential,
                                      std::vector<Structure> const& structures) {
    Evaluator<Space> evaluator(space, potential);
    return predict(space, evaluator, std::span<Structure const>(structures));
  }
};
TYPED_TEST_SUITE(CanonicalTest, test::ExecutionSpaces);

/// Small structures: the oracle sums over all triples of neighbors.
std::vector<Structure> small_structures(std::vector<int> const& numbers) {
  std::vector<Structure> result{test::cluster(2, numbers, 5), test::cluster(3, numbers, 6),
                                test::cluster(6, numbers, 7)};
  for (auto const& sample : test::sample_structures(numbers))
    if (sample.structure.n_atoms() <= 4 && sample.name != "far_apart")
      result.push_back(sample.structure);
  return result;
}

TYPED_TEST(CanonicalTest, EqualsTheSumOverDistinctNeighbors) {
  for (auto const& symbols : {std::vector<std::string>{"C"}, {"Al", "Ni"}}) {
    AcePotential const potential =
        test::canonical_potential(symbols, {{4, 3, 2}, {0, 3, 2}}, test::paper_radial(2.9));
    auto const structures =
        small_structures(symbols.size() == 1 ? std::vector<int>{6} : std::vector<int>{13, 28, 28});
    auto const predictions = this->predict_all(potential, structures);
    oracle::Model const model = test::to_oracle(potential);
    ASSERT_GE(structures.size(), 4u);
    for (std::size_t k = 0; k < structures.size(); ++k)
      test::expect_equal(predictions[k],
                         test::to_prediction(oracle::evaluate(
                             model, test::to_oracle(structures[k], potential.basis->elements()))),
                         test::tolerance::oracle, symbols[0] + " " + std::to_string(k));
  }
}

/// A function of rank nu vanishes if a center has fewer than nu neighbors.
TYPED_TEST(CanonicalTest, RanksVanishOnSmallerClusters) {
  AcePotential potential =
      test::canonical_potential({"C"}, {{4, 3, 3}, {0, 3, 3}}, test::paper_radial(4));
  for (int const rank : {2, 3}) {
    AcePotential one = potential;
    double largest = 0;
    for (std::size_t b = 0; b < one.coefficients.size(); ++b) {
      if (one.basis->functions()[b].rank() != rank)
        one.coefficients[b] = 0;
      largest = std::max(largest, std::abs(one.coefficients[b]));
    }
    std::vector<Structure> clusters;
    for (int n = 2; n <= rank + 1; ++n)
      clusters.push_back(test::cluster(n, {6}, 11 + n));
    auto const predictions = this->predict_all(one, clusters);
    for (int n = 2; n <= rank; ++n) {
      EXPECT_NEAR(predictions[n - 2].energy, 0, 1e-12 * largest) << rank << " " << n;
      EXPECT_LT(test::largest_force(predictions[n - 2].forces), 1e-11 * largest);
    }
    EXPECT_GT(std::abs(predictions.back().energy), 1e-4 * largest) << rank;
  }
}

TYPED_TEST(CanonicalTest, ForcesAreDerivativesWithSplinesToo) {
  AcePotential potential =
      test::canonical_potential({"C"}, {{4, 3, 2}, {0, 2, 2}}, test::paper_radial(4));
  potential.spline_width = 0.001;
  Structure const s = test::cluster(6, {6}, 3);
  constexpr double h = 1e-4;
  std::vector<Structure> structures{s, s, s};
  structures[1].positions[2][1] += h;
  structures[2].positions[2][1] -= h;
  auto const p = this->predict_all(potential, structures);
  double const slope = (p[1].energy - p[2].energy) / (2 * h);
  EXPECT_NEAR(p[0].forces[2][1], -slope, 1e-6 * test::largest_force(p[0].forces));
}

TEST(Canonical, RefusesWhatItCannotExpand) {
  EXPECT_THROW(test::canonical_potential({"C"}, {{2, 1, 1, 1}, {0, 1, 1, 1}}, test::paper_radial()),
               InputError);
  ModelSpecification spec =
      test::random_potential({"C"}, {{2, 1}, {0, 1}}, test::paper_radial()).basis->specification();
  spec.canonical = true;
  spec.bonds[0].coefficients.assign(
      spec.bonds[0].nradmax * (spec.bonds[0].lmax + 1) * spec.bonds[0].radial.size, 0.5);
  EXPECT_THROW(AceBasis{spec}, InputError);
}

} // namespace
} // namespace kolace
