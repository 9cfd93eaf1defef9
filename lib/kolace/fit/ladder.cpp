// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/fit/ladder.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

namespace kolace {

std::vector<std::vector<int>> ladder_sets(AceBasis const& basis, LadderOptions const& options) {
  auto const& functions = basis.functions();
  std::vector<int> order(functions.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
    BasisFunction const &f = functions[a], &g = functions[b];
    if (options.order == LadderOptions::Order::power)
      return f.power() < g.power();
    return std::make_tuple(f.rank(), std::cref(f.n), std::cref(f.l), std::cref(f.intermediates),
                           f.center, std::cref(f.species)) <
           std::make_tuple(g.rank(), std::cref(g.n), std::cref(g.l), std::cref(g.intermediates),
                           g.center, std::cref(g.species));
  });
  std::vector<std::vector<int>> sets;
  for (std::size_t count = 0; count < order.size();) {
    auto const grown = static_cast<std::size_t>(options.fraction * static_cast<double>(count));
    count += std::max({std::size_t(1), static_cast<std::size_t>(options.step), grown});
    count = std::min(count, order.size());
    std::vector<int> set(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count));
    std::sort(set.begin(), set.end());
    sets.push_back(std::move(set));
  }
  return sets;
}

} // namespace kolace
