// SPDX-License-Identifier: BSD-3-Clause
#include "support/sample_potentials.hpp"
#include "support/sample_structures.hpp"

#include <kolace/evaluate/evaluator.hpp>
#include <kolace/fit/similar_functions.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

namespace kolace {
namespace {

/// Coefficients that do not distinguish elements make energies that do not, either.
void expect_blind(AcePotential potential, std::vector<int> const& numbers) {
  std::mt19937 random(3);
  std::normal_distribution<double> normal;
  std::set<int> seen;
  for (SimilarFunctions const& group : similar_functions(*potential.basis)) {
    double const common = normal(random);
    for (std::size_t k = 0; k < group.functions.size(); ++k) {
      potential.coefficients[group.functions[k]] = common * group.factors[k];
      EXPECT_TRUE(seen.insert(group.functions[k]).second);
    }
  }
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(potential.basis->size()));
  Kokkos::DefaultExecutionSpace const space;
  Evaluator<Kokkos::DefaultExecutionSpace> evaluator(space, potential);
  Structure const mixed = test::cluster(14, numbers, 5);
  Structure renamed = mixed, pure = mixed;
  for (std::size_t i = 0; i < mixed.n_atoms(); ++i) {
    renamed.numbers[i] = numbers[(i * i + i / 3) % numbers.size()];
    pure.numbers[i] = numbers[0];
  }
  std::vector<Structure> const structures{mixed, renamed, pure};
  auto const predicted = predict(space, evaluator, structures);
  for (int const s : {0, 1})
    for (std::size_t i = 0; i < mixed.n_atoms(); ++i)
      EXPECT_NEAR(predicted[s].energies[i], predicted[2].energies[i],
                  1e-10 * (1 + std::abs(predicted[2].energies[i])))
          << s << " " << i;
}

TEST(SimilarFunctions, DescribeElementsThatAreAlike) {
  expect_blind(
      test::random_potential({"Mo", "Nb", "Ta", "W"}, {{4, 3}, {0, 3}}, test::paper_radial()),
      {42, 41, 73, 74});
  expect_blind(
      test::random_potential({"Al", "Cu", "Ni"}, {{3, 2, 2}, {0, 2, 2}}, test::paper_radial()),
      {13, 29, 28});
}

TEST(SimilarFunctions, PredictsOnlyCombinationsOfKnownElements) {
  AcePotential const potential =
      test::random_potential({"Al", "Cu", "Ni"}, {{2, 1}, {0, 1}}, test::paper_radial());
  AceBasis const& basis = *potential.basis;
  std::vector<double> const weights(basis.size() + 1, 2.);
  auto const count = [&](std::vector<bool> const& has_data) {
    RidgeWeights const shared = share_similar(basis, weights, has_data);
    EXPECT_EQ(shared.own.size(), weights.size());
    for (int b = 0; b < basis.size(); ++b)
      EXPECT_EQ(std::isinf(shared.own[b]), !has_data[b]);
    std::set<int> members;
    for (SharedPart const& part : shared.shared)
      for (auto const& [b, factor] : part.members) {
        members.insert(b);
        // A variance of 1/weight, of which a share of 0.97 is common to all members.
        if (has_data[b]) {
          EXPECT_NEAR(1 / part.weight + 1 / (shared.own[b] * factor * factor), 0.5, 1e-12);
        }
        EXPECT_NEAR(1 / part.weight, 0.97 * 0.5, 1e-12);
      }
    return members;
  };
  std::vector<bool> has_data(basis.size(), true);
  EXPECT_TRUE(count(has_data).empty()); // nothing is to be predicted
  std::set<int> with_nickel, three;
  for (int b = 0; b < basis.size(); ++b) {
    std::set<int> elements(basis.functions()[b].species.begin(),
                           basis.functions()[b].species.end());
    elements.insert(basis.functions()[b].center);
    if (elements.contains(2))
      with_nickel.insert(b);
    if (elements.size() == 3)
      three.insert(b);
  }
  for (int const b : three)
    has_data[b] = false;
  std::set<int> const predicted = count(has_data);
  for (int const b : three)
    EXPECT_TRUE(predicted.contains(b)) << b;
  for (int const b : with_nickel) // an element that no structure contains
    has_data[b] = false;
  EXPECT_TRUE(count(has_data).empty());
  for (int b = 0; b < basis.size(); ++b) // pure aluminum and pure copper, no alloy of the two
    if (BasisFunction const& f = basis.functions()[b]; !with_nickel.contains(b))
      has_data[b] =
          std::all_of(f.species.begin(), f.species.end(), [&](int e) { return e == f.center; });
  std::set<int> const pairs = count(has_data);
  EXPECT_EQ(pairs.size(), static_cast<std::size_t>(basis.size()) - with_nickel.size());
}

} // namespace
} // namespace kolace
