// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/model/canonical.hpp>

#include <kolace/core/errors.hpp>
#include <kolace/coupling/clebsch_gordan.hpp>
#include <kolace/model/ace_basis.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace kolace {
namespace {

/// Indices k of the g_k whose product is a radial function, ascending.
using Product = std::vector<int>;

/// A factor of a function: sum over neighbors of one element of a radial function times Y~_l.
struct Factor {
  int species;
  Product radial;
  int l;

  bool operator<(Factor const& other) const {
    return std::tie(species, radial, l) < std::tie(other.species, other.radial, other.l);
  }
};

/// Factors of an ordinary function of rank 1 to 3 and its weight in a canonical one.
struct Term {
  std::vector<Factor> factors;
  double weight;
};

/// Factor c in (Y~_l1 Y~_l2)_L = c Y~_L for harmonics of one direction, coupled to L.
double gaunt(int l1, int l2, int L) {
  return std::sqrt((2. * l1 + 1) * (2. * l2 + 1) / (2. * L + 1)) *
         clebsch_gordan(l1, 0, l2, 0, L, 0);
}

Product multiply(Product a, Product const& b) {
  a.insert(a.end(), b.begin(), b.end());
  std::sort(a.begin(), a.end());
  return a;
}

/// Sum over m of (-1)^{l-m} / sqrt(2l+1) Y~_lm Y~_l-m for one direction.
double closed_pair(int l) {
  return (l % 2 ? -1 : 1) * std::sqrt(2. * l + 1);
}

std::vector<Term> terms_of(BasisFunction const& f) {
  std::vector<Factor> a;
  for (int t = 0; t < f.rank(); ++t)
    a.push_back({f.species[t], {f.n[t]}, f.l[t]});
  std::vector<Term> terms{{a, 1.}};
  if (f.rank() == 2 && a[0].species == a[1].species)
    terms.push_back(
        {{{a[0].species, multiply(a[0].radial, a[1].radial), 0}}, -closed_pair(a[0].l)});
  if (f.rank() == 3) {
    // For an even sum of l the coupling is a Wigner 3j symbol, the same for any order of the
    // factors.
    for (int alone = 0; alone < 3; ++alone) {
      Factor const &u = a[alone == 0 ? 1 : 0], &v = a[alone == 2 ? 1 : 2], &w = a[alone];
      if (u.species == v.species)
        terms.push_back(
            {{{u.species, multiply(u.radial, v.radial), w.l}, w}, -gaunt(u.l, v.l, w.l)});
    }
    if (a[0].species == a[1].species && a[1].species == a[2].species)
      terms.push_back(
          {{{a[0].species, multiply(multiply(a[0].radial, a[1].radial), a[2].radial), 0}},
           2 * gaunt(a[0].l, a[1].l, a[2].l) * closed_pair(a[2].l)});
  }
  std::erase_if(terms, [](Term const& term) { return term.weight == 0; });
  for (Term& term : terms)
    if (term.factors.size() < 3) // the order of two factors does not matter
      std::sort(term.factors.begin(), term.factors.end());
  return terms;
}

/// All radial functions of the terms. Those used in ranks above 1 come first, so that tables of A
/// need no others; within both parts, shorter products come first.
std::vector<Product> radial_table(std::vector<std::vector<Term>> const& all, int n_plain) {
  std::map<Product, bool> used; // true: used in a rank above 1
  for (int k = 1; k <= n_plain; ++k)
    used[{k}];
  for (auto const& terms : all)
    for (Term const& term : terms)
      for (Factor const& factor : term.factors) {
        for (Product part = factor.radial; part.size() > 1;) {
          used[part];
          part.pop_back();
        }
        if (term.factors.size() > 1)
          used[factor.radial] = true;
      }
  std::vector<Product> table;
  for (bool const inner : {true, false})
    for (std::size_t length = 1; length <= 3; ++length)
      for (auto const& [product, in_products] : used)
        if (in_products == inner && product.size() == length)
          table.push_back(product);
  return table;
}

} // namespace

std::vector<double> CanonicalExpansion::coefficients(std::vector<double> const& canonical) const {
  std::vector<double> result(basis->size(), 0.);
  for (std::size_t b = 0; b < canonical.size(); ++b)
    for (int t = offsets[b]; t < offsets[b + 1]; ++t)
      result[columns[t]] += factors[t] * canonical[b];
  return result;
}

CanonicalExpansion expand_canonical(ModelSpecification const& spec) {
  int n_plain = 1;
  for (BondSpecification const& bond : spec.bonds) {
    n_plain = std::max(n_plain, bond.radial.size);
    if (!bond.coefficients.empty())
      throw InputError("a canonical basis requires radial functions R_nl = g_n, not trained ones");
  }
  std::vector<std::vector<Term>> all;
  for (BasisFunction const& f : spec.functions) {
    if (f.rank() > 3)
      throw InputError("a canonical basis (without self-interaction) is limited to body order 4 "
                       "(rank 3); function " +
                       describe(f, spec.elements) + " has rank " + std::to_string(f.rank()));
    all.push_back(terms_of(f));
  }
  ModelSpecification extended = spec;
  extended.canonical = false;
  extended.functions.clear();
  extended.radial_products = radial_table(all, n_plain);
  std::map<Product, int> place;
  for (std::size_t k = 0; k < extended.radial_products.size(); ++k)
    place[extended.radial_products[k]] = static_cast<int>(k) + 1;

  CanonicalExpansion expansion;
  expansion.offsets.push_back(0);
  std::map<std::pair<int, std::vector<Factor>>, int> known; // center, factors
  for (std::size_t b = 0; b < all.size(); ++b) {
    BasisFunction const& own = spec.functions[b];
    for (Term const& term : all[b]) {
      auto const [entry, fresh] = known.try_emplace({own.center, term.factors},
                                                    static_cast<int>(extended.functions.size()));
      if (fresh) {
        BasisFunction f;
        f.center = own.center;
        for (Factor const& factor : term.factors) {
          f.species.push_back(factor.species);
          f.n.push_back(place.at(factor.radial));
          f.l.push_back(factor.l);
        }
        if (f.rank() == 3)
          f.intermediates = own.intermediates;
        extended.functions.push_back(f);
      }
      expansion.columns.push_back(entry->second);
      expansion.factors.push_back(term.weight);
    }
    expansion.offsets.push_back(static_cast<int>(expansion.columns.size()));
  }
  expansion.basis = std::make_shared<AceBasis const>(std::move(extended));
  return expansion;
}

} // namespace kolace
