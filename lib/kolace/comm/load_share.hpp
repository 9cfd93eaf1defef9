// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/comm/communicator.hpp>

#include <vector>

namespace kolace {

/// Assigns items to ranks one after the other, each to the rank with the lowest total cost so far,
/// which balances the costs. All ranks must ask for the same items in the same order.
class LoadShare {
public:
  /// No items have been assigned yet.
  explicit LoadShare(Communicator const& ranks) : rank_(ranks.rank()), loads_(ranks.size(), 0.) {}

  /// True if the next item, of this cost, is this rank's.
  bool takes(double cost);

private:
  int rank_;
  std::vector<double> loads_;
};

} // namespace kolace
