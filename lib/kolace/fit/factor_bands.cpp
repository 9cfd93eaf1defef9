#include <kolace/fit/factor_bands.hpp>

#include <kolace/design/design_rows.hpp>
#include <kolace/fit/fit.hpp>
#include <kolace/fit/fit_data.hpp>

namespace kolace {

FactorBands::FactorBands(FactorSet const& set, std::shared_ptr<AceBasis const> basis,
                         FitOptions options)
    : basis_(std::move(basis)), spline_width_(options.spline_width) {
  options.solver = {};
  options.solver.kind = SolverOptions::Kind::least_squares;
  options.l1 = options.l2 = 0;
  options.ladder.reset();
  best_ = fit_factors(set, basis_, options).potential;
  FitData const data(set, options);
  FittedGroups const groups = fitted_groups(set, data, *basis_, options);
  bands_ = std::make_unique<LossBands>(solver_factors(set, groups, data, *basis_, options)
                                           .problem(data.shares(), options, *basis_)
                                           .train);
}

std::vector<double> FactorBands::half_widths(std::span<Structure const> structures,
                                             double share) const {
  using Space = Kokkos::DefaultExecutionSpace;
  Space const space;
  DesignAssembler<Space> assembler(space, basis_, spline_width_);
  auto const batch = StructureBatch<Space>::create(space, structures, basis_->elements());
  auto const list = build_neighbor_list(space, batch, basis_->cutoff());
  Matrix<Space> const rows("kolace::fit::energy_rows", structures.size(), basis_->size());
  assembler(space, batch, list, {true, false, false}, rows, {}, {});
  space.fence("kolace::fit: rows are read on the host");
  auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), rows);
  // Columns of E0 behind the functions: energies are relative to those of free atoms.
  int const m = static_cast<int>(structures.size());
  std::vector<double> properties(static_cast<std::size_t>(m) * bands_->best().coefficients.size());
  for (int k = 0; k < basis_->size(); ++k)
    for (int s = 0; s < m; ++s)
      properties[s + static_cast<std::size_t>(k) * m] = host(s, k);
  return bands_->half_widths(properties.data(), m, m, share * bands_->least());
}

} // namespace kolace
