// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/fit/model_errors.hpp>

#include <kolace/linalg/dense.hpp>

#include <stdexcept>

namespace kolace {

std::vector<ErrorTable>
measure_models(Context const& context, Dataset const& dataset, TrainingData const& weights,
               std::shared_ptr<AceBasis const> const& basis, RowStreamOptions rows,
               std::vector<std::vector<double>> const& unknowns, AssemblyStatistics& statistics) {
  int const n_models = static_cast<int>(unknowns.size());
  int const n = basis->size() + (rows.fit_reference ? basis->elements().size() : 0);
  std::vector<double> coefficients; // [n + 1][n_models]; rows times these are the errors
  for (auto const& c : unknowns) {
    if (static_cast<int>(c.size()) != n)
      throw std::invalid_argument("measure_models: expected one number per unknown");
    coefficients.insert(coefficients.end(), c.begin(), c.end());
    coefficients.push_back(-1);
  }
  std::vector<ErrorTable> tables(n_models);
  std::vector<double> errors; // [n_rows][n_models], column-major
  // Every rank creates all groups, so that the sums over ranks match.
  Dataset::Pass const pass = dataset.for_each_structure([&](Frame& frame) {
    if (!frame.structure.config_type.empty())
      for (ErrorTable& table : tables)
        table.by_config_type[frame.structure.config_type];
  });
  rows.scale = RowScale::plain;
  rows.all_kinds = true;
  stream_rows(
      context, dataset, weights, basis, rows,
      [&](RowBatch const& batch) {
        int const m = batch.n_rows;
        errors.resize(static_cast<std::size_t>(m) * n_models);
        auto const rows = batch.host_rows();
        multiply(m, n_models, n + 1, rows.data(), static_cast<int>(rows.stride(1)),
                 coefficients.data(), n + 1, errors.data(), m);
        for (int k = 0; k < n_models; ++k) {
          double const* error = errors.data() + static_cast<std::size_t>(k) * m;
          for (std::size_t s = 0; s < batch.structures.size(); ++s) {
            Structure const& structure = batch.structures[s];
            StructureRecord const& record = *batch.records[s];
            ErrorSums* const sums[] = {&tables[k].total,
                                       structure.config_type.empty()
                                           ? nullptr
                                           : &tables[k].by_config_type.at(structure.config_type)};
            std::size_t const rows = batch.kind == RowKind::energy   ? 1
                                     : batch.kind == RowKind::forces ? 3 * structure.n_atoms()
                                                                     : 6;
            for (ErrorSums* const sum : sums) {
              if (!sum)
                continue;
              if (batch.first_kind) {
                ++sum->n_structures;
                sum->n_atoms += static_cast<long>(structure.n_atoms());
              }
              if (batch.kind == RowKind::energy && record.has_energy)
                sum->add_energy(error[0], record.energy_weight);
              if (batch.kind == RowKind::forces && record.has_forces)
                for (std::size_t i = 0; i < structure.n_atoms(); ++i)
                  sum->add_force({error[3 * i], error[3 * i + 1], error[3 * i + 2]},
                                 record.force_weight * weights.atom_factor(structure, i));
              if (batch.kind == RowKind::virial && record.has_virial)
                sum->add_virial({error[0], error[1], error[2], error[3], error[4], error[5]},
                                record.virial_weight);
            }
            error += rows;
          }
        }
      },
      statistics);
  for (ErrorTable& table : tables) {
    table.pass = pass;
    table.total.sum_over(context.ranks);
    for (auto& [name, sums] : table.by_config_type)
      sums.sum_over(context.ranks);
  }
  return tables;
}

} // namespace kolace
