// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/structure/structure.hpp>

#include <vector>

namespace kolace {

/// A motion of atoms from a structure within the data to distances that the data lack, along which
/// the energy of a potential should not fall.
struct ScanPath {
  enum class Kind {
    pushed,  ///< two atoms of a training structure approach each other
    dynamics ///< a piece of a trajectory
  };
  Kind kind = Kind::pushed;
  int a = 0, b = 0;                  ///< species of the approaching atoms, a <= b
  std::vector<Structure> structures; ///< the first lies within the data or near them
  /// Of the approaching atoms in each structure (dynamics: of the closest ones), Angstrom.
  std::vector<double> distances;
  /// Fall of the energy below that of the first structure that is no fault, eV.
  double may_fall = 0;
};

} // namespace kolace
