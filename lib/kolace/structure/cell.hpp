#pragma once

#include <kolace/core/types.hpp>

namespace kolace {

/// Three cell vectors (rows, Angstrom) and the directions in which they repeat.
struct Cell {
  Mat3 vectors{};
  std::array<bool, 3> periodic{};

  bool operator==(Cell const&) const = default;
};

double dot(Vec3 const& a, Vec3 const& b);
Vec3 cross(Vec3 const& a, Vec3 const& b);
double norm(Vec3 const& a);

bool any_periodic(Cell const& cell);

/// |det| of the cell vectors, Angstrom^3; 0 for a cell without three vectors.
double volume(Cell const& cell);

/// Short vectors of the cell's lattice, every non-periodic one replaced by a unit vector normal to
/// the periodic ones: a basis in which positions have coordinates, whatever the cell.
/// @pre the periodic vectors are linearly independent
Mat3 binning_basis(Cell const& cell);

/// Inverse of a matrix whose rows are vectors: x = f · rows  <=>  f = x · inverse.
Mat3 inverse(Mat3 const& rows);

/// Row vector times matrix.
Vec3 multiply(Vec3 const& row, Mat3 const& matrix);

/// Do the periodic vectors span a cell that can hold atoms: finite, and no two lattice planes
/// (lines, points) closer than 0.1 Angstrom? A cell may be as tilted as it likes.
bool valid_periodicity(Cell const& cell);

} // namespace kolace
