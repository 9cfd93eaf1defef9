// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/coupling/basis_enumeration.hpp>

#include <kolace/coupling/invariants.hpp>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

namespace kolace {
namespace {

/// Calls visit(tuple) for every tuple of `length` integers, in lexicographic order. Entry t runs
/// from lowest(tuple, t) to `last`.
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

/// Calls visit(n, l, group) for every multiset of factors with the given elements.
template <class Visit>
void for_each_candidate(std::vector<int> const& species, int nmax, int lmax, Visit const& visit) {
  int const rank = static_cast<int>(species.size());
  auto const same_element = [&](std::size_t t) { return t > 0 && species[t] == species[t - 1]; };
  // Factors that agree so far are in ascending order, so that each multiset occurs once.
  for_each_tuple(
      rank, nmax,
      [&](std::vector<int> const& n, std::size_t t) { return same_element(t) ? n[t - 1] : 1; },
      [&](std::vector<int> const& n) {
        auto const same = [&](std::size_t t) { return same_element(t) && n[t] == n[t - 1]; };
        for_each_tuple(
            rank, lmax,
            [&](std::vector<int> const& l, std::size_t t) { return same(t) ? l[t - 1] : 0; },
            [&](std::vector<int> const& l) {
              std::vector<int> group(rank, 0);
              for (int t = 1; t < rank; ++t)
                group[t] = group[t - 1] + (same(t) && l[t] == l[t - 1] ? 0 : 1);
              visit(n, l, group);
            });
      });
}

/// Calls visit(species, nmax, lmax) for every choice of the factors' elements in a block, with the
/// limits of its rank.
template <class Visit>
void for_each_element_choice(FunctionBlock const& block, Visit const& visit) {
  std::vector<int> members = block.elements;
  std::sort(members.begin(), members.end());
  std::set<int> const wanted(members.begin(), members.end());
  for (int rank = 1; rank <= static_cast<int>(block.limits.nradmax.size()); ++rank)
    for_each_tuple(
        rank, static_cast<int>(members.size()) - 1,
        [](std::vector<int> const& pick, std::size_t t) { return t > 0 ? pick[t - 1] : 0; },
        [&](std::vector<int> const& pick) {
          std::vector<int> species;
          std::set<int> present{block.elements.front()};
          for (int const p : pick) {
            species.push_back(members[p]);
            present.insert(members[p]);
          }
          if (present == wanted)
            visit(species, block.limits.nradmax[rank - 1],
                  rank == 1 ? 0 : block.limits.lmax[rank - 1]);
        });
}

int power_of(std::vector<int> const& n, std::vector<int> const& l) {
  return static_cast<int>(n.size()) + std::accumulate(n.begin(), n.end(), 0) +
         std::accumulate(l.begin(), l.end(), 0);
}

/// Chooses the functions that a limit keeps: those of the lowest powers, and of the last power the
/// first ones. All functions are counted before any is made, so that a small part of a large block
/// is found without storing the block.
class LowestPowers {
public:
  explicit LowestPowers(std::size_t limit) : limit_(limit) {}

