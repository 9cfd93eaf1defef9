// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/linalg/reduced_unknowns.hpp>
#include <kolace/model/ace_basis.hpp>

#include <vector>

namespace kolace {

/// Functions that differ in their elements only.
struct SimilarFunctions {
  std::vector<int> functions;
  /// Ratios of the coefficients in an expansion that does not distinguish elements. Products of
  /// different factors occur once for each of their orders: A_B A_C counts twice where A_B A_B
  /// counts once.
  std::vector<double> factors;
};

/// All functions of a basis in groups. Those of up to three factors belong together if they have
/// the same (n, l) in any order; with more factors also the order and the intermediate L must
/// agree.
std::vector<SimilarFunctions> similar_functions(AceBasis const& basis);

/// The penalty for data that lack combinations of their elements. Functions of these combinations
/// are predicted from similar ones: coefficients of similar functions are correlated by 0.97, i.e.
/// consist of a shared part and parts of their own. If there is no such function, shared parts are
/// left out. Functions without data have no own part; those of elements without data are zero.
/// @param weights weights of the penalty [n_functions + n_reference]
/// @param has_data false: the function vanishes in all data [n_functions]
RidgeWeights share_similar(AceBasis const& basis, std::vector<double> weights,
                           std::vector<bool> const& has_data);

} // namespace kolace
