// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/fit/deviations.hpp>

#include <kolace/fit/calibration.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace kolace {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

double median(std::vector<double>& values) {
  if (values.empty())
    return nan;
  auto const middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

} // namespace

DeviationTable predict_deviations(Kokkos::DefaultExecutionSpace const& space,
                                  Dataset const& dataset, TrainingData const& weights,
                                  std::shared_ptr<AceBasis const> const& basis,
                                  RowStreamOptions rows, Posterior const& posterior) {
  DeviationTable table;
  table.structures.assign(weights.records().size(), {nan, {}});
  rows.scale = RowScale::plain;
  std::vector<double> energy_deviations, force_deviations;
  long energies_within = 0, forces_within = 0;
  std::vector<std::pair<double, double>> forces; // deviation and absolute error of each component
  auto const& c = posterior.mean();
  AssemblyStatistics ignored;
  stream_rows(
      Context{.space = space, .ranks = Communicator::alone()}, dataset, weights, basis, rows,
      [&](RowBatch const& batch) {
        if (batch.kind == RowKind::virial)
          return;
        auto const host = batch.host_rows();
        int const m = batch.n_rows, ld = static_cast<int>(host.stride(1)),
                  n = static_cast<int>(host.extent(1)) - 1;
        std::vector<double> const deviations = posterior.deviations(host.data(), m, ld);
        int row = 0;
        for (std::size_t s = 0; s < batch.structures.size(); ++s) {
          std::size_t const n_atoms = batch.structures[s].n_atoms();
          StructureDeviations& target =
              table.structures.at(batch.records[s] - weights.records().data());
          auto const error = [&](int i) {
            double sum = -host(i, n);
            for (int j = 0; j < n; ++j)
              sum += host(i, j) * c[j];
            return std::abs(sum);
          };
          if (batch.kind == RowKind::energy) {
            if ((*batch.scale)[row] > 0) {
              target.energy = deviations[row] * static_cast<double>(n_atoms);
              energy_deviations.push_back(deviations[row]);
              energies_within += error(row) <= deviations[row];
              ++table.n_energies;
            }
            ++row;
            continue;
          }
          bool const labelled = n_atoms > 0 && (*batch.scale)[row] > 0;
          for (std::size_t a = 0; a < n_atoms; ++a, row += 3) {
            if (!labelled)
              continue;
            target.forces.push_back({deviations[row], deviations[row + 1], deviations[row + 2]});
            for (int x = 0; x < 3; ++x)
              forces.emplace_back(deviations[row + x], error(row + x));
          }
        }
      },
      ignored);
  double largest = 0;
  for (auto const& [deviation, error] : forces)
    largest = std::max(largest, deviation);
  for (auto const& [deviation, error] : forces)
    if (deviation > fixed_deviation * largest) {
      force_deviations.push_back(deviation);
      forces_within += error <= deviation;
      ++table.n_forces;
    }
  auto const share = [](double sum, long count) {
    return count > 0 ? sum / static_cast<double>(count) : nan;
  };
  table.median_energy = median(energy_deviations);
  table.median_force = median(force_deviations);
  table.energy_coverage = share(static_cast<double>(energies_within), table.n_energies);
  table.force_coverage = share(static_cast<double>(forces_within), table.n_forces);
  return table;
}

} // namespace kolace
