// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/model/c_basis.hpp>

#include <kolace/core/errors.hpp>
#include <kolace/core/host_threads.hpp>
#include <kolace/coupling/invariants.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>

namespace kolace {
namespace {

using Monomials = std::map<std::vector<int>, double>;

/// A function's factors in sorted order, and the original position of each.
struct Factors {
  std::vector<std::array<int, 3>> sorted; ///< species, n, l
  std::vector<int> place;                 ///< original position of sorted factor t
};

template <class Function> Factors sorted_factors(Function const& f) {
  Factors factors;
  factors.place.resize(f.rank());
  std::iota(factors.place.begin(), factors.place.end(), 0);
  auto const key = [&](int t) { return std::array<int, 3>{f.species[t], f.n[t], f.l[t]}; };
  std::stable_sort(factors.place.begin(), factors.place.end(),
                   [&](int a, int b) { return key(a) < key(b); });
  for (int const t : factors.place)
    factors.sorted.push_back(key(t));
  return factors;
}

/// Index of each factor's group of equal factors, from 0.
std::vector<int> groups_of(std::vector<std::array<int, 3>> const& sorted) {
  std::vector<int> group(sorted.size(), 0);
  for (std::size_t t = 1; t < sorted.size(); ++t)
    group[t] = group[t - 1] + (sorted[t] != sorted[t - 1]);
  return group;
}

/// The lexicographically larger one of m and -m, each sorted within equal factors: its first
/// nonzero entry is positive if that of either is.
std::vector<int> folded(std::vector<int> m, std::vector<int> const& group) {
  auto const sort_equal = [&](std::vector<int>& x) {
    for (std::size_t first = 0; first < x.size();) {
      std::size_t last = first;
      while (last < x.size() && group[last] == group[first])
        ++last;
      std::sort(x.begin() + static_cast<long>(first), x.begin() + static_cast<long>(last));
      first = last;
    }
  };
  sort_equal(m);
  std::vector<int> opposite(m.size());
  std::transform(m.begin(), m.end(), opposite.begin(), std::negate<>());
  sort_equal(opposite);
  return std::max(m, opposite);
}

/// True if the sums over m take seconds or longer: such functions occur only in damaged files.
/// @param group groups of equal factors if independent couplings are to be searched, else empty
bool is_too_large(std::vector<int> const& l, std::vector<int> const& group) {
  constexpr double most_terms = 3e6, most_of_search = 5e8;
  double terms = 1;
  for (std::size_t t = 0; t + 1 < l.size(); ++t)
    terms *= 2 * l[t] + 1;
  return terms > most_terms ||
         (!group.empty() && InvariantCouplings::cost(l, group) > most_of_search);
}

/// @throws InputError
void check_size(std::vector<int> const& l, std::vector<int> const& group) {
  if (is_too_large(l, group))
    throw InputError(fmt::format("rank {} with l = [{}] couples too many values of m", l.size(),
                                 fmt::join(l, ", ")));
}

/// Cache of coupling polynomials: they depend on l and the intermediate L, not on elements and n.
class Polynomials {
public:
  Monomials const& operator()(BasisFunction const& f) {
    auto const [entry, fresh] = known_.try_emplace({f.l, f.intermediates});
    if (fresh) {
      check_size(f.l, {});
      std::vector<int> every(f.rank()); // all factors distinct: merges no terms
      std::iota(every.begin(), every.end(), 0);
      entry->second = symmetrized_polynomial(f.l, every, f.intermediates);
    }
    return entry->second;
  }

private:
  std::map<std::pair<std::vector<int>, std::vector<int>>, Monomials> known_;
};

} // namespace

void sort_factors(CBasisFunction& f) {
  Factors const factors = sorted_factors(f);
  std::vector<int> m(f.m.size());
  int const rank = f.rank();
  for (std::size_t k = 0; k < f.m.size() / rank; ++k)
    for (int t = 0; t < rank; ++t)
      m[k * rank + t] = f.m[k * rank + factors.place[t]];
  f.m = std::move(m);
  for (int t = 0; t < rank; ++t) {
    f.species[t] = factors.sorted[t][0];
    f.n[t] = factors.sorted[t][1];
    f.l[t] = factors.sorted[t][2];
  }
}

std::vector<CBasisFunction> to_c_basis(AcePotential const& potential) {
  if (potential.basis->is_canonical())
    throw InputError("a canonical basis (without self-interaction) cannot be written as .yace: the "
                     "format has no radial functions for its products of radial functions");
  std::vector<CBasisFunction> functions;
  std::vector<std::map<std::vector<int>, std::vector<double>>> sums; // one number per density
  std::map<std::pair<int, std::vector<std::array<int, 3>>>, std::size_t> place;
  Polynomials polynomials;
  for (std::size_t b = 0; b < potential.coefficients.size(); ++b) {
    BasisFunction const& f = potential.basis->functions()[b];
    Factors const factors = sorted_factors(f);
    auto const [entry, fresh] = place.try_emplace({f.center, factors.sorted}, functions.size());
    if (fresh) {
      CBasisFunction& function = functions.emplace_back();
      sums.emplace_back();
      function.center = f.center;
      function.n_densities = potential.basis->specification().embeddings[f.center].n_densities;
      for (auto const& [species, n, l] : factors.sorted) {
        function.species.push_back(species);
        function.n.push_back(n);
        function.l.push_back(l);
      }
    }
    std::size_t const at = entry->second;
    auto const add = [&](std::vector<int> const& m, double value) {
      int const n_densities = functions[at].n_densities;
      auto& sum = sums[at][m];
      sum.resize(n_densities, 0.);
      for (int p = 0; p < n_densities; ++p)
        sum[p] += value * potential.density(p)[b];
    };
    std::vector<int> const group = groups_of(factors.sorted);
    if (f.rank() == 1) {
      add({0}, 1);
      continue;
    }
    for (auto const& [m, value] : polynomials(f)) {
      std::vector<int> sorted(m.size());
      for (std::size_t t = 0; t < m.size(); ++t)
        sorted[t] = m[factors.place[t]];
      add(folded(std::move(sorted), group), value);
    }
  }
  for (std::size_t k = 0; k < functions.size(); ++k)
    for (auto const& [m, c] : sums[k]) {
      functions[k].m.insert(functions[k].m.end(), m.begin(), m.end());
      functions[k].c.insert(functions[k].c.end(), c.begin(), c.end());
    }
  return functions;
}

CBasisConverter::Key CBasisConverter::key(CBasisFunction const& function) {
  Factors const factors = sorted_factors(function);
  Key key{{}, groups_of(factors.sorted)};
  for (auto const& factor : factors.sorted)
    key.first.push_back(factor[2]);
  return key;
}

void CBasisConverter::prepare(std::set<Key> const& keys) {
  std::vector<Key> wanted;
  for (Key const& key : keys)
    if (key.first.size() > 1 && !known_.contains(key) && !is_too_large(key.first, key.second))
      wanted.push_back(key);
  independent_.prepare(wanted);
  std::vector<Couplings*> results;
  for (Key const& key : wanted) {
    results.push_back(&known_[key]);
    results.back()->intermediates = independent_.independent(key.first, key.second);
  }
  for_each_on_host("kolace::model: couplings of .yace functions", static_cast<int>(wanted.size()),
                   [&](int k) { find(wanted[k], *results[k]); });
}

/// @param result holds the intermediates; the rest is computed
void CBasisConverter::find(Key const& key, Couplings& result) {
  auto const& [l, group] = key;
  std::vector<Monomials> columns;
  for (auto const& intermediates : result.intermediates) {
    Monomials& column = columns.emplace_back();
    for (auto const& [m, value] : symmetrized_polynomial(l, group, intermediates)) {
      std::vector<int> const key = folded(m, group);
      column[key] += value;
      result.row.try_emplace(key, static_cast<int>(result.row.size()));
    }
  }
  int const rows = static_cast<int>(result.row.size()), n = static_cast<int>(columns.size());
  result.matrix.assign(static_cast<std::size_t>(rows) * n, 0.);
  for (int j = 0; j < n; ++j)
    for (auto const& [m, value] : columns[j])
      result.matrix[static_cast<std::size_t>(j) * rows + result.row.at(m)] = value;
  // The columns are independent: (A^T A)^-1 A^T by Gauss-Jordan elimination, as there are few
  // couplings.
  std::vector<std::vector<double>> work(n, std::vector<double>(n + rows, 0.));
  for (int i = 0; i < n; ++i) {
    auto const column = [&](int j) {
      return result.matrix.begin() + static_cast<std::ptrdiff_t>(j) * rows;
    };
    for (int j = 0; j < n; ++j)
      work[i][j] = std::inner_product(column(i), column(i) + rows, column(j), 0.);
    std::copy(column(i), column(i) + rows, work[i].begin() + n);
  }
  for (int k = 0; k < n; ++k) {
    int pivot = k;
    for (int i = k + 1; i < n; ++i)
      if (std::abs(work[i][k]) > std::abs(work[pivot][k]))
        pivot = i;
    std::swap(work[k], work[pivot]);
    double const scale = 1 / work[k][k];
    for (double& x : work[k])
      x *= scale;
    for (int i = 0; i < n; ++i)
      if (double const factor = work[i][k]; i != k && factor != 0)
        for (int j = k; j < n + rows; ++j)
          work[i][j] -= factor * work[k][j];
  }
  for (auto const& row : work)
    result.inverse.insert(result.inverse.end(), row.begin() + n, row.end());
}

double CBasisConverter::append(CBasisFunction const& f, std::vector<BasisFunction>& functions,
                               std::vector<std::vector<double>>& coefficients) const {
  int const rank = f.rank(), n_densities = f.n_densities;
  Factors const factors = sorted_factors(f);
  std::vector<int> const group = groups_of(factors.sorted);
  BasisFunction function;
  function.center = f.center;
  for (auto const& [species, n, l] : factors.sorted) {
    function.species.push_back(species);
    function.n.push_back(n);
    function.l.push_back(l);
  }
  if (rank == 1) {
    if (f.l[0] != 0 || f.m.empty() || std::any_of(f.m.begin(), f.m.end(), [](int m) { return m; }))
      throw InputError("rank 1 requires l = 0 and the single combination m = 0");
    functions.push_back(function);
    coefficients.emplace_back(n_densities, 0.);
    for (std::size_t k = 0; k < f.c.size(); ++k)
      coefficients.back()[k % n_densities] += f.c[k];
    return 0;
  }
  check_size(function.l, group);
  Couplings const& known = known_.at({function.l, group});
  std::size_t const rows = known.row.size();
  std::vector<double> sum(rows * n_densities, 0.); // [n_densities][n_rows]
  double largest_term = 0, outside = 0;
  std::map<std::vector<int>, std::vector<double>> others; // m-vectors that occur in no coupling
  for (std::size_t k = 0; k < f.m.size() / rank; ++k) {
    std::vector<int> m(rank);
    int total = 0;
    for (int t = 0; t < rank; ++t) {
      m[t] = f.m[k * rank + factors.place[t]];
      total += m[t];
      if (std::abs(m[t]) > function.l[t])
        throw InputError("m = " + std::to_string(m[t]) +
                         " exceeds l = " + std::to_string(function.l[t]));
    }
    if (total != 0)
      throw InputError("the values of m in combination " + std::to_string(k + 1) + " sum to " +
                       std::to_string(total) + " (expected 0)");
    std::vector<int> const key = folded(std::move(m), group);
    auto const found = known.row.find(key);
    for (int p = 0; p < n_densities; ++p) {
      double const c = f.c[k * n_densities + p];
      largest_term = std::max(largest_term, std::abs(c));
      if (found == known.row.end()) {
        auto& other = others[key];
        other.resize(n_densities, 0.);
        other[p] += c;
      } else {
        sum[p * rows + found->second] += c;
      }
    }
  }
  for (auto const& [m, c] : others)
    for (double const x : c)
      outside = std::max(outside, std::abs(x));
  double largest = outside; // size of the function: its terms may be far larger and cancel
  for (double const x : sum)
    largest = std::max(largest, std::abs(x));
  constexpr double rounding = 1e-14;
  if (largest <= rounding * largest_term) // everything cancels
    std::fill(sum.begin(), sum.end(), largest = outside = 0);
  std::size_t const n_couplings = known.intermediates.size();
  std::vector<std::vector<double>> c(n_couplings, std::vector<double>(n_densities, 0.));
  for (int p = 0; p < n_densities; ++p) {
    for (std::size_t j = 0; j < n_couplings; ++j)
      for (std::size_t i = 0; i < rows; ++i)
        c[j][p] += known.inverse[j * rows + i] * sum[p * rows + i];
    for (std::size_t i = 0; i < rows; ++i) {
      double rest = sum[p * rows + i];
      for (std::size_t j = 0; j < n_couplings; ++j)
        rest -= known.matrix[j * rows + i] * c[j][p];
      outside = std::max(outside, std::abs(rest));
    }
  }
  constexpr double lost_digits = 3e-4; // seven decimals of coefficients of 1e-3
  if (outside > lost_digits * largest)
    throw InputError(fmt::format("the sum over m is not rotationally invariant: {:.2g} of its "
                                 "largest coefficient is not a combination of couplings",
                                 outside / largest));
  for (std::size_t j = 0; j < n_couplings; ++j) {
    double size = 0;
    for (double const x : c[j])
      size = std::max(size, std::abs(x));
    if (size > rounding * largest || n_couplings == 1) {
      function.intermediates = known.intermediates[j];
      functions.push_back(function);
      coefficients.push_back(c[j]);
    }
  }
  return largest > 0 ? outside / largest : 0;
}

} // namespace kolace
