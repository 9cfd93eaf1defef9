// SPDX-License-Identifier: BSD-3-Clause
#include "support/compare.hpp"
#include "support/execution_spaces.hpp"
#include "support/kokkos_events.hpp"
#include "support/sample_structures.hpp"

#include <kolace/neighbors/neighbor_list.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace kolace {
namespace {

template <class Space> struct NeighborListTest : testing::Test {};
TYPED_TEST_SUITE(NeighborListTest, test::ExecutionSpaces);

using Row = std::vector<oracle::Neighbor>;

void sort_row(Row& row) {
  std::sort(row.begin(), row.end(), [](auto const& a, auto const& b) {
    if (a.atom != b.atom)
      return a.atom < b.atom;
    for (int k = 0; k < 3; ++k)
      if (std::abs(a.displacement[k] - b.displacement[k]) > 1e-6)
        return a.displacement[k] < b.displacement[k];
    return false;
  });
}

template <class Space> std::vector<Row> rows_of(NeighborList<Space> const& list) {
  auto const offsets = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), list.row_offsets);
  auto const neighbors = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), list.neighbors);
  auto const r = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), list.displacements);
  std::vector<Row> rows;
  for (std::size_t i = 0; i + 1 < offsets.extent(0); ++i) {
    Row& row = rows.emplace_back();
    for (std::size_t p = offsets(i); p < offsets(i + 1); ++p)
      row.push_back({neighbors(p), {r(p, 0), r(p, 1), r(p, 2)}});
  }
  return rows;
}

/// Rows of a batch, starting at `first`, equal those of one structure.
void expect_brute_force(std::vector<Row> const& rows, int first, Structure const& structure,
                        ElementSet const& elements, double cutoff, double tolerance,
                        std::string const& name) {
  int atom = first;
  for (Row wanted : oracle::brute_force_neighbors(test::to_oracle(structure, elements), cutoff)) {
    Row got = rows.at(atom++);
    ASSERT_EQ(got.size(), wanted.size()) << name << " cutoff " << cutoff;
    for (auto& neighbor : got)
      neighbor.atom -= first;
    sort_row(got);
    sort_row(wanted);
    for (std::size_t k = 0; k < got.size(); ++k) {
      EXPECT_EQ(got[k].atom, wanted[k].atom) << name;
      for (int d = 0; d < 3; ++d)
        EXPECT_NEAR(got[k].displacement[d], wanted[k].displacement[d], tolerance) << name;
    }
  }
}

TYPED_TEST(NeighborListTest, EqualsBruteForceOnEveryKindOfCellInOneBatch) {
  TypeParam const space;
  ElementSet const elements({"C"});
  auto const samples = test::sample_structures({6});
  std::vector<Structure> structures;
  for (auto const& sample : samples)
    structures.push_back(sample.structure);
  // No cutoff equals a distance between images, where rounding would decide.
  for (double const cutoff : {1.3, 3.1, 5.03, 7.57}) {
    auto const batch = StructureBatch<TypeParam>::create(space, structures, elements);
    auto const rows = rows_of(build_neighbor_list(space, batch, cutoff));
    int atom = 0;
    for (auto const& [name, structure] : samples) {
      // Positions of 1e6 A have rounding errors of 1e-10 A.
      double const tolerance = name == "far_apart" ? 1e-9 : 10 * test::tolerance::position;
      expect_brute_force(rows, atom, structure, elements, cutoff, tolerance, name);
      atom += static_cast<int>(structure.n_atoms());
    }
    EXPECT_EQ(static_cast<std::size_t>(atom), rows.size());
  }
}

TYPED_TEST(NeighborListTest, OneAtomCellOfTheDataHas176Neighbors) {
  TypeParam const space;
  Structure s;
  double const a = 1.1781;
  s.cell = {{Vec3{0, a, a}, Vec3{a, 0, a}, Vec3{a, a, 0}}, {true, true, true}};
  s.numbers = {6};
  s.positions = {Vec3{0, 0, 0}};
  auto const batch = StructureBatch<TypeParam>::create(space, {&s, 1}, ElementSet({"C"}));
  EXPECT_EQ(build_neighbor_list(space, batch, 5.).neighbors.extent(0), 176u);
}

