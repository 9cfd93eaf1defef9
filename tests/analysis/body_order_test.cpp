// SPDX-License-Identifier: BSD-3-Clause
#include "support/compare.hpp"
#include "support/sample_potentials.hpp"
#include "support/sample_structures.hpp"

#include <kolace/analysis/body_order.hpp>
#include <kolace/analysis/dimer.hpp>

#include <stdexcept>

namespace kolace {
namespace {

double largest_term(std::vector<ClusterExpansion> const& expansions, int size) {
  double largest = 0;
  for (ClusterExpansion const& e : expansions)
    largest = std::max(largest, std::abs(e.of_size(size)));
  return largest;
}

TEST(BodyOrder, TermsOfAllSubsetsAddUpToTheEnergy) {
  AcePotential potential =
      test::random_potential({"Al", "Ni"}, {{5, 3, 2}, {0, 2, 1}}, test::paper_radial());
  potential.reference_energy = {-3, -5};
  auto const clusters = sample_clusters({13, 28, 28, 13, 28}, 6, 1.2, 2.5, 1);
  auto const expansions = expand_clusters({}, potential, clusters);
  Kokkos::DefaultExecutionSpace const space;
  Evaluator<Kokkos::DefaultExecutionSpace> evaluator(space, potential);
  auto const whole = predict(space, evaluator, std::span<Structure const>(clusters));
  for (std::size_t c = 0; c < clusters.size(); ++c) {
    double sum = 0;
    for (int n = 1; n <= 5; ++n)
      sum += expansions[c].of_size(n);
    EXPECT_NEAR(sum, whole[c].energy, 1e-12 * std::abs(whole[c].energy));
    EXPECT_NEAR(expansions[c].of_size(1), -3 * 2 - 5 * 3, 1e-12);
  }
}

TEST(BodyOrder, PairTermsAreTheDimerCurve) {
  AcePotential const potential =
      test::random_potential({"C"}, {{5, 3, 2}, {0, 2, 1}}, test::paper_radial());
  std::vector<double> const distances{0.9, 1.5, 3.2};
  std::vector<Structure> dimers;
  for (double const r : distances)
    dimers.push_back(make_cluster({6, 6}, {{0, 0, 0}, {0, r, 0}}));
  auto const expansions = expand_clusters({}, potential, dimers);
  auto const curve = scan_dimer({}, potential, 0, 0, distances);
  for (std::size_t k = 0; k < distances.size(); ++k)
    EXPECT_NEAR(expansions[k].of_all(), curve[k].energy, 1e-11 * (1 + std::abs(curve[k].energy)));
}

/// V_n vanishes for n above the model's body order, but not for n equal to it.
TEST(BodyOrder, NothingBeyondTheModelsBodyOrder) {
  for (int const rank : {1, 2, 3}) {
    BlockLimits limits{{5, 3, 2}, {0, 2, 1}};
    limits.nradmax.resize(rank);
    limits.lmax.resize(rank);
    auto const potential = test::random_potential({"C"}, limits, test::paper_radial());
    auto const expansions =
        expand_clusters({}, potential, sample_clusters({6, 6, 6, 6, 6}, 5, 1.2, 2.2, 2));
    double const scale = largest_term(expansions, 2);
    EXPECT_GT(largest_term(expansions, rank + 1), 1e-6 * scale) << rank;
    for (int n = rank + 2; n <= 5; ++n)
      EXPECT_LT(largest_term(expansions, n), 1e-11 * scale) << rank << " " << n;
  }
}

/// Each rank of a canonical model contributes to one body order; with self-interaction, to several.
TEST(BodyOrder, CanonicalRanksAreSingleBodyOrders) {
  BlockLimits const limits{{5, 3, 3}, {0, 2, 2}};
  auto const clusters = sample_clusters({6, 6, 6, 6}, 5, 1.2, 2.2, 3);
  auto const canonical = test::canonical_potential({"C"}, limits, test::paper_radial());
  auto const plain = test::random_potential({"C"}, limits, test::paper_radial());
  for (int const rank : {1, 2, 3}) {
    auto const part = expand_clusters({}, rank_part(canonical, rank), clusters);
    double const scale = largest_term(part, rank + 1);
    EXPECT_GT(scale, 1e-6);
    for (int n = 1; n <= 4; ++n)
      if (n != rank + 1) {
        EXPECT_LT(largest_term(part, n), 1e-11 * scale) << rank << " " << n;
      }
    for (int n = 2; n <= rank; ++n)
      EXPECT_GT(largest_term(expand_clusters({}, rank_part(plain, rank), clusters), n), 1e-6);
  }
}

TEST(BodyOrder, SamplesKeepTheirDistanceAndRepeat) {
  auto const clusters = sample_clusters({6, 6, 6, 6, 6, 6}, 10, 1.4, 1.0, 4);
  EXPECT_EQ(clusters.size(), 10u);
  for (Structure const& s : clusters)
    EXPECT_FALSE(coincident_atoms(s, 1.399));
  EXPECT_EQ(sample_clusters({6, 6}, 3, 1, 2, 5)[2].positions,
            sample_clusters({6, 6}, 3, 1, 2, 5)[2].positions);
  EXPECT_NE(sample_clusters({6, 6}, 3, 1, 2, 5)[2].positions,
            sample_clusters({6, 6}, 3, 1, 2, 6)[2].positions);
}

TEST(BodyOrder, RefusesWhatIsNoCluster) {
  auto const potential = test::random_potential({"C"}, {{2}, {0}}, test::paper_radial());
  std::vector<Structure> const cell{test::diamond(1, 0)};
  EXPECT_THROW(expand_clusters({}, potential, cell), std::invalid_argument);
}

} // namespace
} // namespace kolace
