// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/fit/calibration.hpp>

#include <kolace/fit/detail/leave_one_out.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace kolace {
namespace {

constexpr double one_deviation = 0.6827;
constexpr long most_atoms = 15000, least_structures = 32, most_structures = 2000;
constexpr double most_operations = 6e10;
/// In larger structures, the forces on at most this many atoms represent all.
constexpr std::size_t most_atoms_of_one = 300;

double variance(LeftOutRow const& row, double along, double rest) {
  return rest * std::max(row.leverage - row.energy_leverage - row.prior_leverage, 0.) +
         along * std::max(row.energy_leverage, 0.) + row.prior_variance;
}

/// Quantile `one_deviation` of square residual over predicted variance. It is one if the share
/// `one_deviation` of the rows lies within one deviation.
double ratio(std::vector<LeftOutRow> const& rows, double along, double rest) {
  std::vector<double> ratios;
  for (LeftOutRow const& row : rows)
    ratios.push_back(row.square /
                     std::max(variance(row, along, rest), std::numeric_limits<double>::min()));
  auto const at =
      std::min(static_cast<std::size_t>(one_deviation * static_cast<double>(rows.size() + 1)),
               rows.size() - 1);
  std::nth_element(ratios.begin(), ratios.begin() + static_cast<std::ptrdiff_t>(at), ratios.end());
  return std::clamp(ratios[at], 1e-12, 1e12);
}

double coverage(std::vector<LeftOutRow> const& rows, double along, double rest) {
  if (rows.empty())
    return std::numeric_limits<double>::quiet_NaN();
  long const within = std::count_if(rows.begin(), rows.end(), [&](LeftOutRow const& row) {
    return row.square <= variance(row, along, rest);
  });
  return static_cast<double>(within) / static_cast<double>(rows.size());
}

/// Removes forces that are zero by symmetry: they have neither error nor deviation.
void leave_out_fixed(std::vector<LeftOutRow>& rows) {
  double largest = 0;
  for (LeftOutRow const& row : rows)
    largest = std::max(largest, row.leverage);
  std::erase_if(rows, [&](LeftOutRow const& row) {
    return row.leverage <= fixed_deviation * fixed_deviation * largest;
  });
}

/// Number of rows of a structure in the loss.
long rows_of(StructureRecord const& record) {
  return (record.has_energy ? 1 : 0) + (record.has_forces ? 3L * record.n_atoms : 0) +
         (record.has_virial ? 6 : 0);
}

/// Stride between the atoms whose forces are used.
std::size_t stride_of(std::size_t n_atoms) {
  return (n_atoms + most_atoms_of_one - 1) / most_atoms_of_one;
}

/// Stride between the labelled structures that are left out in turn.
long spacing(std::vector<StructureRecord> const& records, int n_unknowns) {
  double operations = 0;
  long atoms = 0, structures = 0;
  double const n = n_unknowns;
  for (StructureRecord const& record : records) {
    if (record.dropped || rows_of(record) == 0)
      continue;
    double const m = std::min(static_cast<double>(rows_of(record)), 3. * most_atoms_of_one + 7);
    operations += 6 * m * n * n + 6 * m * m * n + m * m * m;
    atoms += record.n_atoms;
    ++structures;
  }
  double const wanted =
      std::max({static_cast<double>(atoms) / most_atoms, operations / most_operations,
                static_cast<double>(structures) / most_structures, 1.});
  return std::max(std::min(std::lround(std::ceil(wanted)), structures / least_structures), 1L);
}

} // namespace

Calibration find_widths(std::vector<LeftOutRow> const& energies,
                        std::vector<LeftOutRow> const& forces) {
  constexpr std::size_t few = 10;
  if (energies.empty() && forces.empty())
    throw std::invalid_argument("find_widths: no rows");
  bool const by_energies = energies.size() >= few || forces.empty(),
             by_forces = forces.size() >= few || energies.empty();
  Calibration found;
  found.along = found.rest = 1;
  for (int iteration = 0; iteration < 300; ++iteration) {
    double const of_energies = by_energies ? ratio(energies, found.along, found.rest) : 1,
                 of_forces = by_forces ? ratio(forces, found.along, found.rest) : 1;
    // A single kind determines both widths; otherwise each kind scales its own.
    found.along *= by_energies ? of_energies : of_forces;
    found.rest *= by_forces ? of_forces : of_energies;
    found.along = std::clamp(found.along, 1e-8 * found.rest, 1e8 * found.rest);
    if (std::abs(of_energies - 1) < 1e-6 && std::abs(of_forces - 1) < 1e-6)
      break;
  }
  found.n_energies = static_cast<long>(energies.size());
  found.n_forces = static_cast<long>(forces.size());
  found.energy_coverage = coverage(energies, found.along, found.rest);
  found.force_coverage = coverage(forces, found.along, found.rest);
  return found;
}

