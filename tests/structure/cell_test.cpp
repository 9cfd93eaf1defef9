// SPDX-License-Identifier: BSD-3-Clause
#include "support/tolerances.hpp"

#include <kolace/structure/cell.hpp>

#include <gtest/gtest.h>

#include <cmath>

namespace kolace {
namespace {

using test::tolerance::formula;

Mat3 const triclinic{Vec3{4, 0.3, -0.2}, Vec3{2.9, 4.1, 0.4}, Vec3{-1.7, 2.2, 4.5}};

TEST(Cell, InverseUndoesCoordinates) {
  Vec3 const x{1.3, -2.7, 0.4};
  Vec3 const back = multiply(multiply(x, inverse(triclinic)), triclinic);
  for (int k = 0; k < 3; ++k)
    EXPECT_NEAR(back[k], x[k], formula * 10);
}

TEST(Cell, VolumeIsPositiveForLeftHandedCells) {
  Mat3 const left{triclinic[1], triclinic[0], triclinic[2]};
  EXPECT_GT(volume({triclinic, {true, true, true}}), 0);
  EXPECT_NEAR(volume({left, {}}), volume({triclinic, {}}), 100 * formula);
}

TEST(Cell, OpenDirectionsOfTheBinningBasisAreUnitNormals) {
  for (int mask = 0; mask < 8; ++mask) {
    Cell cell{triclinic, {(mask & 1) != 0, (mask & 2) != 0, (mask & 4) != 0}};
    for (int d = 0; d < 3; ++d)
      if (!cell.periodic[d])
        cell.vectors[d] = {0, 0, 0};
    Mat3 const basis = binning_basis(cell);
    for (int d = 0; d < 3; ++d) {
      if (cell.periodic[d]) {
        EXPECT_LE(norm(basis[d]), norm(cell.vectors[d]) * (1 + formula));
        continue;
      }
      EXPECT_NEAR(norm(basis[d]), 1, formula) << mask;
      for (int e = 0; e < 3; ++e)
        if (e != d) {
          EXPECT_NEAR(dot(basis[d], basis[e]), 0, 10 * formula) << mask;
        }
    }
  }
}

/// Checks that the rows of `a` are integer combinations of the rows of `b`.
void expect_same_lattice(Mat3 const& a, Mat3 const& b) {
  for (Vec3 const& row : a)
    for (double const x : multiply(row, inverse(b)))
      EXPECT_NEAR(x, std::round(x), 1e-9);
}

TEST(Cell, TiltedCellsAreTheLatticeOfShortVectors) {
  Cell const cube{{Vec3{4, 0, 0}, Vec3{0, 4, 0}, Vec3{0, 0, 4}}, {true, true, true}};
  for (double const tilt : {0.3, 10., 250.}) {
    Cell cell = cube;
    cell.vectors[1][0] = 4 * tilt; // tilted by `tilt` cells
    cell.vectors[2] = {-8 * tilt, 4 * std::round(tilt), 4};
    EXPECT_TRUE(valid_periodicity(cell)) << tilt;
    Mat3 const basis = binning_basis(cell);
    expect_same_lattice(basis, cell.vectors);
    expect_same_lattice(cell.vectors, basis);
    for (Vec3 const& vector : basis)
      EXPECT_LT(norm(vector), 8) << tilt;
  }
  // Faces are 0.02 A apart, but no lattice vector is shorter than 1 A.
  Cell flat{{Vec3{50, 0, 0}, Vec3{1.02, 0.02, 0}, Vec3{0, 0, 3}}, {true, true, true}};
  EXPECT_TRUE(valid_periodicity(flat));
}

TEST(Cell, SingularPeriodicityIsFound) {
  Cell cell{triclinic, {true, true, true}};
  EXPECT_TRUE(valid_periodicity(cell));
  cell.vectors[2] = cell.vectors[0];
  EXPECT_FALSE(valid_periodicity(cell));
  cell.periodic = {true, true, false};
  EXPECT_TRUE(valid_periodicity(cell));
  cell.vectors[1] = {0, 0, 0};
  EXPECT_FALSE(valid_periodicity(cell));
  cell.periodic = {true, false, false};
  EXPECT_TRUE(valid_periodicity(cell));
}

} // namespace
} // namespace kolace
