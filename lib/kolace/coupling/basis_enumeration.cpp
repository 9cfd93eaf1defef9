#include <kolace/coupling/basis_enumeration.hpp>

#include <kolace/coupling/invariants.hpp>

#include <algorithm>
#include <numeric>
#include <set>

namespace kolace {
namespace {

/// Calls visit(tuple) for every tuple of `length` numbers first..last.
template <class Visit> void for_each_tuple(int length, int first, int last, Visit const& visit) {
  std::vector<int> tuple(length, first);
  if (last < first)
    return;
  while (true) {
    visit(tuple);
    int k = length - 1;
    while (k >= 0 && tuple[k] == last)
      tuple[k--] = first;
    if (k < 0)
      return;
    ++tuple[k];
  }
}

} // namespace

std::vector<BasisFunction> enumerate_block(FunctionBlock const& block) {
  std::vector<BasisFunction> functions;
  InvariantCouplings couplings;
  std::vector<int> members = block.elements;
  std::sort(members.begin(), members.end());
  std::set<int> const wanted(members.begin(), members.end());
  int const max_rank = static_cast<int>(block.limits.nradmax.size());
  for (int rank = 1; rank <= max_rank; ++rank) {
    int const nmax = block.limits.nradmax[rank - 1];
    int const lmax = rank == 1 ? 0 : block.limits.lmax[rank - 1];
    for_each_tuple(rank, 0, static_cast<int>(members.size()) - 1,
                   [&](std::vector<int> const& pick) {
                     if (!std::is_sorted(pick.begin(), pick.end()))
                       return;
                     BasisFunction f;
                     f.center = block.elements.front();
                     std::set<int> present{f.center};
                     for (int const p : pick) {
                       f.species.push_back(members[p]);
                       present.insert(members[p]);
                     }
                     if (present != wanted)
                       return;
                     for_each_tuple(rank, 1, nmax, [&](std::vector<int> const& n) {
                       for (int t = 1; t < rank; ++t)
                         if (f.species[t] == f.species[t - 1] && n[t] < n[t - 1])
                           return;
                       f.n = n;
                       for_each_tuple(rank, 0, lmax, [&](std::vector<int> const& l) {
                         std::vector<int> group(rank, 0);
                         for (int t = 1; t < rank; ++t) {
                           bool const same = f.species[t] == f.species[t - 1] && n[t] == n[t - 1];
                           if (same && l[t] < l[t - 1])
                             return;
                           group[t] = group[t - 1] + (same && l[t] == l[t - 1] ? 0 : 1);
                         }
                         f.l = l;
                         for (auto const& intermediates : couplings.independent(l, group)) {
                           f.intermediates = intermediates;
                           functions.push_back(f);
                         }
                       });
                     });
                   });
  }
  return functions;
}

std::vector<FunctionBlock> make_blocks(int n_elements,
                                       std::vector<std::optional<BlockLimits>> const& limits) {
  std::vector<FunctionBlock> blocks;
  for (int center = 0; center < n_elements; ++center)
    for (unsigned subset = 0; subset < (1u << n_elements); ++subset) {
      if (subset & (1u << center))
        continue;
      std::vector<int> elements{center};
      for (int e = 0; e < n_elements; ++e)
        if (subset & (1u << e))
          elements.push_back(e);
      if (elements.size() <= limits.size() && limits[elements.size() - 1])
        blocks.push_back({elements, *limits[elements.size() - 1]});
    }
  std::sort(blocks.begin(), blocks.end(),
            [](auto const& a, auto const& b) { return a.elements < b.elements; });
  return blocks;
}

void keep_lowest_power(std::vector<BasisFunction>& functions, std::size_t limit) {
  if (functions.size() <= limit)
    return;
  auto const power = [&](std::size_t i) {
    BasisFunction const& f = functions[i];
    return f.rank() + std::accumulate(f.n.begin(), f.n.end(), 0) +
           std::accumulate(f.l.begin(), f.l.end(), 0);
  };
  std::vector<std::size_t> order(functions.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](auto i, auto j) { return power(i) < power(j); });
  order.resize(limit);
  std::sort(order.begin(), order.end());
  std::vector<BasisFunction> kept;
  for (std::size_t const i : order)
    kept.push_back(std::move(functions[i]));
  functions = std::move(kept);
}

} // namespace kolace
