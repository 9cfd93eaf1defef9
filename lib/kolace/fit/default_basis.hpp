#pragma once

#include <kolace/coupling/basis_enumeration.hpp>

namespace kolace {

/// A basis chosen by the amount of data.
struct DefaultBasis {
  BlockLimits limits; ///< of every block
  long n_functions = 0;
};

/// The largest of a sequence of bases (ranks 1 to 4, from 4 to 555 functions for one element) with
/// at most one function per 50 labels and 1,500 functions in all; the smallest in any case. The
/// automatic solver keeps larger bases from overfitting, so the limits are those of cost and of
/// sense: measured in bench/accuracy.
/// @param n_labels energies, force components and virial components
DefaultBasis default_basis(int n_elements, long n_labels);

} // namespace kolace
