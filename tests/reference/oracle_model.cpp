// SPDX-License-Identifier: BSD-3-Clause
#include "reference/oracle.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <tuple>

namespace kolace::oracle {
namespace {

/// One m-vector and its coupling coefficient.
struct Term {
  std::vector<int> m;
  double value;
};

/// All m-vectors of a function, by traversing the tree of CONVENTIONS.md §3.
std::vector<Term> expand(Function const& f) {
  int const rank = static_cast<int>(f.l.size());
  std::vector<Term> terms;
  std::vector<int> m(rank);
  auto const couple_all = [&] {
    struct Item {
      int l, m;
    };
    double value = 1;
    std::vector<Item> queue;
    std::size_t used = 0;
    auto const join = [&](Item a, Item b, int L) {
      value *= clebsch_gordan(a.l, a.m, b.l, b.m, L, a.m + b.m);
      return Item{L, a.m + b.m};
    };
    for (int t = 0; t + 1 < rank; t += 2)
      queue.push_back(join({f.l[t], m[t]}, {f.l[t + 1], m[t + 1]}, rank == 2 ? 0 : f.L[used++]));
    if (rank > 2) {
      std::size_t front = 0;
      std::size_t const last = rank % 2 ? 1 : 2;
      while (queue.size() - front > last) {
        queue.push_back(join(queue[front], queue[front + 1], f.L[used++]));
        front += 2;
      }
      if (rank % 2)
        join(queue[front], {f.l[rank - 1], m[rank - 1]}, 0);
      else
        join(queue[front], queue[front + 1], 0);
    }
    if (value != 0)
      terms.push_back({m, value});
  };
  std::function<void(int, int)> const choose = [&](int t, int sum) {
    if (t == rank) {
      if (sum == 0)
        couple_all();
      return;
    }
    for (m[t] = -f.l[t]; m[t] <= f.l[t]; ++m[t])
      choose(t + 1, sum + m[t]);
  };
  choose(0, 0);
  return terms;
}

/// Sum over tuples of distinct neighbors of the product of their contributions.
template <class T, class Sums>
Complex<T> distinct_product(Function const& f, Term const& term, std::vector<Sums> const& share) {
  int const rank = static_cast<int>(f.l.size());
  std::vector<std::size_t> tuple;
  std::function<Complex<T>(int)> const choose = [&](int t) -> Complex<T> {
    if (t == rank)
      return {T(1.), T(0.)};
    Complex<T> sum{};
    for (std::size_t j = 0; j < share.size(); ++j) {
      if (std::find(tuple.begin(), tuple.end(), j) != tuple.end())
        continue;
      auto const found = share[j].find({f.species[t], f.n[t], f.l[t], term.m[t]});
      if (found == share[j].end())
        continue;
      tuple.push_back(j);
      sum = sum + found->second * choose(t + 1);
      tuple.pop_back();
    }
    return sum;
  };
  return choose(0);
}

/// Energy of one center with displacements of type T.
template <class T>
T site_energy(Model const& model, std::vector<std::vector<Term>> const& terms, int center_species,
              std::vector<std::pair<int, std::array<T, 3>>> const& neighbors) {
  using std::sqrt;
  // A_{mu n l m} and A_{mu k}, with sizes on demand, and each neighbor's contribution to A.
  using Sums = std::map<std::tuple<int, int, int, int>, Complex<T>>;
  Sums a;
  std::vector<Sums> share(neighbors.size());
  std::map<std::pair<int, int>, T> rank1;
  int l_max = 0;
  for (Function const& f : model.functions)
    for (int const l : f.l)
      l_max = std::max(l_max, l);
  for (std::size_t j = 0; j < neighbors.size(); ++j) {
    auto const& [species, r] = neighbors[j];
    T const distance = sqrt(r[0] * r[0] + r[1] * r[1] + r[2] * r[2]);
    std::array<T, 3> const unit{r[0] / distance, r[1] / distance, r[2] / distance};
    auto const g =
        radial_functions(model.radial[center_species * model.n_elements + species], distance);
    for (std::size_t k = 0; k < g.size(); ++k)
      rank1[{species, static_cast<int>(k) + 1}] += g[k];
    for (int l = 0; l <= l_max; ++l)
      for (int m = -l; m <= l; ++m) {
        Complex<T> const y = harmonic(l, m, unit);
        for (std::size_t k = 0; k < std::min<std::size_t>(g.size(), 10); ++k) {
          auto& entry = a[{species, static_cast<int>(k) + 1, l, m}];
          entry = entry + g[k] * y;
          if (model.canonical)
            share[j][{species, static_cast<int>(k) + 1, l, m}] = g[k] * y;
        }
      }
  }
  T energy(0.);
  for (std::size_t b = 0; b < model.functions.size(); ++b) {
    Function const& f = model.functions[b];
    if (f.center != center_species)
      continue;
    if (f.l.size() == 1) {
      energy += T(f.coefficient) * rank1[{f.species[0], f.n[0]}];
      continue;
    }
    Complex<T> sum{};
    for (Term const& term : terms[b]) {
      if (model.canonical) {
        sum = sum + T(term.value) * distinct_product<T>(f, term, share);
        continue;
      }
      Complex<T> product{T(term.value), T(0.)};
      for (std::size_t t = 0; t < f.l.size(); ++t)
        product = product * a[{f.species[t], f.n[t], f.l[t], term.m[t]}];
      sum = sum + product;
    }
    energy += T(f.coefficient) * sum.re;
  }
  return energy;
}

} // namespace

Result evaluate(Model const& model, Configuration const& c) {
  double cutoff = 0;
  for (Radial const& radial : model.radial)
    cutoff = std::max(cutoff, radial.cutoff);
  auto const lists = brute_force_neighbors(c, cutoff);
  std::vector<std::vector<Term>> terms;
  for (Function const& f : model.functions)
    terms.push_back(expand(f));

  // Direction of a derivative: the change of every displacement.
  using Change = std::function<std::array<double, 3>(int i, Neighbor const& neighbor)>;
  auto const total = [&](Change const& change, std::vector<double>* energies) {
    double slope = 0;
    for (std::size_t i = 0; i < c.atoms.size(); ++i) {
      std::vector<std::pair<int, std::array<Dual, 3>>> neighbors;
      bool moves = energies != nullptr;
      for (Neighbor const& neighbor : lists[i]) {
        auto const d = change(static_cast<int>(i), neighbor);
        moves = moves || d[0] != 0 || d[1] != 0 || d[2] != 0;
        auto const& r = neighbor.displacement;
        neighbors.push_back({c.atoms[neighbor.atom].species,
                             {Dual(r[0], d[0]), Dual(r[1], d[1]), Dual(r[2], d[2])}});
      }
      if (!moves)
        continue;
      Dual const energy = site_energy<Dual>(model, terms, c.atoms[i].species, neighbors);
      slope += energy.slope;
      if (energies)
        energies->push_back(energy.value);
    }
    return slope;
  };

  Result result;
  total([](int, Neighbor const&) { return std::array<double, 3>{0, 0, 0}; }, &result.energies);
  for (double const e : result.energies)
    result.energy += e;
  for (std::size_t a = 0; a < c.atoms.size(); ++a) {
    std::array<double, 3> force;
    for (int x = 0; x < 3; ++x)
      force[x] = -total(
          [&](int i, Neighbor const& neighbor) {
            std::array<double, 3> d{0, 0, 0};
            d[x] = (neighbor.atom == static_cast<int>(a)) - (i == static_cast<int>(a));
            return d;
          },
          nullptr);
    result.forces.push_back(force);
  }
  // W = -dE/d(strain): every displacement r becomes (1 + strain) r.
  int const row[6] = {0, 1, 2, 1, 0, 0}, column[6] = {0, 1, 2, 2, 2, 1};
  for (int v = 0; v < 6; ++v)
    result.virial[v] = -total(
        [&](int, Neighbor const& neighbor) {
          std::array<double, 3> d{0, 0, 0};
          d[row[v]] = neighbor.displacement[column[v]];
          return d;
        },
        nullptr);
  return result;
}

} // namespace kolace::oracle
