// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/coupling/coupling_tree.hpp>

#include <kolace/core/contracts.hpp>

#include <cstdlib>

namespace kolace {

CouplingTree coupling_tree(int rank) {
  KOLACE_EXPECT(rank >= 1, rank);
  CouplingTree tree;
  if (rank == 1)
    return tree;
  if (rank == 2) {
    tree.steps.emplace_back(0, 1);
    return tree;
  }
  tree.steps.reserve(rank - 1);
  for (int leaf = 0; leaf + 1 < rank; leaf += 2)
    tree.steps.emplace_back(leaf, leaf + 1);
  // Results of steps are numbered in the order of the steps and joined in this order.
  bool const odd = rank % 2 != 0;
  int first = 0; // oldest step whose result is not joined yet
  while (static_cast<int>(tree.steps.size()) - first > (odd ? 1 : 2)) {
    tree.steps.emplace_back(rank + first, rank + first + 1);
    first += 2;
  }
  tree.steps.emplace_back(rank + first, odd ? rank - 1 : rank + first + 1);
  KOLACE_ENSURE(static_cast<int>(tree.steps.size()) == rank - 1, tree.steps.size(), rank);
  return tree;
}

std::vector<std::vector<int>> allowed_intermediates(std::vector<int> const& l) {
  int const rank = static_cast<int>(l.size());
  CouplingTree const tree = coupling_tree(rank);
  std::vector<std::vector<int>> found;
  std::vector<int> item(l); // l of each item made so far
  auto const extend = [&](auto const& self, std::size_t step) -> void {
    if (step + 1 >= tree.steps.size()) {
      if (rank == 1 ? l[0] == 0 : item[tree.steps.back().first] == item[tree.steps.back().second])
        found.emplace_back(item.begin() + rank, item.end());
      return;
    }
    int const a = item[tree.steps[step].first], b = item[tree.steps[step].second];
    for (int L = std::abs(a - b); L <= a + b; ++L) {
      item.push_back(L);
      self(self, step + 1);
      item.pop_back();
    }
  };
  extend(extend, 0);
  return found;
}

bool valid_intermediates(std::vector<int> const& l, std::vector<int> const& intermediates) {
  int const rank = static_cast<int>(l.size());
  if (static_cast<int>(intermediates.size()) != (rank > 2 ? rank - 2 : 0))
    return false;
  if (rank == 1)
    return l[0] == 0;
  CouplingTree const tree = coupling_tree(rank);
  std::vector<int> item(l);
  item.insert(item.end(), intermediates.begin(), intermediates.end());
  for (std::size_t s = 0; s + 1 < tree.steps.size(); ++s) {
    int const a = item[tree.steps[s].first], b = item[tree.steps[s].second];
    int const L = intermediates[s];
    if (L < std::abs(a - b) || L > a + b)
      return false;
  }
  return item[tree.steps.back().first] == item[tree.steps.back().second];
}

} // namespace kolace
