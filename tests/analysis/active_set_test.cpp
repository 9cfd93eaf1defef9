// SPDX-License-Identifier: BSD-3-Clause
#include "support/execution_spaces.hpp"
#include "support/sample_potentials.hpp"
#include "support/sample_structures.hpp"
#include "support/temporary_folder.hpp"

#include <kolace/analysis/max_volume.hpp>
#include <kolace/design/design_rows.hpp>
#include <kolace/evaluate/extrapolation.hpp>
#include <kolace/io/active_set_file.hpp>

#include <Eigen/LU>
#include <gmock/gmock.h>

#include <fstream>
#include <random>

namespace kolace {
namespace {

using Matrix2D = Eigen::MatrixXd;

/// Rows whose column norms span many orders of magnitude.
Matrix2D random_rows(int m, int n, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  Matrix2D rows(m, n);
  for (int k = 0; k < n; ++k)
    for (int i = 0; i < m; ++i)
      rows(i, k) = normal(random) * std::pow(10., k % 9 - 4);
  return rows;
}

MaxVolume search(Matrix2D const& rows, int batch, double threshold) {
  std::vector<double> scale;
  for (int k = 0; k < rows.cols(); ++k) {
    double const size = rows.col(k).norm() / std::sqrt(rows.rows());
    scale.push_back(size > 0 ? size : 1);
  }
  MaxVolume set(scale);
  for (long exchanges = 1, passes = 0; exchanges > 0; ++passes) {
    EXPECT_LT(passes, 50);
    exchanges = 0;
    set.refresh();
    for (int begin = 0; begin < rows.rows(); begin += batch) {
      int const count = std::min<int>(batch, static_cast<int>(rows.rows()) - begin);
      Matrix2D const part = rows.middleRows(begin, count);
      std::vector<MaxVolume::Origin> origins;
      for (int i = 0; i < count; ++i)
        origins.push_back({begin + i, 0});
      exchanges += set.add({part.data(), part.data() + part.size()}, origins, threshold);
    }
  }
  set.refresh();
  return set;
}

Matrix2D inverse_of(MaxVolume const& set) { // row-major
  std::vector<double> const x = set.inverse();
  return Eigen::Map<Matrix2D const>(x.data(), set.size(), set.size()).transpose();
}

TEST(MaxVolumeTest, NoRowExceedsTheThreshold) {
  Matrix2D const rows = random_rows(700, 24, 1);
  for (int const batch : {1, 64, 700}) {
    MaxVolume const set = search(rows, batch, 1.001);
    EXPECT_LE((rows * inverse_of(set)).cwiseAbs().maxCoeff(), 1.001 * (1 + 1e-9));
    Matrix2D members(24, 24);
    for (int j = 0; j < 24; ++j) {
      ASSERT_GE(set.members()[j].structure, 0);
      members.row(j) = rows.row(set.members()[j].structure);
    }
    EXPECT_LT((members * inverse_of(set) - Matrix2D::Identity(24, 24)).cwiseAbs().maxCoeff(), 1e-9);
    // The first rows are also a set, with a smaller determinant.
    EXPECT_GT(std::abs(members.determinant()), std::abs(rows.topRows(24).determinant()));
  }
}

TEST(MaxVolumeTest, DirectionsWithoutDataKeepPlaceholders) {
  Matrix2D rows = random_rows(300, 12, 2);
  rows.col(3).setZero();
  rows.col(7) = 2 * rows.col(5); // linearly dependent
  MaxVolume const set = search(rows, 50, 1.001);
  EXPECT_EQ(std::count(set.members().begin(), set.members().end(), MaxVolume::Origin{}), 2);
  Matrix2D const x = inverse_of(set);
  EXPECT_LE((rows * x).cwiseAbs().maxCoeff(), 1.001 * (1 + 1e-6));
  Matrix2D outside = rows.topRows(1);
  outside(0, 3) = 0.1; // a direction without data
  EXPECT_GT((outside * x).cwiseAbs().maxCoeff(), 1e3);
}

TEST(MaxVolumeTest, FewerRowsThanColumns) {
  Matrix2D const rows = random_rows(5, 12, 3);
  MaxVolume const set = search(rows, 5, 1.001);
  EXPECT_EQ(std::count(set.members().begin(), set.members().end(), MaxVolume::Origin{}), 7);
  EXPECT_LE((rows * inverse_of(set)).cwiseAbs().maxCoeff(), 1.001 * (1 + 1e-6));
}

std::vector<Structure> training() {
  std::vector<Structure> structures;
  for (unsigned seed = 1; seed < 14; ++seed)
    structures.push_back(test::cluster(24, {13, 28}, seed));
  return structures;
}

TEST(ActiveSetTest, GradesOfTheTrainingSetAreAtMostTheThreshold) {
  using Space = Kokkos::DefaultExecutionSpace;
  Space const space;
  AcePotential const potential =
      test::random_potential({"Al", "Ni"}, {{4, 3, 2}, {0, 2, 1}}, test::paper_radial(4));
  auto const structures = training();
  Dataset const data = Dataset::of_structures(structures);
  for (double const width : {0., 0.01}) {
    ActiveSetSearch const found = find_active_set({}, data, potential.basis, width);
    EXPECT_TRUE(found.is_complete);
    EXPECT_EQ(found.n_environments, (std::vector<long>{12 * 13, 12 * 13}));
    ExtrapolationGrade<Space> grade(space, potential.basis, found.set, width);
    auto const grades = extrapolation_grades(space, grade, std::span<Structure const>(structures));
    for (auto const& list : grades)
      for (double const g : list)
        EXPECT_LE(g, 1.001 * (1 + 1e-7));
    // Members have grade 1.
    for (auto const& members : found.members)
      for (MaxVolume::Origin const& origin : members)
        if (origin.structure >= 0) {
          EXPECT_NEAR(grades[origin.structure][origin.atom], 1, 2e-3);
        }
    Structure compressed = structures.front();
    for (Vec3& r : compressed.positions)
      for (double& x : r)
        x *= 0.8;
    auto const outside =
        extrapolation_grades(space, grade, std::span<Structure const>(&compressed, 1)).front();
    EXPECT_GT(*std::max_element(outside.begin(), outside.end()), 5);
  }
}

template <class Space> struct GradeTest : testing::Test {};
TYPED_TEST_SUITE(GradeTest, test::ExecutionSpaces);

/// Compares with the formula applied to the B values of the design rows.
TYPED_TEST(GradeTest, AreTheLargestCoefficient) {
  TypeParam const space;
  AcePotential const potential =
      test::random_potential({"Al", "Ni"}, {{4, 3, 2}, {0, 2, 1}}, test::paper_radial(4));
  AceBasis const& basis = *potential.basis;
  ActiveSet set;
  std::mt19937 random(5);
  std::normal_distribution<double> normal;
  for (int e = 0; e < 2; ++e) {
    std::size_t const n = basis.first_function(e + 1) - basis.first_function(e);
    set.inverses.emplace_back(n * n);
    for (double& x : set.inverses.back())
      x = normal(random);
  }
  auto const structures = training();
  auto const batch = StructureBatch<TypeParam>::create(
      space, std::span<Structure const>(structures), basis.elements());
  auto const list = build_neighbor_list(space, batch, basis.cutoff());
  DesignAssembler<TypeParam> const rows(space, potential.basis);
  auto const values = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(),
                                                          rows.basis_values(space, batch, list));
  ExtrapolationGrade<TypeParam> grade(space, potential.basis, set);
  auto const grades = extrapolation_grades(space, grade, std::span<Structure const>(structures));
  long atom = 0;
  for (std::size_t s = 0; s < structures.size(); ++s)
    for (std::size_t i = 0; i < structures[s].n_atoms(); ++i, ++atom) {
      int const e = basis.elements().species(structures[s].numbers[i]);
      int const first = basis.first_function(e), n = basis.first_function(e + 1) - first;
      double expected = 0;
      for (int j = 0; j < n; ++j) {
        double sum = 0;
        for (int k = 0; k < n; ++k)
          sum += values(atom, first + k) * set.inverses[e][static_cast<std::size_t>(k) * n + j];
        expected = std::max(expected, std::abs(sum));
      }
      EXPECT_NEAR(grades[s][i], expected, 1e-11 * expected);
    }
  set.inverses[1].pop_back();
  EXPECT_THROW(ExtrapolationGrade<TypeParam>(space, potential.basis, set), InputError);
}

TEST(ActiveSetFile, ReadsWhatItWrites) {
  test::TemporaryFolder const folder;
  AcePotential const potential =
      test::random_potential({"Al", "Ni"}, {{3, 2}, {0, 1}}, test::paper_radial(4));
  ActiveSet set;
  for (int e = 0; e < 2; ++e) {
    int const n = potential.basis->first_function(e + 1) - potential.basis->first_function(e);
    for (int k = 0; k < n * n; ++k)
      set.inverses.resize(e + 1), set.inverses[e].push_back(k / 7. - e);
  }
  std::string const path = folder.file("set.asi");
  {
    std::ofstream out(path, std::ios::binary);
    write_active_set(out, set, *potential.basis);
  }
  EXPECT_EQ(read_active_set(path, *potential.basis).inverses, set.inverses);
  // Truncated or damaged files must give an error message, not an invalid memory access.
  std::ifstream in(path, std::ios::binary);
  std::string const text((std::istreambuf_iterator<char>(in)), {});
  std::mt19937 random(1);
  int refused = 0;
  for (int k = 0; k < 400; ++k) {
    std::string damaged = text;
    if (k % 2 == 0)
      damaged.resize(random() % text.size());
    else
      for (int change = 0; change < 3; ++change)
        damaged[random() % damaged.size()] = static_cast<char>(random());
    std::ofstream(path, std::ios::binary) << damaged;
    try {
      read_active_set(path, *potential.basis);
    } catch (InputError const& error) {
      EXPECT_THAT(error.what(), testing::HasSubstr("set.asi"));
      ++refused;
    }
  }
  EXPECT_GT(refused, 200);
  AcePotential const other =
      test::random_potential({"Al", "Ni"}, {{3, 1}, {0, 1}}, test::paper_radial(4));
  std::ofstream(path, std::ios::binary) << text;
  EXPECT_THROW(read_active_set(path, *other.basis), InputError);
}

} // namespace
} // namespace kolace
