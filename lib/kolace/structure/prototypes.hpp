// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/structure/structure.hpp>

#include <string>
#include <vector>

namespace kolace {

/// Diamond crystal: cells^3 cubic cells of 8 atoms of one element, lattice constant a (Angstrom),
/// every coordinate displaced by a random number in [-rattle, rattle) (Angstrom). The reference
/// case of the benchmarks is 512 atoms of carbon (a = 3.57, rattle 0.05).
Structure diamond(int atomic_number, double a, int cells, double rattle, unsigned seed = 1);

/// About 500 atoms of an element in its crystal: fcc, bcc or diamond with its lattice constant; fcc
/// with the same distance of neighbors for hcp; for other elements diamond, with carbon's lattice
/// constant times the ratio of the covalent radii.
Structure bulk(int atomic_number, double rattle);

/// A crystal structure that can be scaled.
struct Crystal {
  std::string name;    ///< structure type
  Structure structure; ///< primitive cell; the smallest ratio of an interatomic distance to the sum
                       ///< of the two covalent radii is 1

  /// The crystal with all lengths multiplied by `factor`.
  Structure scaled(double factor) const;
};

/// fcc, bcc, simple cubic and diamond crystals for one element (number_a == number_b). For two
/// elements, the ordered crystals on these lattices: L1_0 (fcc lattice, c/a = 1), CsCl, rock salt,
/// zinc blende.
std::vector<Crystal> simple_crystals(int number_a, int number_b);

} // namespace kolace
