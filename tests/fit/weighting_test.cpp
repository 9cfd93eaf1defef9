// SPDX-License-Identifier: BSD-3-Clause
#include "support/temporary_folder.hpp"

#include <kolace/dataset/convex_hull.hpp>
#include <kolace/dataset/energy_weighting.hpp>
#include <kolace/dataset/external_weights.hpp>

#include <Eigen/LU>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace kolace {
namespace {

TEST(ConvexHull, TwoElementsByHand) {
  // Al -3, Ni -5 and AlNi -4.5 are on the hull, which has -3.75 at Al3Ni and -4.75 at AlNi3.
  std::vector<std::vector<int>> const compositions{{2, 0}, {1, 0}, {0, 4}, {1, 1},
                                                   {3, 3}, {3, 1}, {2, 6}, {0, 1}};
  auto const above = energies_above_hull(compositions, {-3, -2.5, -5, -4.5, -3.9, -3.6, -4.75, -4});
  std::vector<double> const expected{0, 0.5, 0, 0, 0.6, 0.15, 0, 1};
  for (std::size_t s = 0; s < expected.size(); ++s)
    EXPECT_NEAR(above[s], expected[s], 1e-12) << s;
}

TEST(ConvexHull, OneElementIsAboveTheLowest) {
  auto const above = energies_above_hull({{1}, {7}, {2}}, {-245.5, -245.25, -244});
  EXPECT_NEAR(above[0], 0, 1e-12);
  EXPECT_NEAR(above[1], 0.25, 1e-12);
  EXPECT_NEAR(above[2], 1.5, 1e-12);
  EXPECT_TRUE(energies_above_hull({}, {}).empty());
}

/// Without pure elements; compares with all triangles of structures that contain a composition.
TEST(ConvexHull, ThreeElementsAgainstAllMixtures) {
  std::mt19937 random(5);
  std::vector<std::vector<int>> compositions;
  std::vector<double> energies;
  for (int s = 0; s < 25; ++s) {
    compositions.push_back({1 + int(random() % 5), 1 + int(random() % 5), 1 + int(random() % 5)});
    energies.push_back(-300 - 2. * (random() % 1000) / 1000);
  }
  auto const above = energies_above_hull(compositions, energies);
  auto const fraction = [&](std::size_t s) {
    Eigen::Vector3d x(compositions[s][0], compositions[s][1], compositions[s][2]);
    return Eigen::Vector3d(x / x.sum());
  };
  for (std::size_t s = 0; s < energies.size(); ++s) {
    double lowest = energies[s];
    for (std::size_t a = 0; a < energies.size(); ++a)
      for (std::size_t b = 0; b < a; ++b)
        for (std::size_t c = 0; c <= b; ++c) {
          Eigen::Matrix3d corners;
          corners << fraction(a), fraction(b), fraction(c);
          if (std::abs(corners.determinant()) < 1e-9)
            continue;
          Eigen::Vector3d const share = corners.inverse() * fraction(s);
          if (share.minCoeff() > -1e-9)
            lowest = std::min(lowest, share[0] * energies[a] + share[1] * energies[b] +
                                          share[2] * energies[c]);
        }
    // Shares are accurate to 1e-9, at energies of -300 eV.
    EXPECT_NEAR(above[s], energies[s] - lowest, 1e-6) << s;
  }
}

/// Many elements, with compositions on a grid that cause ties at every step.
TEST(ConvexHull, EndsForManyElementsAndTies) {
  std::mt19937 random(7);
  std::vector<std::vector<int>> compositions;
  std::vector<double> energies;
  for (int s = 0; s < 1500; ++s) {
    std::vector<int> composition(8);
    for (int& count : composition)
      count = static_cast<int>(random() % 3);
    composition[random() % 8] += 1;
    compositions.push_back(composition);
    energies.push_back(-0.25 * static_cast<double>(random() % 8));
  }
  energies[3] = 1e8; // must not set the energy scale
  auto const above = energies_above_hull(compositions, energies);
  int on_hull = 0;
  for (std::size_t s = 0; s < above.size(); ++s) {
    EXPECT_GE(above[s], -1e-6) << s;
    EXPECT_LE(above[s], energies[s] + 1.75 + 1e-6) << s; // no energy is below -1.75
    on_hull += above[s] < 1e-6;
  }
  EXPECT_GE(on_hull, 8);
  EXPECT_GT(above[3], 9e7);
}

/// Structures of one element; the last is a cluster.
std::vector<StructureRecord> records(std::size_t count) {
  std::vector<StructureRecord> list(count);
  for (StructureRecord& record : list) {
    record.n_atoms = 1;
    record.has_energy = record.has_forces = record.is_bulk = true;
    record.composition = {1};
  }
  list.back().is_bulk = false;
  return list;
}

TEST(EnergyWeighting, TheLowerTierHasItsShare) {
  auto list = records(4);
  Weighting weighting;
  weighting.low_energy = 0.6;
  weighting.low_share = 0.75;
  weigh_by_energy(list, {-1, -0.5, 0, 1}, weighting); // e = 0, 0.5 | 1, 2
  double const raw[4] = {1, 1 / 2.25, 1 / 4., 1 / 9.};
  double const low = raw[0] + raw[1], up = raw[2] + raw[3];
  double total = 0;
  for (auto const& record : list)
    total += record.energy_weight;
  for (int s = 0; s < 4; ++s) {
    double const expected = s < 2 ? 0.75 * raw[s] / low : 0.25 * raw[s] / up;
    EXPECT_NEAR(list[s].energy_weight / total, expected, 1e-14) << s;
    EXPECT_NEAR(list[s].force_weight / total, expected, 1e-14) << s;
  }
  // A single tier keeps its weights.
  auto all_low = records(2);
  weighting.low_energy = 9;
  weigh_by_energy(all_low, {0, 1}, weighting);
  EXPECT_NEAR(all_low[1].energy_weight / all_low[0].energy_weight, 0.25, 1e-14);
}

TEST(EnergyWeighting, LimitsAndKindsDropStructures) {
  std::vector<double> const energies{0, 3, 12, 0.5, 0.25};
  auto const dropped = [&](Weighting const& weighting) {
    auto list = records(5);
    list[3].largest_force = 60;
    weigh_by_energy(list, energies, weighting);
    std::string text;
    for (auto const& record : list)
      text += record.dropped ? 'x' : '-';
    return text;
  };
  Weighting weighting;
  EXPECT_EQ(dropped(weighting), "--x--"); // the default of DEup is 10
  weighting.force_limit = 50;
  EXPECT_EQ(dropped(weighting), "--xx-");
  weighting.kept = Weighting::Kept::bulk;
  EXPECT_EQ(dropped(weighting), "--xxx");
  weighting.kept = Weighting::Kept::clusters;
  EXPECT_EQ(dropped(weighting), "xxxx-");
  EXPECT_EQ(dropped(weighting.keeping_all()), "-----");
  weighting = {};
  weighting.energy_limit = 1e-300;
  weighting.kept = Weighting::Kept::clusters;
  weighting.force_limit = 1e-3;
  EXPECT_EQ(dropped(weighting), "xxxx-"); // e = 0 for the lowest of the clusters
}

TEST(EnergyWeighting, DrawsTheLowerTierFirst) {
  std::vector<double> energies;
  for (int s = 0; s < 40; ++s)
    energies.push_back(s % 2 ? 5 : 0.01 * s);
  auto const kept = [&](Weighting const& weighting) {
    auto list = records(40);
    weigh_by_energy(list, energies, weighting);
    std::vector<int> chosen;
    for (int s = 0; s < 40; ++s)
      if (!list[s].dropped)
        chosen.push_back(s);
    return chosen;
  };
  auto const count_low = [](std::vector<int> const& chosen) {
    return std::count_if(chosen.begin(), chosen.end(), [](int s) { return s % 2 == 0; });
  };
  Weighting weighting;
  weighting.n_structures = 25;
  EXPECT_EQ(kept(weighting).size(), 25u);
  EXPECT_EQ(count_low(kept(weighting)), 20);
  EXPECT_EQ(kept(weighting), kept(weighting));
  weighting.n_structures = 6;
  EXPECT_EQ(count_low(kept(weighting)), 6);
  auto const first = kept(weighting);
  weighting.seed = 43;
  EXPECT_NE(kept(weighting), first);
  weighting.n_structures = -1;
  weighting.n_low = 3;
  weighting.n_up = 30; // more than available
  EXPECT_EQ(count_low(kept(weighting)), 3);
  EXPECT_EQ(kept(weighting).size(), 23u);
}

struct ExternalWeights : testing::Test {
  test::TemporaryFolder folder;
  Dataset data;
  ExternalWeights() {
    std::string text;
    for (int s = 0; s < 3; ++s)
      text += "2\nenergy=-1 Properties=species:S:1:pos:R:3:forces:R:3\nC 0 0 0 0 0 1\n"
              "C 0 0 1.4 0 0 -1\n";
    data = Dataset({folder.write("a.xyz", text), folder.write("b.xyz", text)}, {});
  }
  std::string error(std::string const& table) {
    try {
      with_external_weights(data, folder.write("w.csv", table));
    } catch (InputError const& e) {
      return e.what();
    }
    return "no error";
  }
};

TEST_F(ExternalWeights, GiveWeightsAndLeaveOthersOut) {
  // As written by a data frame's to_csv, with an array over two lines.
  std::string const table = ",w_energy, other,w_forces\n"
                            "4,0.5,x,\"[0.25\n 0.75]\"\n0,1.5,\"a,b\",2\n";
  Dataset const weighted = with_external_weights(data, folder.write("w.csv", table));
  ElementSet const elements({"C"});
  LabelOptions options;
  options.reference_energy.kind = ReferenceEnergy::Kind::given;
  TrainingData const training(weighted, elements, 5, options);
  ASSERT_EQ(training.records().size(), 2u);
  EXPECT_DOUBLE_EQ(training.records()[0].energy_weight, 0.75);
  EXPECT_DOUBLE_EQ(training.records()[1].energy_weight, 0.25);
  // Force weights: 2 and 2, then 0.25 and 0.75.
  std::vector<double> weights;
  std::size_t k = 0;
  weighted.for_each([&](Frame& frame) {
    for (std::size_t i = 0; i < 2; ++i)
      weights.push_back(training.records()[k].force_weight *
                        training.atom_factor(frame.structure, i));
    ++k;
  });
  EXPECT_THAT(weights, testing::Pointwise(testing::DoubleNear(1e-15), {0.4, 0.4, 0.05, 0.15}));
}

TEST_F(ExternalWeights, TheColumnNamedIndexCounts) {
  std::string const table = ",w_energy,w_forces,index\n0,1,1,5\n1,1,1,2\n";
  std::vector<long> positions;
  auto const pass =
      with_external_weights(data, folder.write("w.csv", table)).for_each([&](Frame& frame) {
        positions.push_back(frame.position);
      });
  EXPECT_EQ(positions, (std::vector<long>{2, 5}));
  EXPECT_EQ(pass.left_out, 4);
}

TEST_F(ExternalWeights, BadTablesAreRefusedWithTheirLine) {
  using testing::HasSubstr;
  std::string const header = "index,w_energy,w_forces\n";
  EXPECT_THAT(error(header + "0,1,1\n6,1,1\n"), HasSubstr(":3: index 6: the data contain only 6"));
  EXPECT_THAT(error(header + "0,1,1\n0,1,1\n"), HasSubstr("duplicate index"));
  EXPECT_THAT(error(header + "0,1\n"), HasSubstr("as many fields"));
  EXPECT_THAT(error(header + "0,-1,1\n"), HasSubstr("w_energy"));
  EXPECT_THAT(error(header + "0,1,nan\n"), HasSubstr("w_forces"));
  EXPECT_THAT(error(header + "0.5,1,1\n"), HasSubstr("expected an integer"));
  EXPECT_THAT(error(header + "0,1,\"[1, 2, 3]\"\n"), HasSubstr("has 3 numbers"));
  EXPECT_THAT(error("index,w_energy\n0,1\n"), HasSubstr("no column w_forces"));
  EXPECT_THAT(error(""), HasSubstr("header"));
  EXPECT_THAT(error(header), HasSubstr("no weights"));
}

} // namespace
} // namespace kolace
