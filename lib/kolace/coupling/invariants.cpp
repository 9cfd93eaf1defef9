// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/coupling/invariants.hpp>

#include <kolace/core/host_threads.hpp>
#include <kolace/coupling/coupling_tree.hpp>
#include <kolace/coupling/detail/coupling_table.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>

namespace kolace {
namespace {

/// Number of states of Sym^k(V_l) for each M = -k l .. k l, at index M + k l.
std::vector<long long> symmetric_weights(int l, int k) {
  // count[j][M]: number of multisets of j values of m, among those processed so far, with sum M.
  int const span = k * l;
  std::vector<std::vector<long long>> count(k + 1, std::vector<long long>(2 * span + 1, 0));
  count[0][span] = 1;
  for (int m = -l; m <= l; ++m)
    for (int j = 1; j <= k; ++j)
      for (int M = -span; M <= span; ++M) {
        int const rest = M - m;
        if (rest >= -span && rest <= span)
          count[j][M + span] += count[j - 1][rest + span];
      }
  return count[k];
}

/// The symmetrized function as monomials and coefficients, ascending. A monomial is an integer
/// whose digits are m + l of each factor, in base 2l + 1.
using Terms = std::vector<std::pair<std::uint64_t, double>>;

Terms symmetrized_terms(std::vector<int> const& l, std::vector<int> const& group,
                        std::vector<int> const& intermediates) {
  int const rank = static_cast<int>(l.size());
  CouplingTree const tree = coupling_tree(rank);
  std::vector<int> item_l(l);
  item_l.insert(item_l.end(), intermediates.begin(), intermediates.end());
  item_l.push_back(0);                       // the last step couples to 0
  std::vector<detail::CouplingTable> tables; // one per step
  for (std::size_t s = 0; s < tree.steps.size(); ++s) {
    auto const [a, b] = tree.steps[s];
    tables.emplace_back(item_l[a], item_l[b], item_l[rank + s]);
  }

  Terms terms;
  std::vector<int> m(item_l.size()), monomial(rank);
  auto const add_term = [&] {
    double value = 1;
    for (std::size_t s = 0; s < tree.steps.size() && value != 0; ++s) {
      auto const [a, b] = tree.steps[s];
      std::size_t const result = rank + s;
      m[result] = m[a] + m[b];
      value *= tables[s](m[a], m[b]);
    }
    if (value == 0)
      return;
    std::copy(m.begin(), m.begin() + rank, monomial.begin());
    for (int first = 0; first < rank;) {
      int last = first;
      while (last < rank && group[last] == group[first])
        ++last;
      std::sort(monomial.begin() + first, monomial.begin() + last);
      first = last;
    }
    std::uint64_t key = 0;
    for (int t = 0; t < rank; ++t)
      key = key * (2 * l[t] + 1) + (monomial[t] + l[t]);
    terms.emplace_back(key, value);
  };
  auto const choose = [&](auto const& self, int leaf, int sum) -> void {
    if (leaf == rank - 1) {
      if (std::abs(sum) <= l[leaf]) {
        m[leaf] = -sum;
        add_term();
      }
      return;
    }
    for (m[leaf] = -l[leaf]; m[leaf] <= l[leaf]; ++m[leaf])
      self(self, leaf + 1, sum + m[leaf]);
  };
  choose(choose, 0, 0);

  std::stable_sort(terms.begin(), terms.end(),
                   [](auto const& a, auto const& b) { return a.first < b.first; });
  std::size_t n = 0; // add coefficients of equal monomials
  for (std::size_t k = 0; k < terms.size(); ++k)
    if (n > 0 && terms[n - 1].first == terms[k].first)
      terms[n - 1].second += terms[k].second;
    else
      terms[n++] = terms[k];
  terms.resize(n);
  return terms;
}

double length(Terms const& terms) {
  double square = 0;
  for (auto const& [monomial, value] : terms)
    square += value * value;
  return std::sqrt(square);
}

/// Calls visit(value in a, value in b) for the monomials that a and b share.
template <class Visit> void for_common(Terms const& a, Terms const& b, Visit const& visit) {
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();)
    if (a[i].first == b[j].first)
      visit(a[i++].second, b[j++].second);
    else if (a[i].first < b[j].first)
      ++i;
    else
      ++j;
}

/// a - factor b.
Terms minus(Terms const& a, double factor, Terms const& b) {
  Terms result;
  result.reserve(a.size() + b.size());
  std::size_t i = 0, j = 0;
  while (i < a.size() || j < b.size())
    if (j == b.size() || (i < a.size() && a[i].first < b[j].first)) {
      result.push_back(a[i++]);
    } else if (i == a.size() || b[j].first < a[i].first) {
      result.emplace_back(b[j].first, -factor * b[j].second);
      ++j;
    } else {
      result.emplace_back(a[i].first, a[i].second - factor * b[j].second);
      ++i, ++j;
    }
  return result;
}

/// (l, k) of each group: k equal factors.
std::vector<std::pair<int, int>> groups_of(std::vector<int> const& l,
                                           std::vector<int> const& group) {
  std::vector<std::pair<int, int>> groups;
  for (std::size_t i = 0; i < l.size(); ++i)
    if (i > 0 && group[i] == group[i - 1])
      ++groups.back().second;
    else
      groups.emplace_back(l[i], 1);
  return groups;
}

/// The first `wanted` independent couplings in lexicographic order, by Gram-Schmidt
/// orthogonalization of their polynomial coefficients.
std::vector<std::vector<int>> first_independent(std::vector<int> const& l,
                                                std::vector<int> const& group, std::size_t wanted) {
  std::vector<std::vector<int>> found;
  std::vector<Terms> kept;
  for (auto const& intermediates : allowed_intermediates(l)) {
    if (found.size() == wanted)
      break;
    Terms vector = symmetrized_terms(l, group, intermediates);
    double const before = length(vector);
    if (before < 1e-10)
      continue;
    for (int pass = 0; pass < 2; ++pass) // a second pass removes rounding errors
      for (Terms const& unit : kept) {
        double overlap = 0;
        for_common(vector, unit, [&](double a, double b) { overlap += a * b; });
        vector = minus(vector, overlap, unit);
      }
    double const after = length(vector);
    if (after < 1e-8 * before)
      continue;
    for (auto& [monomial, value] : vector)
      value /= after;
    kept.push_back(std::move(vector));
    found.push_back(intermediates);
  }
  return found;
}

} // namespace

