// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/fit/factor_errors.hpp>

namespace kolace {

ErrorTable factor_errors(std::vector<FactorGroup> const& groups, TrainingData const& data,
                         std::vector<double> const& unknowns) {
  ErrorTable table;
  table.pass = data.pass();
  auto const add = [&](ErrorSums& to, DesignFactors const& factors) {
    to.add_weighted(RowKind::energy, factors.energy.n_rows(), factors.energy_weight,
                    factors.energy.residual_square(unknowns));
    to.add_weighted(RowKind::forces, factors.forces.n_rows(), factors.force_weight,
                    factors.forces.residual_square(unknowns));
    to.add_weighted(RowKind::virial, factors.virial.n_rows(), factors.virial_weight,
                    factors.virial.residual_square(unknowns));
  };
  for (FactorGroup const& group : groups) {
    add(table.total, group.factors);
    if (!group.config_type.empty())
      add(table.by_config_type[group.config_type], group.factors);
  }
  for (StructureRecord const& record : data.records()) {
    if (record.dropped)
      continue;
    auto const found = table.by_config_type.find(data.labels().config_types[record.config_type]);
    for (ErrorSums* const sums :
         {&table.total, found == table.by_config_type.end() ? nullptr : &found->second})
      if (sums) {
        ++sums->n_structures;
        sums->n_atoms += record.n_atoms;
      }
  }
  return table;
}

} // namespace kolace
