#include <kolace/model/c_basis.hpp>

#include <kolace/core/errors.hpp>
#include <kolace/coupling/invariants.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <numeric>

namespace kolace {
namespace {

using Monomials = std::map<std::vector<int>, double>;

/// A function's factors in sorted order, and where each stood.
struct Factors {
  std::vector<std::array<int, 3>> sorted; ///< species, n, l
  std::vector<int> place;                 ///< sorted factor t was factor place[t]
};

Factors sorted_factors(BasisFunction const& f) {
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

/// m sorted within equal factors, and -m where that starts with a positive entry and m does not.
std::vector<int> folded(std::vector<int> m, std::vector<std::array<int, 3>> const& factors) {
  auto const sort_equal = [&](std::vector<int>& x) {
    for (std::size_t first = 0; first < x.size();) {
      std::size_t last = first;
      while (last < x.size() && factors[last] == factors[first])
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

/// Couplings of the same l and intermediates are the same for all elements and n.
class Polynomials {
public:
  Monomials const& operator()(BasisFunction const& f) {
    auto const [entry, fresh] = known_.try_emplace({f.l, f.intermediates});
    if (fresh) {
      std::vector<int> every(f.rank()); // factors apart: nothing is merged yet
      std::iota(every.begin(), every.end(), 0);
      entry->second = symmetrised_polynomial(f.l, every, f.intermediates);
    }
    return entry->second;
  }

private:
  std::map<std::pair<std::vector<int>, std::vector<int>>, Monomials> known_;
};

} // namespace

std::vector<CBasisFunction> to_c_basis(AcePotential const& potential) {
  if (potential.basis->is_canonical())
    throw InputError(
        "a canonical basis (without self-interaction) cannot be written as .yace: its "
        "products of radial functions are not among the radial functions of that format");
  std::vector<CBasisFunction> functions;
  std::vector<Monomials> sums;
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
      for (auto const& [species, n, l] : factors.sorted) {
        function.species.push_back(species);
        function.n.push_back(n);
        function.l.push_back(l);
      }
    }
    double const c = potential.coefficients[b];
    if (f.rank() == 1) {
      sums[entry->second][{0}] += c;
      continue;
    }
    for (auto const& [m, value] : polynomials(f)) {
      std::vector<int> sorted(m.size());
      for (std::size_t t = 0; t < m.size(); ++t)
        sorted[t] = m[factors.place[t]];
      sums[entry->second][folded(std::move(sorted), factors.sorted)] += c * value;
    }
  }
  for (std::size_t k = 0; k < functions.size(); ++k)
    for (auto const& [m, c] : sums[k]) {
      functions[k].m.insert(functions[k].m.end(), m.begin(), m.end());
      functions[k].c.push_back(c);
    }
  return functions;
}

} // namespace kolace
