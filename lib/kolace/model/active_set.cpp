// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/model/active_set.hpp>

#include <algorithm>
#include <numeric>
#include <tuple>

namespace kolace {

std::vector<int> columns_in_file_order(AceBasis const& basis, int element) {
  int const first = basis.first_function(element), last = basis.first_function(element + 1);
  std::vector<int> columns(last - first);
  std::iota(columns.begin(), columns.end(), first);
  std::stable_sort(columns.begin(), columns.end(), [&](int a, int b) {
    BasisFunction const &f = basis.functions()[a], &g = basis.functions()[b];
    int const rank_f = f.rank(), rank_g = g.rank();
    return std::tie(rank_f, f.species, f.n, f.l, f.intermediates) <
           std::tie(rank_g, g.species, g.n, g.l, g.intermediates);
  });
  return columns;
}

} // namespace kolace
