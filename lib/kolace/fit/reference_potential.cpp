#include <kolace/fit/reference_potential.hpp>

#include <kolace/core/errors.hpp>
#include <kolace/core/spaces.hpp>
#include <kolace/model/potential_sum.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace kolace {
namespace {

bool is_zbl(BondSpecification const& bond) {
  return bond.inner_cutoff_type == "zbl" && bond.r_in > 0;
}

AcePotential without_reference_energy(AcePotential potential) {
  std::fill(potential.reference_energy.begin(), potential.reference_energy.end(), 0.);
  potential.spline_width = 0;
  return potential;
}

} // namespace

bool has_core(AceBasis const& basis) {
  auto const& bonds = basis.specification().bonds;
  return std::any_of(bonds.begin(), bonds.end(), [](BondSpecification const& bond) {
    return bond.core_prefactor != 0 || is_zbl(bond);
  });
}

std::shared_ptr<AceBasis const> without_core(AceBasis const& basis) {
  ModelSpecification spec = basis.specification();
  for (BondSpecification& bond : spec.bonds) {
    bond.core_prefactor = 0;
    if (is_zbl(bond)) { // leaves g alone
      bond.inner_cutoff_type = BondSpecification{}.inner_cutoff_type;
      bond.r_in = bond.delta_in = 0;
    }
  }
  return std::make_shared<AceBasis const>(std::move(spec));
}

AcePotential core_of(std::shared_ptr<AceBasis const> const& basis) {
  AcePotential core;
  core.basis = basis;
  core.coefficients.assign(basis->size(), 0.);
  core.reference_energy.assign(basis->elements().size(), 0.);
  return core;
}

AcePotential with_zbl_below(AcePotential potential, std::vector<double> const& shortest) {
  constexpr double width = 0.1;
  ModelSpecification spec = potential.basis->specification();
  for (BondSpecification const& bond : spec.bonds)
    if (bond.r_in > 0 || bond.core_prefactor != 0)
      return potential;
  double const least = *std::min_element(shortest.begin(), shortest.end());
  if (!std::isfinite(least))
    return potential;
  int const n = spec.elements.size();
  auto const of_pair = [&](int a, int b) {
    return std::min(shortest[a * n + b], shortest[b * n + a]);
  };
  for (int a = 0; a < n; ++a)
    for (int b = 0; b < n; ++b) {
      BondSpecification& bond = spec.bonds[a * n + b];
      double r_in = of_pair(a, b);
      if (!std::isfinite(r_in))
        r_in = (of_pair(a, a) + of_pair(b, b)) / 2;
      if (!std::isfinite(r_in))
        r_in = least;
      bond.inner_cutoff_type = "zbl";
      bond.r_in = r_in;
      bond.delta_in = std::min(width, r_in);
      bond.core_prefactor = 1;
      bond.core_lambda = 1;
      if (!(bond.radial.cutoff_width > 0)) // where U(r) goes to zero
        return potential;
    }
  potential.basis = std::make_shared<AceBasis const>(std::move(spec));
  return potential;
}

AcePotential completed(AcePotential fitted, FitOptions const& options,
                       std::vector<double> const& shortest) {
  if (options.reference_potential)
    fitted = sum_of(without_reference_energy(*options.reference_potential), fitted);
  return options.repulsion_below_data ? with_zbl_below(std::move(fitted), shortest) : fitted;
}

ReferenceShare::ReferenceShare(AcePotential reference)
    : elements_(reference.basis->elements()),
      evaluator_(space_, without_reference_energy(reference)) {
  if (!has_core(*reference.basis))
    return;
  core_.emplace(space_, core_of(reference.basis));
  ModelSpecification const& spec = reference.basis->specification();
  zbl_ = is_zbl(spec.bonds[0]);
  for (EmbeddingSpecification const& embedding : spec.embeddings)
    largest_core_.push_back(embedding.rho_core_cutoff - embedding.rho_core_width);
}

std::vector<Prediction> ReferenceShare::operator()(std::span<Structure const> structures) {
  if (core_) {
    auto const cores = predict(space_, *core_, structures);
    for (std::size_t s = 0; s < structures.size(); ++s)
      for (std::size_t i = 0; i < structures[s].n_atoms(); ++i) {
        double const core = cores[s].energies[i];
        double const largest =
            zbl_ ? 1e-12 : largest_core_[elements_.species(structures[s].numbers[i])];
        if (core > largest)
          throw InputError(
              structures[s].place,
              zbl_ ? fmt::format("atom {} has a neighbor inside r_in of the reference's ZBL "
                                 "repulsion, which scales its energy: the rest is not linear "
                                 "there; r_in must not be above the shortest distance in the data "
                                 "(fit.repulsion: auto finds it)",
                                 i + 1)
                   : fmt::format("atom {}: the reference's core density {:.4g} is above "
                                 "rho_core_cut - drho_core_cut = {:.4g}, which scales its energy",
                                 i + 1, core, largest));
      }
  }
  return predict(space_, evaluator_, structures);
}

} // namespace kolace
