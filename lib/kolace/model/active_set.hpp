// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/model/ace_basis.hpp>

#include <vector>

namespace kolace {

/// For each central element with N functions, N atomic environments whose matrix of B values has
/// the largest determinant found (MaxVol; Lysogorskiy et al., Phys. Rev. Materials 7, 043801
/// (2023)).
///
/// The extrapolation grade of an atom is gamma = max_j |sum_k B_k X_kj| with X the inverse of the
/// active set's B values: up to 1 for interpolation, larger for extrapolation.
struct ActiveSet {
  /// X by central element, [N][N] row-major: row k is function first_function(element) + k of the
  /// basis, column j a member of the active set.
  std::vector<std::vector<double>> inverses;
};

/// Columns of an element's functions in the order of python-ace and .asi files: by rank, then
/// neighbor elements, n, l and intermediate L.
std::vector<int> columns_in_file_order(AceBasis const& basis, int element);

} // namespace kolace
