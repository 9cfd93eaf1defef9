#pragma once

#include <kolace/coupling/basis_enumeration.hpp>
#include <kolace/dataset/dataset.hpp>

namespace kolace {

/// A basis chosen by the amount of data.
struct DefaultBasis {
  BlockLimits limits; ///< of every block
  long n_functions = 0;
};

/// What the choice looks at.
struct DataAmount {
  long n_labels = 0;          ///< energies, force components and virial components
  bool lacks_triples = false; ///< three elements of the data are together in no structure
};

/// Looks at every frame.
DataAmount amount_of(Dataset const& data);

/// The largest of a sequence of bases (ranks 1 to 4, from 4 to 555 functions for one element) with
/// at most one function per 15 labels and 1,500 functions in all; the smallest in any case. The
/// automatic solver keeps larger bases from overfitting, so the limits are those of cost and of
/// sense: measured in bench/accuracy. Where the data lack combinations of three elements, ranks 1
/// and 2 and 600 functions: larger bases extrapolate worse to alloys.
DefaultBasis default_basis(int n_elements, DataAmount const& amount);

} // namespace kolace