  void count(int power, std::size_t n_functions) {
    n_of_power_.resize(std::max<std::size_t>(n_of_power_.size(), power + 1));
    n_of_power_[power] += n_functions;
  }
  /// Ends the count.
  void choose() {
    room_ = limit_;
    while (last_ < static_cast<int>(n_of_power_.size()) && n_of_power_[last_] <= room_)
      room_ -= n_of_power_[last_++];
  }
  /// Number of functions kept; 0 without a limit.
  std::size_t n_kept() const {
    return limit_ - (last_ < static_cast<int>(n_of_power_.size()) ? 0 : room_);
  }
  bool may_keep(int power) const {
    return limit_ == 0 || power < last_ || (power == last_ && room_ > 0);
  }
  /// As may_keep(); if true, uses up one of the remaining places.
  bool keep(int power) {
    if (!may_keep(power))
      return false;
    if (limit_ > 0 && power == last_)
      --room_;
    return true;
  }

private:
  std::size_t limit_, room_ = 0; ///< room_: functions of the last power that are still kept
  int last_ = 0;                 ///< the first power that is not kept whole
  std::vector<std::size_t> n_of_power_;
};

/// Computes all couplings of the block that take work, in parallel.
void prepare(FunctionBlock const& block, InvariantCouplings& couplings,
             LargeWork const& large_work) {
  constexpr double large = 1e8; // number of terms that take a few seconds
  std::map<InvariantCouplings::Key, double> costs;
  for_each_element_choice(block, [&](std::vector<int> const& species, int nmax, int lmax) {
    if (species.size() > 3)
      for_each_candidate(
          species, nmax, lmax,
          [&](std::vector<int> const&, std::vector<int> const& l, std::vector<int> const& group) {
            auto const [entry, fresh] = costs.try_emplace({l, group}, 0.);
            if (fresh)
              entry->second = InvariantCouplings::cost(l, group);
          });
  });
  double total = 0;
  std::vector<InvariantCouplings::Key> keys;
  for (auto const& [key, cost] : costs) {
    total += cost;
    if (cost > 0)
      keys.push_back(key);
  }
  if (large_work && total > large)
    large_work(total);
  std::stable_sort(keys.begin(), keys.end(), // most expensive first
                   [&](auto const& a, auto const& b) { return costs.at(a) > costs.at(b); });
  couplings.prepare(keys);
}

} // namespace

std::vector<BasisFunction> enumerate_block(FunctionBlock const& block, std::size_t limit,
                                           LargeWork const& large_work) {
  std::vector<BasisFunction> functions;
  InvariantCouplings couplings;
  prepare(block, couplings, large_work);
  LowestPowers lowest(limit);
  if (limit > 0)
    for_each_element_choice(block, [&](std::vector<int> const& species, int nmax, int lmax) {
      for_each_candidate(
          species, nmax, lmax,
          [&](std::vector<int> const& n, std::vector<int> const& l, std::vector<int> const& group) {
            lowest.count(power_of(n, l), couplings.independent(l, group).size());
          });
    });
  lowest.choose();
  functions.reserve(lowest.n_kept());
  for_each_element_choice(block, [&](std::vector<int> const& species, int nmax, int lmax) {
    BasisFunction f;
    f.center = block.elements.front();
    f.species = species;
    for_each_candidate(
        species, nmax, lmax,
        [&](std::vector<int> const& n, std::vector<int> const& l, std::vector<int> const& group) {
          int const power = power_of(n, l);
          if (!lowest.may_keep(power))
            return;
          f.n = n;
          f.l = l;
          for (auto const& intermediates : couplings.independent(l, group)) {
            if (!lowest.keep(power))
              return;
            f.intermediates = intermediates;
            functions.push_back(f);
          }
        });
  });
  return functions;
}

std::vector<FunctionBlock> make_blocks(int n_elements,
                                       std::vector<std::optional<BlockLimits>> const& limits) {
  std::vector<FunctionBlock> blocks;
  for (int center = 0; center < n_elements; ++center)
    for (std::size_t size = 1; size <= limits.size(); ++size)
      if (limits[size - 1])
        for_each_tuple( // ascending elements other than the center
            static_cast<int>(size) - 1, n_elements - 1,
            [](std::vector<int> const& others, std::size_t t) {
              return t > 0 ? others[t - 1] + 1 : 0;
            },
            [&](std::vector<int> const& others) {
              if (std::find(others.begin(), others.end(), center) != others.end())
                return;
              std::vector<int> elements{center};
              elements.insert(elements.end(), others.begin(), others.end());
              blocks.push_back({elements, *limits[size - 1]});
            });
  std::sort(blocks.begin(), blocks.end(),
            [](auto const& a, auto const& b) { return a.elements < b.elements; });
  return blocks;
}

int BasisFunction::power() const {
  return power_of(n, l);
}

} // namespace kolace
