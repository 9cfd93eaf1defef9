// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/assembly/baseline.hpp>

#include <kolace/core/errors.hpp>
#include <kolace/core/spaces.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace kolace {
namespace {

bool is_zbl(BondSpecification const& bond) {
  return bond.inner_cutoff_type == InnerCutoff::zbl && bond.r_in > 0;
}

AcePotential without_reference_energy(AcePotential potential, double spline_width = 0) {
  std::fill(potential.reference_energy.begin(), potential.reference_energy.end(), 0.);
  potential.spline_width = spline_width;
  return potential;
}

} // namespace

bool has_core(AceBasis const& basis) {
  auto const& bonds = basis.specification().bonds;
  return std::any_of(bonds.begin(), bonds.end(), [](BondSpecification const& bond) {
    return bond.core_prefactor != 0 || is_zbl(bond);
  });
}

AcePotential core_of(std::shared_ptr<AceBasis const> const& basis) {
  ModelSpecification spec = basis->specification();
  // One function per element with coefficient zero, so that nothing but the repulsion is evaluated.
  spec.canonical = false;
  spec.radial_products.clear();
  spec.functions.clear();
  for (int e = 0; e < spec.elements.size(); ++e) {
    spec.functions.push_back({e, {e}, {1}, {0}, {}});
    spec.embeddings[e].n_densities = 1;
    spec.embeddings[e].parameters = {1, 1};
  }
  for (BondSpecification& bond : spec.bonds) {
    bond.radial.size = bond.nradmax = 1;
    bond.lmax = 0;
    bond.coefficients.clear();
  }
  AcePotential core;
  core.basis = std::make_shared<AceBasis const>(std::move(spec));
  core.coefficients.assign(core.basis->size(), 0.);
  core.reference_energy.assign(basis->elements().size(), 0.);
  return core;
}

std::vector<double> zbl_distances(AceBasis const& basis) {
  std::vector<double> distances;
  for (BondSpecification const& bond : basis.specification().bonds)
    distances.push_back(is_zbl(bond) ? bond.r_in : std::numeric_limits<double>::infinity());
  return distances;
}

AcePotential with_zbl_below(AcePotential potential, std::vector<double> const& shortest) {
  constexpr double width = 0.1;
  ModelSpecification spec = potential.basis->specification();
  int const n = spec.elements.size();
  for (BondSpecification const& bond : spec.bonds)
    if (bond.r_in > 0 || bond.core_prefactor != 0 || !(bond.radial.cutoff_width > 0))
      return potential;
  // Distances beyond the pair's own cutoff do not count.
  auto const of_pair = [&](int a, int b) {
    double const r = std::min(shortest[a * n + b], shortest[b * n + a]);
    return r < spec.bond(a, b).radial.cutoff ? r : std::numeric_limits<double>::infinity();
  };
  double least = std::numeric_limits<double>::infinity();
  for (int a = 0; a < n; ++a)
    for (int b = 0; b < n; ++b)
      least = std::min(least, of_pair(a, b));
  if (!std::isfinite(least))
    return potential;
  for (int a = 0; a < n; ++a)
    for (int b = 0; b < n; ++b) {
      BondSpecification& bond = spec.bonds[a * n + b];
      double r_in = of_pair(a, b);
      if (!std::isfinite(r_in))
        r_in = (of_pair(a, a) + of_pair(b, b)) / 2;
      if (!std::isfinite(r_in))
        r_in = least;
      bond.inner_cutoff_type = InnerCutoff::zbl;
      bond.r_in = std::min(r_in, bond.radial.cutoff - bond.radial.cutoff_width);
      bond.delta_in = std::min(width, bond.r_in);
      bond.core_prefactor = 1;
      bond.core_lambda = 1;
    }
  potential.basis = std::make_shared<AceBasis const>(std::move(spec));
  return potential;
}

AcePotential with_core_fade(AcePotential potential, CoreFade const& fade) {
  if (fade.begin.empty())
    return potential;
  ModelSpecification spec = potential.basis->specification();
  for (std::size_t e = 0; e < fade.begin.size(); ++e) {
    spec.embeddings[e].rho_core_cutoff = fade.end * fade.begin[e];
    spec.embeddings[e].rho_core_width = (fade.end - 1) * fade.begin[e];
  }
  potential.basis = std::make_shared<AceBasis const>(std::move(spec));
  return potential;
}

ReferenceShare::ReferenceShare(Space const& space, AcePotential reference, double spline_width)
    : space_(space), elements_(reference.basis->elements()),
      evaluator_(space_, without_reference_energy(reference, spline_width)) {
  if (!has_core(*reference.basis))
    return;
  ModelSpecification spec = reference.basis->specification();
  zbl_ = is_zbl(spec.bonds[0]);
  if (zbl_) // the prefactor must not matter: ZBL scales E_ACE whatever its strength
    for (BondSpecification& bond : spec.bonds)
      bond.core_prefactor = 1;
  core_only_ = !zbl_ && reference.basis->is_canonical() == false &&
               std::all_of(reference.coefficients.begin(), reference.coefficients.end(),
                           [](double c) { return c == 0; }) &&
               reference.further_densities.empty();
  if (!zbl_)
    largest_seen_.assign(elements_.size(), 0.);
  core_.emplace(space_, core_of(std::make_shared<AceBasis const>(spec)));
  for (EmbeddingSpecification const& embedding : spec.embeddings)
    largest_core_.push_back(embedding.rho_core_cutoff - embedding.rho_core_width);
}

std::vector<Prediction> ReferenceShare::operator()(std::span<Structure const> structures) {
  std::fill(largest_seen_.begin(), largest_seen_.end(), 0.);
  if (core_) {
    auto cores = predict(space_, core_only_ ? evaluator_ : *core_, structures);
    for (std::size_t s = 0; s < structures.size(); ++s)
      for (std::size_t i = 0; i < structures[s].n_atoms(); ++i) {
        double const core = cores[s].energies[i];
        int const species = elements_.species(structures[s].numbers[i]);
        double const largest = zbl_ ? 1e-12 : largest_core_[species];
        if (!zbl_)
          largest_seen_[species] = std::max(largest_seen_[species], core);
        if (core > largest)
          throw InputError(
              structures[s].place,
              zbl_ ? fmt::format("atom {} has a neighbor within r_in of the reference potential's "
                                 "ZBL repulsion, where energies are scaled and no longer linear; "
                                 "remove the frame or choose a smaller r_in",
                                 i + 1)
                   : fmt::format("atom {}: the reference potential's core density {:.4g} exceeds "
                                 "rho_core_cut - drho_core_cut = {:.4g}, above which energies are "
                                 "scaled and no longer linear",
                                 i + 1, core, largest));
      }
  }
  return predict(space_, evaluator_, structures);
}

} // namespace kolace
