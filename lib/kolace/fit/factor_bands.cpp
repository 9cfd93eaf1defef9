// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/fit/factor_bands.hpp>

#include <kolace/design/design_rows.hpp>
#include <kolace/fit/completed.hpp>
#include <kolace/fit/fit.hpp>
#include <kolace/fit/fit_data.hpp>

namespace kolace {

FactorBands::FactorBands(Kokkos::DefaultExecutionSpace const& space, FactorSet const& set,
                         std::shared_ptr<AceBasis const> basis, FitOptions options)
    : space_(space), basis_(std::move(basis)), spline_width_(options.spline_width) {
  options.ladder.reset();
  options.solver.committee = 0;
  FitResult const fit = fit_factors({.space = space}, set, basis_, options);
  shares_ = {fit.kappa, fit.kappa_virial};
  FitData data(set, options);
  data.set_shares(shares_);
  FittedGroups const groups = fitted_groups(set, data, *basis_, options);
  bands_ = std::make_unique<LossBands>(
      solver_factors(set, groups, data, *basis_, options).problem(shares_, options, *basis_).train);
  std::vector<double> const& found = bands_->best().coefficients;
  best_.spline_width = spline_width_;
  best_.basis = basis_;
  best_.coefficients.assign(found.begin(), found.begin() + basis_->size());
  best_.reference_energy = data.training().reference_energy();
  for (std::size_t e = 0; e + basis_->size() < found.size(); ++e)
    best_.reference_energy[e] += found[basis_->size() + e];
  best_ = completed(std::move(best_), options, fit.shortest_distances);
}

std::vector<double> FactorBands::half_widths(std::span<Structure const> structures,
                                             double share) const {
  std::vector<EnergySum> single;
  for (std::size_t s = 0; s < structures.size(); ++s)
    single.push_back({{s, 1.}});
  return half_widths(structures, single, share);
}

std::vector<double> FactorBands::half_widths(std::span<Structure const> structures,
                                             std::span<EnergySum const> sums, double share) const {
  using Space = Kokkos::DefaultExecutionSpace;
  DesignAssembler<Space> assembler(space_, basis_, spline_width_);
  auto const batch = StructureBatch<Space>::create(space_, structures, basis_->elements());
  auto const list = build_neighbor_list(space_, batch, basis_->cutoff());
  Matrix<Space> const rows("kolace::fit::energy_rows", structures.size(), basis_->size());
  assembler(space_, batch, list, {true, false, false}, rows, {}, {});
  space_.fence("kolace::fit: rows are read on the host");
  auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), rows);
  // The E0 columns after the functions stay zero: energies are relative to free atoms.
  int const m = static_cast<int>(sums.size());
  std::vector<double> properties(static_cast<std::size_t>(m) * bands_->best().coefficients.size());
  for (int k = 0; k < basis_->size(); ++k)
    for (int p = 0; p < m; ++p)
      for (auto const& [structure, factor] : sums[p])
        properties[p + static_cast<std::size_t>(k) * m] += factor * host(structure, k);
  return bands_->half_widths(properties.data(), m, m, share * bands_->least());
}

} // namespace kolace
