// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/model/basis_builder.hpp>

#include <kolace/core/errors.hpp>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <sstream>

namespace kolace {

std::shared_ptr<AceBasis const> build_basis(ElementSet const& elements,
                                            std::vector<BondSpecification> bonds,
                                            std::vector<FunctionBlock> const& blocks,
                                            std::size_t functions_per_element, bool canonical,
                                            LargeWork const& large_work) {
  ModelSpecification spec;
  spec.elements = elements;
  spec.embeddings.resize(elements.size());
  for (FunctionBlock const& block : blocks) {
    // A limit below the number of blocks leaves no function at all.
    std::size_t const limit = functions_per_element * elements.size() / blocks.size();
    if (functions_per_element > 0 && limit == 0)
      continue;
    std::vector<BasisFunction> functions = enumerate_block(block, limit, large_work);
    spec.functions.insert(spec.functions.end(), std::make_move_iterator(functions.begin()),
                          std::make_move_iterator(functions.end()));
  }
  if (spec.functions.empty())
    throw InputError("the basis contains no functions");

  for (BondSpecification& bond : bonds) {
    bond.radial.size = 1;
    bond.nradmax = 1;
    bond.lmax = 0;
  }
  for (BasisFunction const& f : spec.functions)
    for (int t = 0; t < f.rank(); ++t)
      for (int const at :
           {f.center * elements.size() + f.species[t], f.species[t] * elements.size() + f.center}) {
        BondSpecification& bond = bonds[at];
        bond.radial.size = std::max(bond.radial.size, f.n[t]);
        if (f.rank() > 1) {
          bond.nradmax = std::max(bond.nradmax, f.n[t]);
          bond.lmax = std::max(bond.lmax, f.l[t]);
        }
      }
  spec.bonds = std::move(bonds);
  spec.canonical = canonical;
  return std::make_shared<AceBasis const>(std::move(spec));
}

void check_limits(BlockLimits const& limits, int n_elements,
                  std::function<void(bool radial, std::string const& message)> const& fail) {
  if (limits.nradmax.empty() || limits.nradmax.size() > 10)
    return fail(true, "expected one number for each of 1 to 10 ranks");
  if (limits.nradmax.size() != limits.lmax.size())
    return fail(false, "expected as many numbers as for nradmax (" +
                           std::to_string(limits.nradmax.size()) + "), got " +
                           std::to_string(limits.lmax.size()));
  double candidates = 0;
  for (std::size_t k = 0; k < limits.nradmax.size(); ++k) {
    if (limits.nradmax[k] < 0 || limits.nradmax[k] > 1000)
      return fail(true, "expected integers from 0 to 1000");
    if (limits.lmax[k] < 0 || limits.lmax[k] > 20)
      return fail(false, "expected integers from 0 to 20");
    if (k == 0 && limits.lmax[k] != 0)
      return fail(false, "the first number (rank 1) must be 0");
    double const rank = static_cast<double>(k) + 1;
    // Number of multisets of `rank` factors out of all (element, n, l), for each central element.
    double const factors = n_elements * limits.nradmax[k] * (limits.lmax[k] + 1.);
    if (factors > 0)
      candidates += n_elements * std::exp(std::lgamma(factors + rank) - std::lgamma(rank + 1) -
                                          std::lgamma(factors));
    if (limits.nradmax[k] > 0 && std::pow(2 * limits.lmax[k] + 1., rank - 1) > 2e6)
      return fail(false, "l = " + std::to_string(limits.lmax[k]) + " at rank " +
                             std::to_string(k + 1) +
                             " couples too many values of m; choose a smaller l");
  }
  constexpr double most = 3e6;
  if (candidates > most) {
    std::ostringstream count;
    count << candidates;
    fail(true, "these limits give too many functions (about " + count.str() +
                   " before counting couplings; the limit is 3e6)");
  }
}

std::shared_ptr<AceBasis const> without_core(AceBasis const& basis) {
  ModelSpecification spec = basis.specification();
  for (BondSpecification& bond : spec.bonds) {
    bond.core_prefactor = 0;
    if (bond.inner_cutoff_type == InnerCutoff::zbl &&
        bond.r_in > 0) { // radial functions of type zbl are not scaled by the inner cutoff
      bond.inner_cutoff_type = BondSpecification{}.inner_cutoff_type;
      bond.r_in = bond.delta_in = 0;
    }
  }
  return std::make_shared<AceBasis const>(std::move(spec));
}

} // namespace kolace
