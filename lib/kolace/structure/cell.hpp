// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/tensors.hpp>

namespace kolace {

/// Three cell vectors (rows, Angstrom) and the directions in which the structure is periodic.
struct Cell {
  Mat3 vectors{};                 ///< one per row, Angstrom; may be zero in non-periodic directions
  std::array<bool, 3> periodic{}; ///< true for each vector along which the structure repeats

  bool operator==(Cell const&) const = default; ///< true if all members are equal
};

/// Scalar product.
double dot(Vec3 const& a, Vec3 const& b);
/// Vector product a x b.
Vec3 cross(Vec3 const& a, Vec3 const& b);
/// Euclidean length.
double norm(Vec3 const& a);

/// True if the cell is periodic in at least one direction.
bool any_periodic(Cell const& cell);

/// |det| of the cell vectors, Angstrom^3; 0 for a cell without three vectors.
double volume(Cell const& cell);

/// Reduced (short) vectors of the periodic directions; each non-periodic vector is replaced by a
/// unit vector (1 Angstrom) normal to the periodic ones. Atoms have coordinates in this basis for
/// any cell.
/// @pre the periodic vectors are linearly independent
Mat3 binning_basis(Cell const& cell);

/// Inverse of a matrix whose rows are vectors: x = f · rows  <=>  f = x · inverse.
Mat3 inverse(Mat3 const& rows);

/// Row vector times matrix.
Vec3 multiply(Vec3 const& row, Mat3 const& matrix);

/// True if the periodic vectors span a cell that can hold atoms: they are finite, and no two
/// lattice planes (lines, points) are closer than 0.1 Angstrom. Any tilt is allowed.
bool valid_periodicity(Cell const& cell);

} // namespace kolace
