// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/fit/options.hpp>
#include <kolace/fit/subset_models.hpp>

namespace kolace {

/// One model of the model path (pacemaker's ladder).
struct LadderStep : SubsetModel {
  int n_functions = 0; ///< functions in the model
  int body_order = 2;  ///< highest body order in the model
};

/// Functions of the models of the path. Each set contains the previous one; the last is the whole
/// basis. Columns ascend. With Order::body, functions of a rank are sorted by n, l, L and elements.
std::vector<std::vector<int>> ladder_sets(AceBasis const& basis, LadderOptions const& options);

} // namespace kolace
