// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>

namespace kolace {

/// Cartesian vector, Angstrom unless said otherwise.
using Vec3 = std::array<double, 3>;
/// Row-major 3 x 3 matrix; for a cell, one cell vector per row.
using Mat3 = std::array<Vec3, 3>;
/// Symmetric tensor in Voigt order: xx yy zz yz xz xy.
using Voigt = std::array<double, 6>;

} // namespace kolace
