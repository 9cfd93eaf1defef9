// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/dataset/training_data.hpp>

#include <kolace/dataset/energy_weighting.hpp>
#include <kolace/linalg/triangular_factor.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace kolace {
namespace {

constexpr double damping_energy = 2;    ///< eV/atom
constexpr std::size_t few_energies = 8; ///< too few to tell wrong ones from rare ones

/// True if E0 comes from least squares on the composition, which needs the baseline's energies
/// subtracted.
bool needs_baseline(LabelOptions const& options, TrainingData::Inputs const& inputs) {
  using Kind = ReferenceEnergy::Kind;
  Kind const kind = options.reference_energy.kind;
  return inputs.reference_energy.empty() &&
         (kind == Kind::least_squares ||
          (kind == Kind::automatic && !inputs.fits_unknown_reference));
}

GroupWeights group_weights(Weighting const& weighting, std::string const& config_type) {
  auto const found = weighting.by_config_type.find(config_type);
  return found == weighting.by_config_type.end() ? GroupWeights{} : found->second;
}

} // namespace

TrainingData::TrainingData(Dataset const& data, ElementSet const& elements, double cutoff,
                           LabelOptions const& options, Inputs const& inputs)
    : TrainingData(
          read_label_table(data, elements, cutoff, options.weighting,
                           needs_baseline(options, inputs) ? inputs.baseline_energy : nullptr,
                           inputs.needs_labels, inputs.ranks),
          elements, options, inputs) {}

TrainingData::TrainingData(LabelTable labels, ElementSet const& elements,
                           LabelOptions const& options, Inputs const& inputs)
    : weighting_(options.weighting), inputs_(inputs), labels_(std::move(labels)),
      reference_energy_(inputs.reference_energy) {
  bool const with_baseline = needs_baseline(options, inputs); // a label table may hold it anyway
  for (StructureRecord& record : labels_.records) {
    n_atoms_ += record.n_atoms;
    if (!with_baseline)
      record.reference_share = 0;
  }
  if (reference_energy_.empty())
    choose_reference(elements, options);
  choose_weights();
  choose_kappa(options);
  if (inputs_.needs_labels)
    check_labels(options);
}

void TrainingData::check_labels(LabelOptions const& options) const {
  std::string const& file = labels_.source;
  auto const& types = labels_.config_types;
  for (auto const& [name, weights] : weighting_.by_config_type)
    if (std::find(types.begin(), types.end(), name) == types.end())
      throw InputError(fmt::format("fit.weighting.config_type: no frame of {} has the config_type "
                                   "'{}' (expected one of: {})",
                                   file, name, fmt::join(types, ", ")));
  if (n_energies_ + n_force_atoms_ + n_virials_ == 0)
    throw InputError(file + ": no energies, forces or virials under known keys" +
                     (labels_.energy_like_keys.empty()
                          ? ""
                          : fmt::format("; these look like energies: {}",
                                        fmt::join(labels_.energy_like_keys, ", "))) +
                     " (data.energy_key, forces_key, virial_key and stress_key name others)");
  if (n_energies_ + n_force_atoms_ == 0 && !(options.kappa_virial > 0))
    throw InputError(file + ": all labels are virials, but fit.loss.kappa_virial is 0");
  if (n_virials_ == 0 && options.asks_for_virials && options.kappa_virial > 0)
    throw InputError(file + ": no frame has a virial or a stress, but fit.loss.kappa_virial is " +
                     std::to_string(options.kappa_virial));
  if (!(sums_.energy + sums_.forces + sums_.virial > 0))
    throw InputError(file + ": all weights are zero; there is nothing to fit");
}

double TrainingData::atom_factor(Structure const& structure, std::size_t atom) const {
  return force_factor(weighting_, structure, atom);
}

bool TrainingData::fits_reference() const {
  return std::find(fits_reference_.begin(), fits_reference_.end(), true) != fits_reference_.end();
}

std::vector<int> TrainingData::isolated_elements() const {
  std::vector<int> found;
  for (std::size_t e = 0; e < labels_.isolated.size(); ++e)
    if (!labels_.isolated[e].empty())
      found.push_back(static_cast<int>(e));
  return found;
}

std::vector<int> TrainingData::contradicting_isolated_elements() const {
  std::vector<int> found;
  for (int const e : isolated_elements()) {
    auto const [low, high] =
        std::minmax_element(labels_.isolated[e].begin(), labels_.isolated[e].end());
    if (*high - *low > 1e-3)
      found.push_back(e);
  }
  return found;
}