std::optional<Calibration> calibrate(Context const& context, FitTask const& task,
                                     Posterior* posterior, SolverFactors const& factors) {
  FitData const& data = task.data;
  auto const& records = data.training().records();
  RowStreamOptions rows = data.rows(task.options);
  long const every = spacing(records, task.basis->size());
  std::vector<bool> const own = context.ranks.share(costs_of(records));
  std::vector<bool> chosen;
  long next = 0;
  for (std::size_t s = 0; s < records.size(); ++s) {
    bool const candidate = !records[s].dropped && rows_of(records[s]) > 0 && own[s];
    chosen.push_back(context.ranks.is_root() && candidate && next++ % every == 0);
  }
  rows.only = [&](long structure) { return chosen.at(structure); };
  std::optional<detail::LeaveOneOut> left_out;
  double factor[3] = {0, 0, 0}; // factor of the rows of each kind
  TriangularFactor energies;
  std::optional<double> prior_width;
  if (context.ranks.is_root()) {
    DesignFactors const all = factors.all();
    for (RowKind const kind : row_kinds)
      factor[static_cast<int>(kind)] = std::sqrt(data.shares().factor(kind, all.weight_of(kind)));
    energies = TriangularFactor(all.n_unknowns());
    energies.merge(all.energy, factor[0]);
    for (TriangularFactor const* const rows : {&all.energy, &all.forces})
      if (auto const width = posterior->prior_width(*rows))
        prior_width = std::max(prior_width.value_or(0), *width);
    left_out.emplace(*posterior, energies, prior_width);
  }
  std::vector<detail::StructureRows> pending;
  auto const finish = [&] {
    for (detail::StructureRows const& structure : pending)
      left_out->leave_out(structure);
    pending.clear();
  };
  AssemblyStatistics ignored;
  stream_rows(
      context, task.train, data.training(), task.basis, rows,
      [&](RowBatch const& batch) {
        if (batch.first_kind) {
          finish();
          pending.resize(batch.structures.size());
        }
        auto const host = batch.host_rows();
        int const kind = static_cast<int>(batch.kind);
        int const columns = static_cast<int>(host.extent(1));
        int first = 0;
        for (std::size_t s = 0; s < batch.structures.size(); ++s) {
          std::size_t const n_atoms = batch.structures[s].n_atoms();
          detail::StructureRows& target = pending[s];
          auto const add = [&](int i) {
            if ((*batch.scale)[i] == 0 || factor[kind] == 0)
              return false;
            std::vector<double>& row = target.rows.emplace_back(columns);
            for (int j = 0; j < columns; ++j)
              row[j] = factor[kind] * host(i, j);
            return true;
          };
          if (batch.kind == RowKind::energy) {
            if (add(first))
              target.energy = static_cast<int>(target.rows.size()) - 1;
            first += 1;
          } else if (batch.kind == RowKind::virial) {
            for (int v = 0; v < 6; ++v)
              add(first + v);
            first += 6;
          } else {
            target.first_force = static_cast<int>(target.rows.size());
            for (std::size_t a = 0; a < n_atoms; a += stride_of(n_atoms))
              for (int x = 0; x < 3; ++x)
                target.n_forces += add(first + 3 * static_cast<int>(a) + x);
            first += 3 * static_cast<int>(n_atoms);
          }
        }
      },
      ignored);
  if (!context.ranks.is_root())
    return {};
  finish();
  for (std::vector<LeftOutRow>* const rows : {&left_out->energies, &left_out->forces})
    leave_out_fixed(*rows);
  if (left_out->energies.empty() && left_out->forces.empty())
    return {};
  Calibration found = find_widths(left_out->energies, left_out->forces);
  found.n_structures = left_out->n_structures;
  found.prior = prior_width;
  if (!posterior->calibrate(energies, found.along, found.rest, found.prior))
    return {};
  return found;
}

} // namespace kolace
