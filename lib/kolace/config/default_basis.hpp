// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/coupling/basis_enumeration.hpp>
#include <kolace/dataset/dataset.hpp>

namespace kolace {

/// A basis chosen according to the amount of data.
struct DefaultBasis {
  BlockLimits limits; ///< limits of every block
  long n_functions = 0;
};

/// Properties of the data that determine the choice.
struct DataAmount {
  long n_labels = 0;          ///< energies, force components and virial components
  bool lacks_triples = false; ///< some three elements of the data occur together in no structure
  long n_zero_forces = 0;     ///< force components of zero, usually by symmetry

  /// Number of labels that can determine functions: all but forces of zero.
  long n_determining() const { return n_labels - n_zero_forces; }
};

/// Reads every frame.
DataAmount amount_of(Dataset const& data);

/// The largest of a sequence of bases (ranks 1 to 4, from 4 to 1,101 functions for one element)
/// with at most one function per 4 labels up to 600 functions, one per 15 labels beyond, and 3,000
/// in total, but at least the smallest one. The automatic solver keeps larger bases from
/// overfitting, so the limits follow from cost and from diminishing returns (bench/accuracy). If
/// the data lack combinations of three elements, at most ranks 1 and 2 and 600 functions: larger
/// bases extrapolate worse to alloys.
DefaultBasis default_basis(int n_elements, DataAmount const& amount);

} // namespace kolace