void TrainingData::choose_reference(ElementSet const& elements, LabelOptions const& options) {
  using Kind = ReferenceEnergy::Kind;
  int const n = elements.size();
  ReferenceEnergy const& wanted = options.reference_energy;
  std::vector<bool> known(n);
  std::string missing;
  std::vector<double> free_atoms(n, 0.);
  for (int e = 0; e < n; ++e) {
    known[e] = !labels_.isolated[e].empty();
    if (!known[e] && missing.empty())
      missing = elements.symbols()[e];
    for (double const energy : labels_.isolated[e])
      free_atoms[e] += energy / static_cast<double>(labels_.isolated[e].size());
  }
  Kind kind = wanted.kind;
  if (kind == Kind::automatic)
    kind = missing.empty()                  ? Kind::isolated
           : inputs_.fits_unknown_reference ? Kind::automatic
                                            : Kind::least_squares;
  finds_reference_ = kind != Kind::given && kind != Kind::isolated;
  TriangularFactor compositions(n);
  for (StructureRecord const& record : labels_.records)
    if (record.has_energy) {
      std::vector<double> row(record.composition.begin(), record.composition.end());
      row.push_back(0);
      compositions.add_rows(row.data(), 1, 1);
    }
  composition_rank_ = solve_least_squares(compositions, 1e-10).rank;
  reference_energy_.assign(n, 0.);
  switch (kind) {
  case Kind::automatic: { // isolated atoms where available, the other elements fitted
    reference_energy_ = composition_least_squares(free_atoms, known);
    fits_reference_.assign(n, false);
    std::string fitted;
    for (int e = 0; e < n; ++e) {
      fits_reference_[e] = !known[e];
      if (!known[e])
        fitted += (fitted.empty() ? "" : ", ") + elements.symbols()[e];
    }
    reference_source_ =
        isolated_elements().empty() ? "fitted" : "isolated atoms; fitted for " + fitted;
    break;
  }
  case Kind::given:
    reference_source_ = "given";
    for (int e = 0; e < n; ++e) {
      auto const found = wanted.values.find(elements.symbols()[e]);
      if (!wanted.values.empty() && found == wanted.values.end())
        throw InputError("reference_energy: element " + elements.symbols()[e] + " is missing");
      reference_energy_[e] = wanted.values.empty() ? wanted.value : found->second;
    }
    break;
  case Kind::isolated:
    reference_source_ = "isolated atoms";
    if (!missing.empty())
      throw InputError("reference_energy: isolated: the training data have no free " + missing +
                       " atom (a one-atom frame without periodic images within the cutoff)");
    reference_energy_ = free_atoms;
    break;
  case Kind::least_squares:
    reference_source_ = "auto (least squares on the composition, shifted)";
    reference_energy_ = composition_least_squares(reference_energy_, std::vector<bool>(n, false));
    shift_to_the_largest_volume(reference_energy_);
    break;
  case Kind::fitted:
    reference_source_ = "fitted";
    fits_reference_.assign(n, true);
    reference_energy_ = composition_least_squares(reference_energy_, std::vector<bool>(n, false));
    break;
  }
}

std::vector<double> TrainingData::composition_least_squares(std::vector<double> reference,
                                                            std::vector<bool> const& known) const {
  int const n = static_cast<int>(reference.size());
  TriangularFactor factor(n);
  for (StructureRecord const& record : labels_.records) {
    if (!record.has_energy)
      continue;
    std::vector<double> row(record.composition.begin(), record.composition.end());
    double energy = record.energy - record.reference_share;
    for (int e = 0; e < n; ++e)
      if (known[e]) {
        energy -= reference[e] * row[e];
        row[e] = 0;
      }
    row.push_back(energy);
    factor.add_rows(row.data(), 1, 1);
  }
  if (factor.empty())
    return reference;
  std::vector<double> const found = solve_least_squares(factor, 1e-10).coefficients;
  for (int e = 0; e < n; ++e)
    if (!known[e])
      reference[e] = found[e];
  return reference;
}

/// Shifts E0 so that the structure with the largest volume per atom has energy zero.
void TrainingData::shift_to_the_largest_volume(std::vector<double>& reference) const {
  StructureRecord const* sparse = nullptr;
  for (StructureRecord const& record : labels_.records)
    if (record.has_energy && record.volume_per_atom > (sparse ? sparse->volume_per_atom : 0))
      sparse = &record;
  if (!sparse)
    return;
  double corrected = sparse->energy - sparse->reference_share;
  for (std::size_t e = 0; e < reference.size(); ++e)
    corrected -= reference[e] * sparse->composition[e];
  for (double& energy : reference)
    energy += corrected / sparse->n_atoms;
}

