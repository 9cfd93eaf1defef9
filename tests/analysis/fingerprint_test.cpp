// SPDX-License-Identifier: BSD-3-Clause
#include "support/execution_spaces.hpp"
#include "support/sample_structures.hpp"
#include "support/temporary_folder.hpp"
#include "support/tolerances.hpp"

#include "reference/oracle.hpp"

#include <kolace/analysis/fingerprint.hpp>
#include <kolace/core/errors.hpp>
#include <kolace/core/tuning.hpp>
#include <kolace/io/extxyz.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <sstream>

namespace kolace {
namespace {

template <class Space> struct FingerprintTest : testing::Test {
  Space space;
  test::TemporaryFolder folder;

  Dataset data(std::vector<Structure> const& structures, std::string const& name = "a.xyz") {
    std::ostringstream out;
    for (Structure const& s : structures)
      write_extxyz(out, make_frame(s));
    return Dataset({folder.write(name, out.str())}, {});
  }
  auto rows(std::vector<Structure> const& structures, std::vector<std::string> const& symbols,
            FingerprintOptions const& options = {}) {
    return compute_fingerprints(space, data(structures), ElementSet(symbols), options);
  }
  static auto host(Fingerprints<Space> const& f) {
    return Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), f.values);
  }
};
TYPED_TEST_SUITE(FingerprintTest, test::ExecutionSpaces);

/// Evaluates the formula pair by pair.
std::vector<double> direct(Structure const& s, int z_a, int z_b, double volume,
                           FingerprintOptions const& o) {
  int const n_bins = static_cast<int>(std::lround(o.r_max / o.dr));
  oracle::Configuration c;
  c.cell = s.cell.vectors;
  c.periodic = s.cell.periodic;
  int n_a = 0, n_b = 0;
  for (std::size_t i = 0; i < s.n_atoms(); ++i) {
    c.atoms.push_back({0, s.positions[i]});
    n_a += s.numbers[i] == z_a;
    n_b += s.numbers[i] == z_b;
  }
  std::vector<double> f(n_bins, 0.);
  auto const lists = oracle::brute_force_neighbors(c, o.r_max + 8 * o.width);
  for (std::size_t i = 0; i < s.n_atoms(); ++i)
    for (auto const& neighbor : lists[i]) {
      if (s.numbers[i] != z_a || s.numbers[neighbor.atom] != z_b)
        continue;
      auto const& d = neighbor.displacement;
      double const r = std::sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
      auto const below = [&](double x) {
        return 0.5 * (1 + std::erf((x - r) / (o.width * std::numbers::sqrt2)));
      };
      for (int k = 0; k < n_bins; ++k)
        f[k] += below((k + 1) * o.dr) - below(k * o.dr);
    }
  for (int k = 0; k < n_bins; ++k) {
    double const r = (k + 0.5) * o.dr;
    f[k] = f[k] * volume / (4 * std::numbers::pi * r * r * o.dr * n_a * n_b) - 1;
  }
  return f;
}

/// Tolerance: a Gaussian is truncated at five widths, which omits 6e-7 of a pair.
double allowed(std::vector<double> const& f) {
  double largest = 0;
  for (double const x : f)
    largest = std::max(largest, std::abs(x));
  return 2e-6 * (1 + largest);
}

TYPED_TEST(FingerprintTest, EqualsTheFormula) {
  FingerprintOptions const options{6, 0.1, 0.08};
  Structure crystal = test::diamond(1, 0.1);
  Structure mixed = crystal;
  for (std::size_t i = 0; i < mixed.n_atoms(); i += 3)
    mixed.numbers[i] = 14;
  Structure const open = test::cluster(5, {6}, 2);
  auto const f = this->rows({crystal, mixed, open}, {"C", "Si"}, options);
  auto const values = this->host(f);
  int const n = 60;
  ASSERT_EQ(f.length(), 3 * n);
  EXPECT_EQ(f.n_open, 1);
  auto const compare = [&](int row, int block, std::vector<double> const& expected) {
    for (int k = 0; k < n; ++k)
      EXPECT_NEAR(values(row, block * n + k), expected[k], allowed(expected))
          << row << " " << block << " " << k;
  };
  compare(0, 0, direct(crystal, 6, 6, volume(crystal.cell), options));
  compare(1, 0, direct(mixed, 6, 6, volume(mixed.cell), options));
  compare(1, 1, direct(mixed, 6, 14, volume(mixed.cell), options));
  compare(1, 2, direct(mixed, 14, 14, volume(mixed.cell), options));
  compare(2, 0, direct(open, 6, 6, 50., options));
  for (int k = n; k < 3 * n; ++k)
    EXPECT_EQ(values(0, k), 0); // no silicon in this structure
}

TYPED_TEST(FingerprintTest, DoesNotDependOnCellOrientationOrder) {
  Structure const small = test::diamond(1, 0);
  Structure large = test::diamond(2, 0);
  std::swap(large.positions[0], large.positions[17]);
  Structure turned = small; // rotated: x, y, z -> y, z, x
  for (auto* vectors : {&turned.positions}) {
    for (Vec3& p : *vectors)
      p = {p[1], p[2], p[0]};
  }
  for (Vec3& v : turned.cell.vectors)
    v = {v[1], v[2], v[0]};
  auto const f = this->rows({small, large, turned}, {"C"});
  auto const d = distances_to(this->space, f, f, 0, FingerprintMetric::cosine);
  for (double const x : d)
    EXPECT_NEAR(x, 0, 1e-12);
}