int invariant_count(std::vector<std::pair<int, int>> const& groups) {
  std::vector<long long> weights{1};
  for (auto const& [l, k] : groups) {
    std::vector<long long> const factor = symmetric_weights(l, k);
    std::vector<long long> product(weights.size() + factor.size() - 1, 0);
    for (std::size_t i = 0; i < weights.size(); ++i)
      for (std::size_t j = 0; j < factor.size(); ++j)
        product[i + j] += weights[i] * factor[j];
    weights = std::move(product);
  }
  // Each multiplet with L >= 1 has a state of M = 0 and one of M = 1; only singlets lack the
  // latter.
  std::size_t const zero = weights.size() / 2;
  return static_cast<int>(weights[zero] - (zero + 1 < weights.size() ? weights[zero + 1] : 0));
}

std::map<std::vector<int>, double> symmetrized_polynomial(std::vector<int> const& l,
                                                          std::vector<int> const& group,
                                                          std::vector<int> const& intermediates) {
  std::map<std::vector<int>, double> polynomial;
  std::vector<int> m(l.size());
  for (auto [monomial, value] : symmetrized_terms(l, group, intermediates)) {
    for (std::size_t t = l.size(); t-- > 0; monomial /= 2 * l[t] + 1)
      m[t] = static_cast<int>(monomial % (2 * l[t] + 1)) - l[t];
    polynomial.emplace_hint(polynomial.end(), m, value);
  }
  return polynomial;
}

double InvariantCouplings::cost(std::vector<int> const& l, std::vector<int> const& group) {
  auto const groups = groups_of(l, group);
  if (l.size() <= 3 || groups.size() == l.size())
    return 0;
  double terms = 1;
  int sum = 0;
  for (std::size_t t = 0; t < l.size(); ++t) {
    sum += l[t];
    terms *= t + 1 < l.size() ? 2 * l[t] + 1 : 1;
  }
  return sum % 2 ? 0 : terms * static_cast<double>(allowed_intermediates(l).size());
}

namespace {

/// l and group in one byte per factor: short keys are compared without allocation.
std::string packed(std::vector<int> const& l, std::vector<int> const& group) {
  std::string key(l.size(), '\0');
  for (std::size_t t = 0; t < l.size(); ++t)
    key[t] = static_cast<char>(2 * l[t] + (t > 0 && group[t] != group[t - 1]));
  return key;
}

} // namespace

void InvariantCouplings::prepare(std::vector<Key> const& keys) {
  std::vector<std::vector<std::vector<int>>*> places;
  for (Key const& key : keys)
    places.push_back(&known_[packed(key.first, key.second)]);
  for_each_on_host("kolace::coupling::independent", static_cast<int>(keys.size()),
                   [&](int k) { *places[k] = find(keys[k].first, keys[k].second); });
}

std::vector<std::vector<int>> const&
InvariantCouplings::independent(std::vector<int> const& l, std::vector<int> const& group) {
  auto const [entry, fresh] = known_.try_emplace(packed(l, group));
  if (fresh)
    entry->second = find(l, group);
  return entry->second;
}

std::vector<std::vector<int>> InvariantCouplings::find(std::vector<int> const& l,
                                                       std::vector<int> const& group) {
  auto const groups = groups_of(l, group);
  std::size_t wanted = 0;
  if (std::accumulate(l.begin(), l.end(), 0) % 2 == 0)
    wanted = invariant_count(groups);
  if (wanted == 0)
    return {};
  // Up to rank 3 there is at most one coupling. Couplings of factors that all differ are
  // orthogonal.
  if (l.size() <= 3 || groups.size() == l.size())
    return allowed_intermediates(l);
  return first_independent(l, group, wanted);
}

} // namespace kolace
