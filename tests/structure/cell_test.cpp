#include "support/tolerances.hpp"

#include <kolace/structure/cell.hpp>

#include <gtest/gtest.h>

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
        EXPECT_EQ(basis[d], cell.vectors[d]);
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
