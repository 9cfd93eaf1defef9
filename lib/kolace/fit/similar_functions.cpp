// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/fit/similar_functions.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <map>

namespace kolace {
namespace {

/// Correlation of the coefficients of similar functions.
constexpr double correlation = 0.97;

/// Product of the factorials of the numbers of equal entries; sorts them.
template <class Entry> double equal_orders(std::vector<Entry> entries) {
  std::sort(entries.begin(), entries.end());
  double product = 1, equal = 1;
  for (std::size_t t = 1; t < entries.size(); ++t) {
    equal = entries[t] == entries[t - 1] ? equal + 1 : 1;
    product *= equal;
  }
  return product;
}

} // namespace

std::vector<SimilarFunctions> similar_functions(AceBasis const& basis) {
  constexpr int one_coupling = 3; // ranks up to this have one invariant per set of (n, l)
  std::map<std::pair<std::vector<std::array<int, 2>>, std::vector<int>>, SimilarFunctions> groups;
  for (int b = 0; b < basis.size(); ++b) {
    BasisFunction const& f = basis.functions()[b];
    std::vector<std::array<int, 2>> shape;
    std::vector<std::array<int, 3>> factors;
    for (int t = 0; t < f.rank(); ++t) {
      shape.push_back({f.n[t], f.l[t]});
      factors.push_back({f.species[t], f.n[t], f.l[t]});
    }
    double const ratio = equal_orders(shape) / equal_orders(factors);
    std::vector<int> coupling;
    if (f.rank() <= one_coupling)
      std::sort(shape.begin(), shape.end());
    else
      coupling = f.intermediates;
    SimilarFunctions& group = groups[{std::move(shape), std::move(coupling)}];
    group.functions.push_back(b);
    group.factors.push_back(ratio);
  }
  std::vector<SimilarFunctions> result;
  for (auto& [key, group] : groups)
    result.push_back(std::move(group));
  return result;
}

RidgeWeights share_similar(AceBasis const& basis, std::vector<double> weights,
                           std::vector<bool> const& has_data) {
  std::vector<bool> present(basis.elements().size(), false);
  for (int b = 0; b < basis.size(); ++b)
    if (has_data[b])
      present[basis.functions()[b].center] = true;
  auto const known = [&](BasisFunction const& f) {
    return present[f.center] &&
           std::all_of(f.species.begin(), f.species.end(), [&](int e) { return bool(present[e]); });
  };
  RidgeWeights result(std::move(weights));
  std::vector<double> const plain = result.own;
  bool lacks = false;
  for (int b = 0; b < basis.size(); ++b)
    if (!has_data[b]) {
      lacks = lacks || known(basis.functions()[b]);
      result.own[b] = std::numeric_limits<double>::infinity();
    }
  if (!lacks)
    return result;
  for (SimilarFunctions const& group : similar_functions(basis)) {
    SharedPart part;
    bool has_any = false;
    for (std::size_t k = 0; k < group.functions.size(); ++k)
      if (int const b = group.functions[k]; known(basis.functions()[b])) {
        part.members.emplace_back(b, group.factors[k]);
        has_any = has_any || has_data[b];
      }
    if (part.members.size() < 2 || !has_any)
      continue;
    // Variance of a coefficient: 1/weight, of which the shared part has the share `correlation`.
    part.weight = plain[part.members.front().first] / correlation;
    for (auto const& [b, factor] : part.members)
      result.own[b] /= (1 - correlation) * factor * factor;
    result.shared.push_back(std::move(part));
  }
  return result;
}

} // namespace kolace
