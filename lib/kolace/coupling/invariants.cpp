#include <kolace/coupling/invariants.hpp>

#include <kolace/coupling/clebsch_gordan.hpp>
#include <kolace/coupling/coupling_tree.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace kolace {
namespace {

/// Number of states of Sym^k(V_l) for each M = -k l .. k l, at index M + k l.
std::vector<long long> symmetric_weights(int l, int k) {
  // count[j][M]: multisets of j numbers from those of -l..l seen so far with sum M.
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

/// Value of Clebsch-Gordan coefficients on demand, each computed once.
class CouplingTable {
public:
  double operator()(int l1, int m1, int l2, int m2, int L, int M) {
    std::array<int, 5> const key{l1, m1, l2, m2, L};
    auto const [entry, fresh] = values_.try_emplace(key, 0.);
    if (fresh)
      entry->second = clebsch_gordan(l1, m1, l2, m2, L, M);
    return entry->second;
  }

private:
  std::map<std::array<int, 5>, double> values_;
};

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

std::map<std::vector<int>, double> symmetrised_polynomial(std::vector<int> const& l,
                                                          std::vector<int> const& group,
                                                          std::vector<int> const& intermediates) {
  int const rank = static_cast<int>(l.size());
  CouplingTree const tree = coupling_tree(rank);
  CouplingTable coupling;
  std::vector<int> item_l(l);
  item_l.insert(item_l.end(), intermediates.begin(), intermediates.end());
  item_l.push_back(0); // the last step couples to 0

  std::map<std::vector<int>, double> polynomial;
  std::vector<int> m(item_l.size());
  auto const add_term = [&] {
    double value = 1;
    for (std::size_t s = 0; s < tree.steps.size() && value != 0; ++s) {
      auto const [a, b] = tree.steps[s];
      int const result = rank + static_cast<int>(s);
      m[result] = m[a] + m[b];
      value *= coupling(item_l[a], m[a], item_l[b], m[b], item_l[result], m[result]);
    }
    if (value == 0)
      return;
    std::vector<int> monomial(m.begin(), m.begin() + rank);
    for (int first = 0; first < rank;) {
      int last = first;
      while (last < rank && group[last] == group[first])
        ++last;
      std::sort(monomial.begin() + first, monomial.begin() + last);
      first = last;
    }
    polynomial[monomial] += value;
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
  return polynomial;
}

std::vector<std::vector<int>> const&
InvariantCouplings::independent(std::vector<int> const& l, std::vector<int> const& group) {
  auto const [entry, fresh] = known_.try_emplace(Key(l, group));
  if (!fresh)
    return entry->second;
  std::vector<std::pair<int, int>> groups;
  int sum = 0;
  for (std::size_t i = 0; i < l.size(); ++i) {
    sum += l[i];
    if (i > 0 && group[i] == group[i - 1])
      ++groups.back().second;
    else
      groups.emplace_back(l[i], 1);
  }
  if (sum % 2 != 0)
    return entry->second;
  std::size_t const wanted = invariant_count(groups);
  if (l.size() <= 2) { // one coupling or none
    if (wanted > 0)
      entry->second = allowed_intermediates(l);
    return entry->second;
  }

  // Gram-Schmidt on the vectors of polynomial coefficients, in lexicographic order.
  std::vector<std::map<std::vector<int>, double>> kept;
  for (auto const& intermediates : allowed_intermediates(l)) {
    if (entry->second.size() == wanted)
      break;
    auto vector = symmetrised_polynomial(l, group, intermediates);
    auto const length = [&] {
      double square = 0;
      for (auto const& [monomial, value] : vector)
        square += value * value;
      return std::sqrt(square);
    };
    double const before = length();
    if (before < 1e-10)
      continue;
    for (int pass = 0; pass < 2; ++pass) // twice is enough
      for (auto const& unit : kept) {
        double overlap = 0;
        for (auto const& [monomial, value] : unit)
          if (auto const found = vector.find(monomial); found != vector.end())
            overlap += value * found->second;
        for (auto const& [monomial, value] : unit)
          vector[monomial] -= overlap * value;
      }
    double const after = length();
    if (after < 1e-8 * before)
      continue;
    for (auto& [monomial, value] : vector)
      value /= after;
    kept.push_back(std::move(vector));
    entry->second.push_back(intermediates);
  }
  return entry->second;
}

} // namespace kolace