TYPED_TEST(FingerprintTest, TendsToZeroForUncorrelatedAtoms) {
  Structure gas = test::cluster(2000, {6}, 3);
  std::srand(5);
  auto const coordinate = [] { return 25. * std::rand() / (RAND_MAX + 1.); };
  for (Vec3& p : gas.positions)
    p = {coordinate(), coordinate(), coordinate()};
  gas.cell.vectors = {{{25, 0, 0}, {0, 25, 0}, {0, 0, 25}}};
  gas.cell.periodic = {true, true, true};
  auto const values = this->host(this->rows({gas}, {"C"}));
  double mean = 0;
  for (int k = 100; k < 200; ++k)
    mean += values(0, k) / 100;
  EXPECT_NEAR(mean, 0, 0.01); // 4 million pairs
}

TYPED_TEST(FingerprintTest, DistancesAreTheirFormulas) {
  auto const f = this->rows({test::diamond(1, 0), test::diamond(1, 0.2), test::diamond(1, 0.4)},
                            {"C"}, {5, 0.1, 0.1});
  auto const v = this->host(f);
  auto const cosine = distances_to(this->space, f, f, 1, FingerprintMetric::cosine);
  auto const euclidean = distances_to(this->space, f, f, 1, FingerprintMetric::euclidean);
  for (int s = 0; s < 3; ++s) {
    double dot = 0, a = 0, b = 0, square = 0;
    for (int k = 0; k < f.length(); ++k) {
      dot += v(s, k) * v(1, k), a += v(s, k) * v(s, k), b += v(1, k) * v(1, k);
      square += std::pow(v(s, k) - v(1, k), 2);
    }
    EXPECT_NEAR(cosine[s], (1 - dot / std::sqrt(a * b)) / 2, 1e-14);
    EXPECT_NEAR(euclidean[s], std::sqrt(square), 1e-12 * std::sqrt(square));
  }
  EXPECT_LT(cosine[1], 1e-15);
}

/// Repeats the greedy choice directly.
TYPED_TEST(FingerprintTest, FarthestPointsAreTheGreedyOnes) {
  std::vector<Structure> structures;
  for (int k = 0; k < 12; ++k) {
    structures.push_back(test::diamond(1, 0.05 * k));
    for (Vec3& v : structures.back().cell.vectors)
      for (double& x : v)
        x *= 1 + 0.01 * (k % 5);
  }
  auto const f = this->rows(structures, {"C"}, {6, 0.1, 0.1});
  for (auto const metric : {FingerprintMetric::cosine, FingerprintMetric::euclidean})
    for (std::vector<int> const& among :
         {std::vector<int>{}, std::vector<int>{1, 3, 4, 8, 9, 11}}) {
      auto const points = farthest_points(this->space, f, 5, metric, among);
      ASSERT_EQ(points.chosen.size(), 5u);
      std::vector<int> all = among;
      for (int s = 0; s < 12 && among.empty(); ++s)
        all.push_back(s);
      for (int const s : points.chosen)
        EXPECT_NE(std::find(all.begin(), all.end(), s), all.end());
      std::vector<double> nearest(12, 1e300);
      for (std::size_t k = 0; k < points.chosen.size(); ++k) {
        auto const d = distances_to(this->space, f, f, points.chosen[k], metric);
        double radius = 0;
        for (int const s : all) {
          nearest[s] = std::min(nearest[s], d[s]);
          radius = std::max(radius, nearest[s]);
        }
        EXPECT_NEAR(points.covering_radius[k], radius, 1e-12 * (1 + radius));
        if (k + 1 < points.chosen.size()) {
          EXPECT_NEAR(nearest[points.chosen[k + 1]], radius, 1e-12 * (1 + radius));
        }
      }
      // with all structures chosen, none is left uncovered
      EXPECT_LT(farthest_points(this->space, f, 100, metric, among).covering_radius.back(), 1e-12);
    }
}

TYPED_TEST(FingerprintTest, FirstPointIsFarthestFromTheMean) {
  std::vector<Structure> structures(5, test::diamond(1, 0));
  structures[3] = test::diamond(1, 0.5); // differs from the others
  auto const f = this->rows(structures, {"C"});
  auto const points = farthest_points(this->space, f, 2, FingerprintMetric::euclidean);
  EXPECT_EQ(points.chosen[0], 3);
  // If equal structures have equal sums, the first of them is chosen; teams add in any order.
  if constexpr (Tuning<TypeParam>::fingerprint_team == 1)
    EXPECT_EQ(points.chosen[1], 0);
  else
    EXPECT_NE(points.chosen[1], 3);
}

TYPED_TEST(FingerprintTest, ImpossibleGridsAreRefused) {
  for (FingerprintOptions const& bad :
       {FingerprintOptions{0, 0.1, 0.1}, FingerprintOptions{5, 0, 0.1},
        FingerprintOptions{5, 0.1, -1}, FingerprintOptions{1000, 0.1, 0.1}})
    EXPECT_THROW(this->rows({test::diamond(1, 0)}, {"C"}, bad), InputError);
}

} // namespace
} // namespace kolace
