#pragma once

#include <kolace/structure/structure.hpp>

#include <string>
#include <vector>

namespace kolace {

/// Diamond: cells^3 cubes of 8 atoms of one element, edge a (Angstrom), every coordinate moved by a
/// random number up to `rattle`. With 512 atoms of carbon (a = 3.57, rattle 0.05) it is the case of
/// all benchmarks.
Structure diamond(int atomic_number, double a, int cells, double rattle, unsigned seed = 1);

/// A crystal at any scale.
struct Crystal {
  std::string name;    ///< of the structure type
  Structure structure; ///< primitive cell; the shortest distance of any two atoms is, relative to
                       ///< the sum of their covalent radii, 1

  /// The same with all lengths multiplied.
  Structure scaled(double factor) const;
};

/// fcc, bcc, simple cubic and diamond of one element; for two elements the ordered crystals on
/// these lattices: L1_0 (fcc lattice, c/a = 1), CsCl, rock salt, zinc blende.
std::vector<Crystal> simple_crystals(int number_a, int number_b);

} // namespace kolace
