#pragma once

#include <kolace/model/ace_basis.hpp>

#include <vector>

namespace kolace {

/// For each central element as many atomic environments as it has functions, with the largest
/// determinant of their B values that was found (MaxVol; Lysogorskiy et al., Phys. Rev. Materials
/// 7, 043801 (2023)).
///
/// The extrapolation grade of an atom is gamma = max_j |sum_k B_k X_kj| with X the inverse of the
/// set's B values: up to 1 within what the set spans, larger outside of it.
struct ActiveSet {
  /// X by central element, [n][n] row by row: row k is function first_function(element) + k of the
  /// basis, column j a member of the set.
  std::vector<std::vector<double>> inverses;
};

/// Columns of an element's functions in the order of python-ace, in which .asi files hold them: by
/// rank, then neighbor elements, n, l and intermediate L.
std::vector<int> columns_in_file_order(AceBasis const& basis, int element);

} // namespace kolace
