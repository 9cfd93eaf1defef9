#include <kolace/coupling/basis_enumeration.hpp>

#include <kolace/coupling/invariants.hpp>

#include <algorithm>
#include <numeric>
#include <set>

namespace kolace {
namespace {

/// Calls visit(tuple) for every tuple of `length` numbers lowest(tuple, t)..last, in lexicographic
/// order.
template <class Lowest, class Visit>
void for_each_tuple(int length, int last, Lowest const& lowest, Visit const& visit) {
  std::vector<int> tuple;
  auto const extend = [&](auto const& self) -> void {
    if (static_cast<int>(tuple.size()) == length) {
      visit(tuple);
      return;
    }
    for (int value = lowest(tuple, tuple.size()); value <= last; ++value) {
      tuple.push_back(value);
      self(self);
      tuple.pop_back();
    }
  };
  extend(extend);
}

/// All functions of one rank whose factors have these elements.
void enumerate_rank(BasisFunction f, int nmax, int lmax, InvariantCouplings& couplings,
                    std::vector<BasisFunction>& functions) {
  int const rank = f.rank();
  auto const same_element = [&](std::size_t t) {
    return t > 0 && f.species[t] == f.species[t - 1];
  };
  // Equal factors in ascending order: each multiset once.
  for_each_tuple(
      rank, nmax,
      [&](std::vector<int> const& n, std::size_t t) { return same_element(t) ? n[t - 1] : 1; },
      [&](std::vector<int> const& n) {
        f.n = n;
        auto const same = [&](std::size_t t) { return same_element(t) && n[t] == n[t - 1]; };
        for_each_tuple(
            rank, lmax,
            [&](std::vector<int> const& l, std::size_t t) { return same(t) ? l[t - 1] : 0; },
            [&](std::vector<int> const& l) {
              std::vector<int> group(rank, 0);
              for (int t = 1; t < rank; ++t)
                group[t] = group[t - 1] + (same(t) && l[t] == l[t - 1] ? 0 : 1);
              f.l = l;
              for (auto const& intermediates : couplings.independent(l, group)) {
                f.intermediates = intermediates;
                functions.push_back(f);
              }
            });
      });
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
    int const lmax = rank == 1 ? 0 : block.limits.lmax[rank - 1];
    for_each_tuple(
        rank, static_cast<int>(members.size()) - 1,
        [](std::vector<int> const& pick, std::size_t t) { return t > 0 ? pick[t - 1] : 0; },
        [&](std::vector<int> const& pick) {
          BasisFunction f;
          f.center = block.elements.front();
          std::set<int> present{f.center};
          for (int const p : pick) {
            f.species.push_back(members[p]);
            present.insert(members[p]);
          }
          if (present == wanted)
            enumerate_rank(f, block.limits.nradmax[rank - 1], lmax, couplings, functions);
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

int BasisFunction::power() const {
  return rank() + std::accumulate(n.begin(), n.end(), 0) + std::accumulate(l.begin(), l.end(), 0);
}

void keep_lowest_power(std::vector<BasisFunction>& functions, std::size_t limit) {
  if (functions.size() <= limit)
    return;
  std::vector<std::size_t> order(functions.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](auto i, auto j) { return functions[i].power() < functions[j].power(); });
  order.resize(limit);
  std::sort(order.begin(), order.end());
  std::vector<BasisFunction> kept;
  for (std::size_t const i : order)
    kept.push_back(std::move(functions[i]));
  functions = std::move(kept);
}

} // namespace kolace
