#pragma once

#include <kolace/structure/structure.hpp>

namespace kolace {

/// Diamond: cells^3 cubes of 8 atoms of one element, edge a (Angstrom), every coordinate moved by a
/// random number up to `rattle`. With 512 atoms of carbon (a = 3.57, rattle 0.05) it is the case of
/// all benchmarks.
Structure diamond(int atomic_number, double a, int cells, double rattle, unsigned seed = 1);

} // namespace kolace
