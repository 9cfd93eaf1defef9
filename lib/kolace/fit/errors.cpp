// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/fit/errors.hpp>

#include <kolace/comm/load_share.hpp>
#include <kolace/core/tuning.hpp>
#include <kolace/evaluate/evaluator.hpp>

#include <algorithm>
#include <cmath>
#include <exception>
#include <limits>

namespace kolace {

void ErrorSums::add_energy(double error, double weight) {
  sums_[0] += 1;
  sums_[1] += error * error;
  sums_[2] += std::abs(error);
  sums_[3] += weight;
  sums_[4] += weight * error * error;
}

void ErrorSums::add_force(Vec3 const& error, double weight) {
  for (double const x : error) {
    sums_[5] += 1;
    sums_[6] += x * x;
    sums_[7] += std::abs(x);
    sums_[9] += weight * x * x;
  }
  sums_[8] += weight;
}

void ErrorSums::add_virial(Voigt const& error, double weight) {
  for (double const x : error) {
    sums_[10] += 1;
    sums_[11] += x * x;
    sums_[12] += std::abs(x);
    sums_[14] += weight * x * x;
  }
  sums_[13] += weight;
}

void ErrorSums::add_weighted(RowKind kind, long n_components, double weight,
                             double weighted_square) {
  if (n_components == 0 || !(weight > 0))
    return;
  int const at = kind == RowKind::energy ? 0 : kind == RowKind::forces ? 5 : 10;
  double const per_weight = kind == RowKind::energy ? 1 : kind == RowKind::forces ? 3 : 6;
  double const n = static_cast<double>(n_components);
  sums_[at] += n;
  sums_[at + 1] += n * weighted_square / (weight * per_weight);
  sums_[at + 2] = std::numeric_limits<double>::quiet_NaN();
  sums_[at + 3] += weight;
  sums_[at + 4] += weighted_square;
}

double ErrorSums::root(int kind) const {
  return sums_[kind] > 0 ? std::sqrt(sums_[kind + 1] / sums_[kind])
                         : std::numeric_limits<double>::quiet_NaN();
}

double ErrorSums::mean(int kind) const {
  return sums_[kind] > 0 ? sums_[kind + 2] / sums_[kind] : std::numeric_limits<double>::quiet_NaN();
}

double ErrorSums::loss(double kappa, double kappa_virial) const {
  LossShares const shares{kappa, kappa_virial};
  double loss = 0;
  for (RowKind const kind : row_kinds) {
    int const at = 5 * static_cast<int>(kind);
    loss += shares.factor(kind, sums_[at + 3]) * sums_[at + 4];
  }
  return loss;
}

void ErrorSums::sum_over(Communicator const& ranks) {
  ranks.sum(sums_);
  ranks.sum(n_structures);
  ranks.sum(n_atoms);
}

void WorstFrames::add(double square, Place const& place) {
  total_ += square;
  ++n_frames_;
  auto const at = std::find_if(largest_.begin(), largest_.end(),
                               [&](Entry const& entry) { return entry.square < square; });
  if (at == largest_.end() && largest_.size() == most)
    return;
  largest_.insert(at, {square, place});
  if (largest_.size() > most)
    largest_.pop_back();
}

std::vector<WorstFrames::Entry> WorstFrames::outliers() const {
  double sum = 0;
  for (std::size_t k = 0; k < largest_.size(); ++k) {
    sum += largest_[k].square;
    if (static_cast<double>(k + 1) > std::max(1., 0.02 * static_cast<double>(n_frames_)))
      break;
    if (sum > 0.5 * total_ && n_frames_ >= 20)
      return {largest_.begin(), largest_.begin() + static_cast<std::ptrdiff_t>(k) + 1};
  }
  return {};
}

namespace {

void add_worst(ErrorTable& table, Structure const& s, Prediction const& p) {
  if (s.energy)
    table.energies.add(std::pow((p.energy - *s.energy) / static_cast<double>(s.n_atoms()), 2),
                       s.place);
  double square = 0;
  for (std::size_t i = 0; i < s.forces.size(); ++i)
    for (int x = 0; x < 3; ++x)
      square += std::pow(p.forces[i][x] - s.forces[i][x], 2);
  if (!s.forces.empty())
    table.forces.add(square, s.place);
}

void add_structure(ErrorSums& sums, Structure const& s, Prediction const& p,
                   TrainingData const* weights, StructureRecord const* record) {
  double const n = static_cast<double>(s.n_atoms());
  ++sums.n_structures;
  sums.n_atoms += static_cast<long>(s.n_atoms());
  if (s.energy)
    sums.add_energy((p.energy - *s.energy) / n, record ? record->energy_weight : 1);
  for (std::size_t i = 0; i < s.forces.size(); ++i) {
    Vec3 error;
    for (int x = 0; x < 3; ++x)
      error[x] = p.forces[i][x] - s.forces[i][x];
    sums.add_force(error, record ? record->force_weight * weights->atom_factor(s, i) : 1);
  }
  if (s.virial) {
    Voigt error;
    for (int v = 0; v < 6; ++v)
      error[v] = (p.virial[v] - (*s.virial)[v]) / n;
    sums.add_virial(error, record ? record->virial_weight : 1);
  }
}

} // namespace

void add_errors(ErrorTable& table, Structure const& structure, Prediction const& prediction) {
  add_structure(table.total, structure, prediction, nullptr, nullptr);
  if (!structure.config_type.empty())
    add_structure(table.by_config_type[structure.config_type], structure, prediction, nullptr,
                  nullptr);
}

ErrorTable measure_errors(Context const& context, Dataset const& dataset,
                          AcePotential const& potential, TrainingData const* weights) {
  using Space = Kokkos::DefaultExecutionSpace;
  constexpr std::size_t atoms_per_batch = Tuning<Space>::atoms_per_batch;
  Space const& space = context.space;
  Evaluator<Space> evaluator(space, potential);
  ErrorTable table;
  std::vector<Structure> structures;
  std::vector<StructureRecord const*> records;
  std::size_t n_atoms = 0;
  long done = 0;
  auto const flush = [&] {
    if (structures.empty())
      return;
    auto const predictions = predict(space, evaluator, std::span<Structure const>(structures));
    for (std::size_t k = 0; k < structures.size(); ++k) {
      Structure const& s = structures[k];
      if (!std::isfinite(predictions[k].energy))
        throw InputError(s.place, "the predicted energy is not finite");
      add_structure(table.total, s, predictions[k], weights, records[k]);
      add_worst(table, s, predictions[k]);
      if (!s.config_type.empty())
        add_structure(table.by_config_type[s.config_type], s, predictions[k], weights, records[k]);
    }
    done += static_cast<long>(n_atoms);
    context.advance(done);
    structures.clear();
    records.clear();
    n_atoms = 0;
  };
  context.ranks.together([&] {
    LoadShare share(context.ranks);
    long index = 0;
    table.pass = dataset.for_each_structure([&](Frame& frame) {
      StructureRecord const* record = weights ? &weights->records().at(index++) : nullptr;
      if (record && record->dropped)
        return;
      if (!frame.structure.config_type.empty())
        table.by_config_type[frame.structure.config_type];
      if (!share.takes(static_cast<double>(frame.structure.n_atoms())))
        return;
      n_atoms += frame.structure.n_atoms();
      structures.push_back(std::move(frame.structure));
      records.push_back(record);
      if (n_atoms >= atoms_per_batch)
        flush();
    });
    flush();
  });
  table.total.sum_over(context.ranks);
  for (auto& [name, sums] : table.by_config_type)
    sums.sum_over(context.ranks);
  return table;
}

} // namespace kolace
