#include <kolace/fit/training_data.hpp>

#include <kolace/core/elements.hpp>
#include <kolace/fit/energy_weighting.hpp>
#include <kolace/fit/reference_potential.hpp>
#include <kolace/linalg/triangular_factor.hpp>

#include <algorithm>
#include <cmath>
#include <optional>

namespace kolace {
namespace {

double square(Vec3 const& v) {
  return dot(v, v);
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
  return weight / (square(structure.forces[atom]) + std::abs(weighting_.force_softening));
}

void TrainingData::read(Dataset const& data, ElementSet const& elements, double cutoff,
                        FitOptions const& options) {
  // Least squares on the composition are those of what the reference potential leaves.
  using Kind = ReferenceEnergy::Kind;
  Kind const kind = options.reference_energy.kind;
  std::optional<ReferenceShare> below;
  if (options.reference_potential && reference_energy_.empty() &&
      (kind == Kind::automatic || kind == Kind::least_squares))
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

void TrainingData::choose_reference(ElementSet const& elements, FitOptions const& options) {
  using Kind = ReferenceEnergy::Kind;
  int const n = elements.size();
  ReferenceEnergy const& wanted = options.reference_energy;
  auto const missing = [&]() -> std::string {
    for (int e = 0; e < n; ++e)
      if (isolated_[e].empty())
        return elements.symbols()[e];
    return {};
  }();
  Kind kind = wanted.kind;
  if (kind == Kind::automatic)
    kind = missing.empty() ? Kind::isolated : Kind::least_squares;
  reference_energy_.assign(n, 0.);
  switch (kind) {
  case Kind::automatic:
    break;
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
    for (int e = 0; e < n; ++e) {
      for (double const energy : isolated_[e])
        reference_energy_[e] += energy / isolated_[e].size();
    }
    break;
  case Kind::least_squares:
    reference_source_ = "auto (least squares on the composition, shifted)";
    reference_energy_ = composition_least_squares(n);
    break;
  case Kind::fitted:
    reference_source_ = "fitted";
    break;
  }
}

std::vector<double> TrainingData::composition_least_squares(int n_elements) const {
  TriangularFactor factor(n_elements);
  for (StructureRecord const& record : records_) {
    if (!record.has_energy)
      continue;
    std::vector<double> row(record.composition.begin(), record.composition.end());
    row.push_back(record.energy - record.reference_share);
    factor.add_rows(row.data(), 1, 1);
  }
  if (factor.empty())
    return std::vector<double>(n_elements, 0.);
  std::vector<double> reference = solve_least_squares(factor, 1e-10).coefficients;
  // The structure with the largest volume per atom is where the energy is zero.
  StructureRecord const* sparse = nullptr;
  for (StructureRecord const& record : records_)
    if (record.has_energy && record.volume_per_atom > (sparse ? sparse->volume_per_atom : 0))
      sparse = &record;
  if (sparse) {
    double corrected = sparse->energy - sparse->reference_share;
    for (int e = 0; e < n_elements; ++e)
      corrected -= reference[e] * sparse->composition[e];
    for (double& energy : reference)
      energy += corrected / sparse->n_atoms;
  }
  return reference;
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