/// Cells around the thickness below which images of atoms are stored along the third direction,
/// thick and thin ones in one batch.
TYPED_TEST(NeighborListTest, ThinCellsEqualBruteForce) {
  TypeParam const space;
  ElementSet const elements({"C"});
  double const cutoff = 3.03;
  std::vector<Structure> structures;
  for (double const thickness : {0.11, 0.3, 2.9, 6.05, 6.07, 20.})
    for (bool const open : {false, true}) {
      Structure s;
      s.cell = {{Vec3{2.5, 0.3, 0}, Vec3{-0.4, 5.2, 0.1}, Vec3{0.7, 0.2, thickness}},
                {true, !open, true}};
      for (int i = 0; i < 3; ++i) {
        s.numbers.push_back(6);
        s.positions.push_back({0.7 * i, 1.9 * i - 3, thickness * (0.37 * i - 0.2)});
      }
      structures.push_back(s);
    }
  auto const batch = StructureBatch<TypeParam>::create(space, structures, elements);
  auto const rows = rows_of(build_neighbor_list(space, batch, cutoff));
  int first = 0;
  for (Structure const& s : structures) {
    expect_brute_force(rows, first, s, elements, cutoff, 10 * test::tolerance::position,
                       std::to_string(s.cell.vectors[2][2]));
    first += static_cast<int>(s.n_atoms());
  }
}

/// Clusters in vacuum, across the faces of their cell too, and atoms far from all others: bins of
/// empty space are left out.
TYPED_TEST(NeighborListTest, MostlyEmptyStructuresEqualBruteForce) {
  TypeParam const space;
  ElementSet const elements({"C"});
  std::mt19937 random(5);
  std::uniform_real_distribution<double> place(0, 14);
  std::vector<Structure> structures;
  for (int kind = 0; kind < 6; ++kind) {
    Structure s;
    for (int i = 0; i < 700; ++i) {
      s.numbers.push_back(6);
      double const far = kind == 3 ? 100. * (i % 3) : 0; // three clusters
      s.positions.push_back({place(random) + far, place(random) - 5, place(random) + far});
    }
    if (kind == 2 || kind == 4) // atoms that left
      s.positions[5] = {400, 30, 7}, s.positions[6] = {403, 31, 8}, s.positions[7] = {3, -900, 7};
    if (kind == 5) // a diagonal
      for (int i = 0; i < 700; ++i)
        for (int d = 0; d < 3; ++d)
          s.positions[i][d] = 2.7 * i + 0.1 * s.positions[i][d];
    if (kind < 4) {
      s.cell.vectors = {Vec3{2000, 0, 0}, Vec3{kind == 1 ? 700. : 0, 3000, 0}, Vec3{50, 0, 2500}};
      s.cell.periodic = {true, true, kind != 0};
    }
    structures.push_back(s);
  }
  auto const batch = StructureBatch<TypeParam>::create(space, structures, elements);
  auto const rows = rows_of(build_neighbor_list(space, batch, 3.1));
  int atom = 0;
  for (std::size_t s = 0; s < structures.size(); ++s) {
    expect_brute_force(rows, atom, structures[s], elements, 3.1, test::tolerance::position * 100,
                       "kind " + std::to_string(s));
    atom += static_cast<int>(structures[s].n_atoms());
  }
}