double TrainingData::lowest_energy() const {
  std::vector<double> energies;
  for (StructureRecord const& record : labels_.records)
    if (record.has_energy)
      energies.push_back(corrected_energy(record));
  if (energies.empty())
    return std::numeric_limits<double>::infinity();
  std::sort(energies.begin(), energies.end());
  // A few energies far below all others are wrong labels, and would damp the others.
  std::size_t const n = energies.size();
  std::size_t const company = n < few_energies ? 1 : std::max<std::size_t>(3, n / 20);
  for (std::size_t k = 0; k + company <= n; ++k)
    if (energies[k + company - 1] <= energies[k] + damping_energy)
      return energies[k];
  return energies.front();
}

double TrainingData::corrected_energy(StructureRecord const& record) const {
  double energy = record.energy;
  for (std::size_t e = 0; e < reference_energy_.size(); ++e)
    energy -= reference_energy_[e] * record.composition[e];
  return energy / record.n_atoms;
}

void TrainingData::choose_weights() {
  for (StructureRecord& record : labels_.records) {
    GroupWeights const group = group_weights(weighting_, labels_.config_types[record.config_type]);
    record.energy_weight *= group.energy;
    record.virial_weight *= group.virial;
    record.force_weight *= group.forces;
  }
  if (weighting_.policy == Weighting::Policy::energy_based) {
    std::vector<double> energies;
    for (StructureRecord const& record : labels_.records)
      energies.push_back(record.has_energy ? corrected_energy(record) : 0);
    weigh_by_energy(labels_.records, energies, weighting_);
  }
  if (weighting_.policy == Weighting::Policy::damped) {
    double const lowest = inputs_.lowest_energy ? *inputs_.lowest_energy : lowest_energy();
    for (StructureRecord& record : labels_.records)
      if (record.has_energy) {
        double const above = (corrected_energy(record) - lowest) / damping_energy;
        record.energy_weight /= 1 + above * above;
      }
  }
  for (StructureRecord& record : labels_.records) {
    if (record.dropped) {
      ++n_dropped_;
      continue;
    }
    if (record.has_energy) {
      sums_.energy += record.energy_weight;
      ++n_energies_;
    }
    if (record.has_forces) {
      sums_.forces += record.force_weight * record.force_weight_sum;
      n_force_atoms_ += record.n_atoms;
    }
    if (record.has_virial) {
      sums_.virial += record.virial_weight;
      ++n_virials_;
    }
  }
  for (StructureRecord& record : labels_.records) {
    record.energy_weight /= sums_.energy > 0 ? sums_.energy : 1;
    record.force_weight /= sums_.forces > 0 ? sums_.forces : 1;
    record.virial_weight /= sums_.virial > 0 ? sums_.virial : 1;
  }
}

void TrainingData::choose_kappa(LabelOptions const& options) {
  kappa_virial_ = n_virials_ > 0 ? options.kappa_virial : 0;
  if (n_force_atoms_ == 0) {
    kappa_ = 0;
    return;
  }
  if (options.kappa) {
    kappa_ = *options.kappa;
    return;
  }
  double sum = 0, mean = 0;
  long count = 0;
  for (StructureRecord const& record : labels_.records)
    if (record.has_energy && !record.dropped) {
      mean += corrected_energy(record);
      ++count;
    }
  mean /= std::max(count, 1L);
  for (StructureRecord const& record : labels_.records)
    if (record.has_energy && !record.dropped)
      sum += std::pow(corrected_energy(record) - mean, 2);
  double const energy_variance = count > 1 ? sum / (count - 1) : 0;
  double force_sum = 0, force_square_sum = 0;
  for (StructureRecord const& record : labels_.records)
    if (!record.dropped) {
      force_sum += record.force_sum;
      force_square_sum += record.force_square_sum;
    }
  double const atoms = static_cast<double>(n_force_atoms_);
  double const force_mean = force_sum / atoms;
  double const force_variance = force_square_sum / atoms - force_mean * force_mean;
  double const total = energy_variance + force_variance;
  kappa_ = total > 0 ? energy_variance / total : 0.5;
}

} // namespace kolace
