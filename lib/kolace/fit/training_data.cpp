#include <kolace/fit/training_data.hpp>

#include <kolace/core/elements.hpp>
#include <kolace/fit/energy_weighting.hpp>
#include <kolace/fit/reference_potential.hpp>
#include <kolace/linalg/triangular_factor.hpp>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>

namespace kolace {
namespace {

constexpr double damping_energy = 8, damping_force = 15; ///< eV/atom, eV/A

double square(Vec3 const& v) {
  return dot(v, v);
}

/// Is this a number under a name that programs give to energies?
bool looks_like_energy(InfoEntry const& entry) {
  std::string key;
  for (char const c : entry.key)
    key += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  bool const named = key.find("energy") != std::string::npos ||
                     key.find("etot") != std::string::npos ||
                     key.find("toten") != std::string::npos || key == "e" || key == "e0" ||
                     key == "e_0" || key == "e_dft" || key == "dft" || key == "u";
  if (!named || entry.value.empty())
    return false;
  char* end = nullptr;
  double const value = std::strtod(entry.value.c_str(), &end);
  return *end == 0 && std::isfinite(value);
}

/// Do a frame's virial and stress, under the names that are found without being told, differ?
bool has_contradicting_virials(Frame const& frame) {
  if (!frame.structure.virial || !any_periodic(frame.structure.cell))
    return false;
  for (char const* const prefix : {"REF_", ""}) {
    std::string const virial = std::string(prefix) + "virial",
                      stress = std::string(prefix) + "stress";
    if (!frame.find_info(virial) || !frame.find_info(stress))
      continue;
    Frame one, other;
    one.structure.cell = other.structure.cell = frame.structure.cell;
    one.structure.place = other.structure.place = frame.structure.place;
    one.info = {*frame.find_info(virial)};
    other.info = {*frame.find_info(stress)};
    LabelKeys keys, other_keys;
    keys.virial = virial;
    other_keys.stress = stress;
    read_labels(one, keys);
    read_labels(other, other_keys);
    double difference = 0, size = 0;
    for (int v = 0; v < 6 && one.structure.virial && other.structure.virial; ++v) {
      double const a = (*one.structure.virial)[v], b = (*other.structure.virial)[v];
      difference = std::max(difference, std::abs(a - b));
      size = std::max({size, std::abs(a), std::abs(b)});
    }
    return difference > 0.01 * size;
  }
  return false;
}

/// E0 that is not known is an unknown of the fit: what it starts from need not be precise.
bool corrects_reference(FitOptions const& options) {
  return options.solver.kind == SolverOptions::Kind::automatic;
}

GroupWeights group_weights(Weighting const& weighting, std::string const& config_type) {
  auto const found = weighting.by_config_type.find(config_type);
  return found == weighting.by_config_type.end() ? GroupWeights{} : found->second;
}

} // namespace

TrainingData::TrainingData(Dataset const& data, ElementSet const& elements, double cutoff,
                           FitOptions const& options, std::vector<double> reference_energy,
                           bool needs_labels)
    : weighting_(options.weighting), needs_labels_(needs_labels),
      reference_energy_(std::move(reference_energy)), isolated_(elements.size()) {
  read(data, elements, cutoff, options);
  if (reference_energy_.empty())
    choose_reference(elements, options);
  choose_weights();
  choose_kappa(options);
  if (needs_labels)
    check_labels(data, options);
}

void TrainingData::check_labels(Dataset const& data, FitOptions const& options) const {
  std::string const& file = data.files().front();
  for (auto const& [name, weights] : weighting_.by_config_type)
    if (!config_types_.contains(name))
      throw InputError("weighting.config_type: no frame of " + file + " has the config_type '" +
                       name + "'");
  if (n_energies_ + n_force_atoms_ + n_virials_ == 0)
    throw InputError(file + ": no energies, forces or virials to learn from");
  if (n_energies_ + n_force_atoms_ == 0 && !(options.kappa_virial > 0))
    throw InputError(file + ": the only labels are virials, and fit.loss.kappa_virial is 0");
}

double TrainingData::atom_factor(Structure const& structure, std::size_t atom) const {
  double const weight = structure.force_weights.empty() ? 1 : structure.force_weights[atom];
  if (weighting_.policy == Weighting::Policy::uniform)
    return weight;
  if (weighting_.policy == Weighting::Policy::damped)
    return weight / (1 + square(structure.forces[atom]) / (damping_force * damping_force));
  return weight / (square(structure.forces[atom]) + std::abs(weighting_.force_softening));
}

void TrainingData::read(Dataset const& data, ElementSet const& elements, double cutoff,
                        FitOptions const& options) {
  // Least squares on the composition is that of the energies minus the reference potential's.
  using Kind = ReferenceEnergy::Kind;
  Kind const kind = options.reference_energy.kind;
  std::optional<ReferenceShare> below;
  if (options.reference_potential && reference_energy_.empty() &&
      (kind == Kind::least_squares || (kind == Kind::automatic && !corrects_reference(options))))
    below.emplace(*options.reference_potential);
  pass_ = data.for_each([&](Frame& frame) {
    Structure const& s = frame.structure;
    StructureRecord record;
    record.n_atoms = static_cast<int>(s.n_atoms());
    if (!s.energy && needs_labels_ && weighting_.policy == Weighting::Policy::energy_based)
      throw InputError(s.place, "energy-based weighting needs an energy in every frame");
    config_types_.insert(s.config_type);
    record.composition.assign(elements.size(), 0);
    for (int const number : s.numbers) {
      int const species = elements.species(number);
      if (species < 0)
        throw InputError(s.place, "element " + element_symbol(number) +
                                      " is not among the potential's elements");
      ++record.composition[species];
    }
    if (!s.energy)
      for (InfoEntry const& entry : frame.info)
        if (looks_like_energy(entry))
          energy_like_keys_.insert(entry.key);
    n_contradicting_virials_ += has_contradicting_virials(frame);
    record.has_energy = s.energy.has_value();
    record.energy = s.energy.value_or(0);
    if (below && s.energy)
      record.reference_share = (*below)({&s, 1}).front().energy;
    record.has_forces = !s.forces.empty();
    record.has_virial = s.virial.has_value();
    record.is_bulk = s.cell.periodic[0] && s.cell.periodic[1] && s.cell.periodic[2];
    record.volume_per_atom = volume(s.cell) / record.n_atoms;
    GroupWeights const group = group_weights(weighting_, s.config_type);
    record.energy_weight = group.energy * s.energy_weight;
    record.virial_weight = group.virial;
    record.force_weight = group.forces * s.force_weight;
    for (std::size_t i = 0; i < s.forces.size(); ++i) {
      record.force_weight_sum += atom_factor(s, i);
      record.force_sum += norm(s.forces[i]);
      record.force_square_sum += square(s.forces[i]);
      record.largest_force = std::max(record.largest_force, norm(s.forces[i]));
    }
    if (record.has_energy && is_isolated_atom(s, cutoff))
      isolated_[elements.species(s.numbers[0])].push_back(record.energy);
    n_atoms_ += record.n_atoms;
    records_.push_back(std::move(record));
  });
}

bool TrainingData::fits_reference() const {
  return std::find(fits_reference_.begin(), fits_reference_.end(), true) != fits_reference_.end();
}

std::vector<int> TrainingData::isolated_elements() const {
  std::vector<int> found;
  for (std::size_t e = 0; e < isolated_.size(); ++e)
    if (!isolated_[e].empty())
      found.push_back(static_cast<int>(e));
  return found;
}

std::vector<int> TrainingData::contradicting_isolated_elements() const {
  std::vector<int> found;
  for (int const e : isolated_elements()) {
    auto const [low, high] = std::minmax_element(isolated_[e].begin(), isolated_[e].end());
    if (*high - *low > 1e-3)
      found.push_back(e);
  }
  return found;
}

void TrainingData::choose_reference(ElementSet const& elements, FitOptions const& options) {
  using Kind = ReferenceEnergy::Kind;
  int const n = elements.size();
  ReferenceEnergy const& wanted = options.reference_energy;
  std::vector<bool> known(n);
  std::string missing;
  std::vector<double> free_atoms(n, 0.);
  for (int e = 0; e < n; ++e) {
    known[e] = !isolated_[e].empty();
    if (!known[e] && missing.empty())
      missing = elements.symbols()[e];
    for (double const energy : isolated_[e])
      free_atoms[e] += energy / static_cast<double>(isolated_[e].size());
  }
  Kind kind = wanted.kind;
  if (kind == Kind::automatic)
    kind = missing.empty()               ? Kind::isolated
           : corrects_reference(options) ? Kind::automatic
                                         : Kind::least_squares;
  finds_reference_ = kind != Kind::given && kind != Kind::isolated;
  TriangularFactor compositions(n);
  for (StructureRecord const& record : records_)
    if (record.has_energy) {
      std::vector<double> row(record.composition.begin(), record.composition.end());
      row.push_back(0);
      compositions.add_rows(row.data(), 1, 1);
    }
  composition_rank_ = solve_least_squares(compositions, 1e-10).rank;
  reference_energy_.assign(n, 0.);
  switch (kind) {
  case Kind::automatic: { // free atoms where there are any, the rest fitted
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
                       " atom (a one-atom frame without images within the cutoff)");
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
  for (StructureRecord const& record : records_) {
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

/// The structure with the largest volume per atom is where the energy is zero.
void TrainingData::shift_to_the_largest_volume(std::vector<double>& reference) const {
  StructureRecord const* sparse = nullptr;
  for (StructureRecord const& record : records_)
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

double TrainingData::mean_energy() const {
  double sum = 0;
  long count = 0;
  for (StructureRecord const& record : records_)
    if (record.has_energy && !record.dropped) {
      sum += corrected_energy(record);
      ++count;
    }
  return count > 0 ? sum / static_cast<double>(count) : 0;
}

double TrainingData::corrected_energy(StructureRecord const& record) const {
  double energy = record.energy;
  for (std::size_t e = 0; e < reference_energy_.size(); ++e)
    energy -= reference_energy_[e] * record.composition[e];
  return energy / record.n_atoms;
}

void TrainingData::choose_weights() {
  if (weighting_.policy == Weighting::Policy::energy_based) {
    std::vector<double> energies;
    for (StructureRecord const& record : records_)
      energies.push_back(record.has_energy ? corrected_energy(record) : 0);
    weigh_by_energy(records_, energies, weighting_);
  }
  if (weighting_.policy == Weighting::Policy::damped) {
    double lowest = std::numeric_limits<double>::infinity();
    for (StructureRecord const& record : records_)
      if (record.has_energy)
        lowest = std::min(lowest, corrected_energy(record));
    for (StructureRecord& record : records_)
      if (record.has_energy) {
        double const above = (corrected_energy(record) - lowest) / damping_energy;
        record.energy_weight /= 1 + above * above;
      }
  }
  double energy = 0, force = 0, virial = 0;
  for (StructureRecord& record : records_) {
    if (record.dropped) {
      ++n_dropped_;
      continue;
    }
    if (record.has_energy) {
      energy += record.energy_weight;
      ++n_energies_;
    }
    if (record.has_forces) {
      force += record.force_weight * record.force_weight_sum;
      n_force_atoms_ += record.n_atoms;
    }
    if (record.has_virial) {
      virial += record.virial_weight;
      ++n_virials_;
    }
  }
  for (StructureRecord& record : records_) {
    record.energy_weight /= energy > 0 ? energy : 1;
    record.force_weight /= force > 0 ? force : 1;
    record.virial_weight /= virial > 0 ? virial : 1;
  }
}

void TrainingData::choose_kappa(FitOptions const& options) {
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
  for (StructureRecord const& record : records_)
    if (record.has_energy && !record.dropped) {
      mean += corrected_energy(record);
      ++count;
    }
  mean /= std::max(count, 1L);
  for (StructureRecord const& record : records_)
    if (record.has_energy && !record.dropped)
      sum += std::pow(corrected_energy(record) - mean, 2);
  double const energy_variance = count > 1 ? sum / (count - 1) : 0;
  double force_sum = 0, force_square_sum = 0;
  for (StructureRecord const& record : records_)
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
