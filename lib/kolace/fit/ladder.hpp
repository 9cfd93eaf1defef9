#pragma once

#include <kolace/fit/options.hpp>
#include <kolace/fit/subset_models.hpp>

namespace kolace {

/// One model of a ladder.
struct LadderStep : SubsetModel {
  int n_functions = 0;
  int body_order = 2; ///< the highest in it
};

/// Functions of the models, each containing the one before; the last is the whole basis. Columns
/// ascend. In body order, a rank's functions come by n, l, L and elements.
std::vector<std::vector<int>> ladder_sets(AceBasis const& basis, LadderOptions const& options);

} // namespace kolace
