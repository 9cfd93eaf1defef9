// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/model/potential_sum.hpp>

#include <kolace/core/errors.hpp>

#include <algorithm>
#include <map>
#include <tuple>

namespace kolace {
namespace {

/// True if both have the same g_k, apart from their number.
bool same_radial_functions(BondSpecification const& a, BondSpecification const& b) {
  RadialOptions x = a.effective_radial(), y = b.effective_radial();
  x.size = y.size = 1;
  return x == y;
}

/// c_nlk with n, l, k counted from 0; zero if the bond has no such function.
double radial_coefficient(BondSpecification const& bond, int n, int l, int k) {
  if (n >= bond.nradmax || l > bond.lmax || k >= bond.radial.size)
    return 0;
  if (bond.coefficients.empty())
    return n == k ? 1 : 0;
  return bond.coefficients[(std::size_t(n) * (bond.lmax + 1) + l) * bond.radial.size + k];
}

/// Bond of a sum of potentials: all of `base`, and the functions of `added` from n = shift + 1 on.
BondSpecification merged(BondSpecification const& base, BondSpecification const& added, int shift) {
  BondSpecification bond = base;
  bond.radial.size = std::max(base.radial.size, added.radial.size);
  bond.lmax = std::max(base.lmax, added.lmax);
  bond.nradmax = std::max(base.nradmax, shift + added.nradmax);
  bond.coefficients.clear();
  if (shift == 0)
    return bond;
  for (int n = 0; n < bond.nradmax; ++n)
    for (int l = 0; l <= bond.lmax; ++l)
      for (int k = 0; k < bond.radial.size; ++k)
        bond.coefficients.push_back(n < shift ? radial_coefficient(base, n, l, k)
                                              : radial_coefficient(added, n - shift, l, k));
  return bond;
}

/// Functions and their coefficients, collected for a basis.
class FunctionList {
public:
  explicit FunctionList(int n_densities) : n_densities_(n_densities) {}

  std::vector<double>& coefficients(BasisFunction const& f) {
    auto const [found, is_new] =
        places_.try_emplace({f.center, f.species, f.n, f.l, f.intermediates}, entries_.size());
    if (is_new)
      entries_.emplace_back(f, std::vector<double>(n_densities_, 0.));
    return entries_[found->second].second;
  }

  bool empty() const { return entries_.empty(); }

  /// Moves functions into `spec` and coefficients into `potential`.
  void write(ModelSpecification& spec, AcePotential& potential) {
    std::stable_sort(entries_.begin(), entries_.end(),
                     [](auto const& a, auto const& b) { return a.first.center < b.first.center; });
    spec.functions.clear();
    potential.coefficients.clear();
    potential.further_densities.assign(n_densities_ - 1, {});
    for (auto& [f, c] : entries_) {
      spec.functions.push_back(std::move(f));
      potential.coefficients.push_back(c[0]);
      for (int p = 1; p < n_densities_; ++p)
        potential.further_densities[p - 1].push_back(c[p]);
    }
  }

private:
  using Key =
      std::tuple<int, std::vector<int>, std::vector<int>, std::vector<int>, std::vector<int>>;
  int n_densities_;
  std::map<Key, std::size_t> places_;
  std::vector<std::pair<BasisFunction, std::vector<double>>> entries_;
};

bool is_identity(EmbeddingSpecification const& embedding) {
  return embedding.n_densities == 1 && embedding.parameters == std::vector<double>{1, 1};
}

} // namespace

AcePotential sum_of(AcePotential const& base, AcePotential const& added) {
  ModelSpecification spec = base.basis->specification();
  ModelSpecification const& other = added.basis->specification();
  int const n_elements = spec.elements.size();
  if (spec.elements.symbols() != other.elements.symbols())
    throw InputError("potentials of different elements cannot be added");
  if (!added.basis->is_linear())
    throw InputError("only a linear potential can be added to another");
  for (std::size_t b = 0; b < spec.bonds.size(); ++b)
    if (!same_radial_functions(spec.bonds[b], other.bonds[b]))
      throw InputError("bond " + spec.elements.symbols()[b / n_elements] + "-" +
                       spec.elements.symbols()[b % n_elements] +
                       ": potentials with different radial functions (radbase, radparameters, "
                       "cutoffs) cannot be added");

  // Linear densities are added; under a nonlinear embedding the added part becomes a separate
  // density.
  std::vector<int> own(n_elements, 0); // density of the added part, by element
  int n_densities = 1;
  bool const all_linear = std::all_of(spec.embeddings.begin(), spec.embeddings.end(), is_identity);
  for (int e = 0; e < n_elements && !all_linear; ++e) {
    EmbeddingSpecification& embedding = spec.embeddings[e];
    own[e] = embedding.n_densities++;
    embedding.parameters.insert(embedding.parameters.end(), {1, 1});
    n_densities = std::max(n_densities, embedding.n_densities);
  }
  FunctionList functions(n_densities);
  for (int b = 0; b < base.basis->size(); ++b)
    for (int p = 0; p < base.n_densities(); ++p)
      if (double const c = base.density(p)[b]; c != 0)
        functions.coefficients(base.basis->functions()[b])[p] += c;

  AcePotential sum = base;
  for (int e = 0; e < n_elements; ++e)
    sum.reference_energy[e] += added.reference_energy[e];
  if (functions.empty() && all_linear) { // base is core repulsion only
    ModelSpecification whole = other;
    whole.embeddings = spec.embeddings;
    for (std::size_t b = 0; b < whole.bonds.size(); ++b) {
      BondSpecification& bond = whole.bonds[b];
      BondSpecification const& core = spec.bonds[b];
      bond.inner_cutoff_type = core.inner_cutoff_type;
      bond.r_in = core.r_in;
      bond.delta_in = core.delta_in;
      bond.core_prefactor = core.core_prefactor;
      bond.core_lambda = core.core_lambda;
    }
    sum.basis = std::make_shared<AceBasis const>(std::move(whole));
    sum.coefficients = added.coefficients;
    sum.further_densities.clear();
    return sum;
  }
  if (spec.canonical || other.canonical)
    throw InputError("a canonical potential cannot be added to another");
  int shift = 0;
  auto const trained = [](BondSpecification const& bond) { return !bond.coefficients.empty(); };
  if (std::any_of(spec.bonds.begin(), spec.bonds.end(), trained) ||
      std::any_of(other.bonds.begin(), other.bonds.end(), trained))
    for (BondSpecification const& bond : spec.bonds)
      shift = std::max(shift, bond.nradmax);
  for (std::size_t b = 0; b < spec.bonds.size(); ++b)
    spec.bonds[b] = merged(spec.bonds[b], other.bonds[b], shift);
  for (int b = 0; b < added.basis->size(); ++b) {
    BasisFunction f = added.basis->functions()[b];
    if (f.rank() > 1)
      for (int& n : f.n)
        n += shift;
    functions.coefficients(f)[own[f.center]] += added.coefficients[b];
  }
  functions.write(spec, sum);
  sum.basis = std::make_shared<AceBasis const>(std::move(spec));
  return sum;
}

} // namespace kolace
