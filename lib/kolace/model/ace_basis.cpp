// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/model/ace_basis.hpp>

#include <kolace/core/errors.hpp>
#include <kolace/coupling/coupling_tree.hpp>
#include <kolace/radial/radial_options.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

namespace kolace {
namespace {

void check_embeddings(ModelSpecification const& spec) {
  for (int e = 0; e < spec.elements.size(); ++e) {
    EmbeddingSpecification const& embedding = spec.embeddings[e];
    auto const fail = [&](std::string const& why) {
      throw InputError("element " + spec.elements.symbols()[e] + ": " + why);
    };
    if (embedding.n_densities < 1 || embedding.n_densities > largest_n_densities)
      fail(fmt::format("{} densities (expected 1 to {})", embedding.n_densities,
                       largest_n_densities));
    if (static_cast<int>(embedding.parameters.size()) != 2 * embedding.n_densities)
      fail(fmt::format("the embedding has {} parameters (expected a weight and an exponent for "
                       "each of {} densities)",
                       embedding.parameters.size(), embedding.n_densities));
    for (int p = 0; p < embedding.n_densities; ++p)
      if (!(embedding.parameters[2 * p + 1] > 0))
        fail("the exponents of the embedding must be positive");
    if (!(embedding.rho_core_width >= 0))
      fail("the width of the core density's cutoff must be non-negative");
  }
}

bool uses_zbl(BondSpecification const& bond) {
  return bond.inner_cutoff_type == InnerCutoff::zbl && bond.r_in > 0;
}

void check_bonds(ModelSpecification const& spec) {
  int const n = spec.elements.size();
  for (int a = 0; a < n; ++a)
    for (int b = 0; b < n; ++b) {
      BondSpecification const& bond = spec.bond(a, b);
      std::string const name = spec.elements.symbols()[a] + "-" + spec.elements.symbols()[b];
      check(bond.effective_radial());
      if (!(bond == spec.bond(b, a)))
        throw InputError("bond " + name + ": the two directions differ");
      if (uses_zbl(bond) && !(bond.delta_in > 0))
        throw InputError("bond " + name +
                         ": an inner cutoff of type zbl requires a positive delta_in");
      if (uses_zbl(bond) && !(bond.radial.cutoff_width > 0))
        throw InputError("bond " + name + ": ZBL repulsion requires a positive dcut");
      if (uses_zbl(bond) != uses_zbl(spec.bond(0, 0)))
        throw InputError("bond " + name +
                         ": inner cutoffs of type zbl cannot be mixed with others");
      std::size_t const wanted = std::size_t(bond.nradmax) * (bond.lmax + 1) * bond.radial.size;
      if (!bond.coefficients.empty() && bond.coefficients.size() != wanted)
        throw InputError(fmt::format("bond {}: radcoefficients has {} numbers (expected {})", name,
                                     bond.coefficients.size(), wanted));
      if (bond.coefficients.empty() && bond.nradmax > bond.radial.size)
        throw InputError("bond " + name + ": nradmax exceeds nradbase");
    }
}

} // namespace

void check_function(ModelSpecification const& spec, BasisFunction const& f) {
  auto const fail = [&](std::string const& why) {
    throw InputError("function " + describe(f, spec.elements) + ": " + why);
  };
  std::size_t const rank = f.species.size();
  if (rank < 1 || f.n.size() != rank || f.l.size() != rank)
    fail("elements, n and l must be lists of equal length");
  int sum = 0;
  for (std::size_t t = 0; t < rank; ++t) {
    BondSpecification const& bond = spec.bond(f.center, f.species[t]);
    int const nmax = !spec.radial_products.empty() ? static_cast<int>(spec.radial_products.size())
                     : rank == 1                   ? bond.radial.size
                                                   : bond.nradmax;
    if (f.n[t] < 1 || f.n[t] > nmax)
      fail(fmt::format("n = {} is outside 1..{}", f.n[t], nmax));
    if (f.l[t] < 0 || (rank > 1 && f.l[t] > bond.lmax))
      fail(fmt::format("l = {} is outside 0..{}", f.l[t], bond.lmax));
    sum += f.l[t];
  }
  if (sum % 2 != 0)
    fail("the sum of l must be even");
  if (!valid_intermediates(f.l, f.intermediates))
    fail("l and L cannot couple to an invariant");
}

AceBasis::AceBasis(ModelSpecification specification) : specification_(std::move(specification)) {
  auto& spec = specification_;
  int const n = spec.elements.size();
  if (n == 0)
    throw InputError("a basis needs at least one element");
  if (static_cast<int>(spec.embeddings.size()) != n || static_cast<int>(spec.bonds.size()) != n * n)
    throw InputError("a basis needs one embedding per element and one bond per ordered pair");
  check_embeddings(spec);
  check_bonds(spec);
  for (BasisFunction const& f : spec.functions)
    check_function(spec, f);
  auto const by_center = [](auto const& a, auto const& b) { return a.center < b.center; };
  if (!std::is_sorted(spec.functions.begin(), spec.functions.end(), by_center))
    std::stable_sort(spec.functions.begin(), spec.functions.end(), by_center);
  first_function_.assign(n + 1, 0);
  for (BasisFunction const& f : spec.functions)
    ++first_function_[f.center + 1];
  for (int e = 0; e < n; ++e)
    first_function_[e + 1] += first_function_[e];
  if (spec.canonical)
    expansion_ = std::make_shared<CanonicalExpansion const>(expand_canonical(spec));
}

bool AceBasis::is_linear() const {
  for (EmbeddingSpecification const& embedding : specification_.embeddings)
    if (embedding.n_densities != 1 || embedding.parameters != std::vector<double>{1, 1})
      return false;
  for (BondSpecification const& bond : specification_.bonds)
    if (bond.core_prefactor != 0 || uses_zbl(bond))
      return false;
  return true;
}

double AceBasis::cutoff() const {
  double largest = 0;
  for (BondSpecification const& bond : specification_.bonds)
    largest = std::max(largest, bond.radial.cutoff);
  return largest;
}

double AceBasis::cutoff(int a, int b) const {
  return std::max(specification_.bond(a, b).radial.cutoff, specification_.bond(b, a).radial.cutoff);
}

int AceBasis::max_rank() const {
  int largest = 0;
  for (BasisFunction const& f : functions())
    largest = std::max(largest, f.rank());
  return largest;
}

int AceBasis::n_duplicate_pair_functions() const {
  std::set<std::array<int, 3>> seen; // the two elements, then n
  int duplicates = 0;
  for (BasisFunction const& f : functions())
    if (f.rank() == 1)
      duplicates +=
          !seen.insert({std::min(f.center, f.species[0]), std::max(f.center, f.species[0]), f.n[0]})
               .second;
  return duplicates;
}

std::string describe(BasisFunction const& f, ElementSet const& elements) {
  std::vector<std::string> symbols{elements.symbols()[f.center]};
  for (int const s : f.species)
    symbols.push_back(elements.symbols()[s]);
  return fmt::format(
      "{}  n {}  l {}  L {}", fmt::join(symbols, " "), fmt::join(f.n, " "), fmt::join(f.l, " "),
      f.intermediates.empty() ? "-" : fmt::format("{}", fmt::join(f.intermediates, " ")));
}

} // namespace kolace