TYPED_TEST(NeighborListTest, BuildsOverAnEarlierList) {
  TypeParam const space;
  NeighborList<TypeParam> list;
  std::size_t largest = 0;
  // Smaller, larger, empty, larger again: earlier contents must have no effect.
  for (auto const& [cells, cutoff] :
       {std::pair{2, 4.}, {1, 3.}, {3, 5.}, {0, 5.}, {1, 6.}, {2, 5.}}) {
    Structure const s = cells > 0 ? test::diamond(cells, 0.05) : Structure();
    auto const batch = StructureBatch<TypeParam>::create(space, {&s, 1}, ElementSet({"C"}));
    build_neighbor_list(space, batch, cutoff, list);
    auto const got = rows_of(list), wanted = rows_of(build_neighbor_list(space, batch, cutoff));
    ASSERT_EQ(got.size(), s.n_atoms());
    for (std::size_t i = 0; i < got.size(); ++i) {
      ASSERT_EQ(got[i].size(), wanted[i].size());
      for (std::size_t k = 0; k < got[i].size(); ++k) {
        EXPECT_EQ(got[i][k].atom, wanted[i][k].atom);
        EXPECT_EQ(got[i][k].displacement, wanted[i][k].displacement);
      }
    }
    largest = std::max(largest, list.neighbors.extent(0));
    EXPECT_GE(list.neighbor_memory.extent(0), largest) << "memory was given back";
  }
}

/// An atom at the origin of an open structure, where no image shift is applied.
TYPED_TEST(NeighborListTest, AtomAtTheOriginIsNotItsOwnNeighbor) {
  TypeParam const space;
  Structure s;
  s.numbers = {6, 6, 6};
  s.positions = {{1, 0, 0}, {0, 0, 0}, {0, 1.5, 0}};
  auto const batch = StructureBatch<TypeParam>::create(space, {&s, 1}, ElementSet({"C"}));
  auto const rows = rows_of(build_neighbor_list(space, batch, 3.));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(rows[i].size(), 2u);
    for (auto const& neighbor : rows[i])
      EXPECT_NE(neighbor.atom, i);
  }
}

TYPED_TEST(NeighborListTest, IsTheSameOnEveryRun) {
  TypeParam const space;
  Structure const s = test::diamond(5, 0.05);
  auto const batch = StructureBatch<TypeParam>::create(space, {&s, 1}, ElementSet({"C"}));
  auto const first = rows_of(build_neighbor_list(space, batch, 4.));
  for (int run = 0; run < 5; ++run) {
    auto const again = rows_of(build_neighbor_list(space, batch, 4.));
    for (std::size_t i = 0; i < first.size(); ++i) {
      ASSERT_EQ(first[i].size(), again[i].size());
      for (std::size_t k = 0; k < first[i].size(); ++k) {
        EXPECT_EQ(first[i][k].atom, again[i][k].atom);
        EXPECT_EQ(first[i][k].displacement, again[i][k].displacement);
      }
    }
  }
}

/// Memory is linear in the number of atoms: 64,000 and 1,000,000 atoms allocate the same number of
/// bytes per atom. (bench_neighbors measures the time.)
TYPED_TEST(NeighborListTest, MillionAtomsInLinearMemory) {
  TypeParam const space;
  ElementSet const elements({"C"});
  double bytes_per_atom[2];
  int const cells[2] = {20, 50};
  for (int k = 0; k < 2; ++k) {
    Structure const s = test::diamond(cells[k], 0.05);
    auto const batch = StructureBatch<TypeParam>::create(space, {&s, 1}, elements);
    test::KokkosEvents const events;
    auto const list = build_neighbor_list(space, batch, 3.);
    space.fence();
    double const n = static_cast<double>(s.n_atoms());
    // 4 + 12 + 12 in the shells within 3 A, minus some that rattling moves out.
    EXPECT_NEAR(static_cast<double>(list.neighbors.extent(0)) / n, 26, 3);
    bytes_per_atom[k] = static_cast<double>(events.allocated_bytes) / n;
  }
  EXPECT_GT(bytes_per_atom[0], 26 * 28); // an index and a displacement per neighbor
  EXPECT_LT(bytes_per_atom[0], 2000);
  EXPECT_NEAR(bytes_per_atom[1] / bytes_per_atom[0], 1, 0.2);
}

TYPED_TEST(NeighborListTest, NoAtomWithoutCutoff) {
  TypeParam const space;
  Structure const s = test::diamond(1, 0);
  auto const batch = StructureBatch<TypeParam>::create(space, {&s, 1}, ElementSet({"C"}));
  EXPECT_THROW(build_neighbor_list(space, batch, 0.), std::invalid_argument);
}

} // namespace
} // namespace kolace
