// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/dataset/label_table.hpp>

#include <kolace/comm/load_share.hpp>
#include <kolace/core/contracts.hpp>
#include <kolace/core/elements.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>

namespace kolace {
namespace {

constexpr double damping_force = 15; ///< eV/A

double square(Vec3 const& v) {
  return dot(v, v);
}

std::string in_lower_case(std::string const& text) {
  std::string lower;
  for (char const c : text)
    lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

/// True for a number whose key is a name that programs use for energies.
bool looks_like_energy(InfoEntry const& entry) {
  std::string const key = in_lower_case(entry.key);
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

/// True for three real numbers per atom under a name that programs use for forces.
bool looks_like_forces(Column const& column) {
  return column.type == 'R' && column.width == 3 &&
         in_lower_case(column.name).find("force") != std::string::npos;
}

/// True if a frame has both a virial and a stress under the default keys and the two differ.
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

} // namespace

int LabelTable::config_type(std::string const& name) {
  auto const found = std::find(config_types.begin(), config_types.end(), name);
  int const index = static_cast<int>(found - config_types.begin());
  if (found == config_types.end())
    config_types.push_back(name);
  return index;
}

std::vector<double> costs_of(std::vector<StructureRecord> const& records) {
  std::vector<double> costs;
  costs.reserve(records.size());
  for (StructureRecord const& record : records)
    costs.push_back(record.dropped ? 0. : record.n_atoms);
  return costs;
}

long LabelTable::n_labelled() const {
  return std::count_if(records.begin(), records.end(),
                       [](StructureRecord const& record) { return record.has_labels(); });
}

double force_factor(Weighting const& weighting, Structure const& structure, std::size_t atom) {
  double const weight = structure.force_weights.empty() ? 1 : structure.force_weights[atom];
  if (weighting.policy == Weighting::Policy::uniform)
    return weight;
  if (weighting.policy == Weighting::Policy::damped)
    return weight / (1 + square(structure.forces[atom]) / (damping_force * damping_force));
  return weight / (square(structure.forces[atom]) + std::abs(weighting.force_softening));
}

LabelTable read_label_table(Dataset const& data, ElementSet const& elements, double cutoff,
                            Weighting const& weighting,
                            std::function<double(Structure const&)> const& baseline_energy,
                            bool needs_energies, Communicator const& ranks) {
  LabelTable table;
  table.isolated.resize(elements.size());
  if (!data.empty())
    table.source = data.files().front();
  LoadShare share(ranks); // of the baseline's energies, which cost more than the rest
  auto const add = [&](Frame const& frame) {
    Structure const& s = frame.structure;
    StructureRecord record;
    record.index = static_cast<long>(table.records.size());
    record.n_atoms = static_cast<int>(s.n_atoms());
    if (!s.energy && needs_energies && weighting.policy == Weighting::Policy::energy_based)
      throw InputError(s.place, "energy-based weighting requires an energy in every frame");
    record.config_type = table.config_type(s.config_type);
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
          table.energy_like_keys.insert(entry.key);
    if (s.forces.empty())
      for (Column const& column : frame.columns)
        if (looks_like_forces(column))
          table.force_like_columns.insert(column.name);
    table.n_contradicting_virials += has_contradicting_virials(frame);
    record.has_energy = s.energy.has_value();
    record.energy = s.energy.value_or(0);
    if (baseline_energy && s.energy && share.takes(static_cast<double>(s.n_atoms())))
      record.reference_share = baseline_energy(s);
    record.has_forces = !s.forces.empty();
    record.has_virial = s.virial.has_value();
    record.is_bulk = s.cell.periodic[0] && s.cell.periodic[1] && s.cell.periodic[2];
    record.volume_per_atom = volume(s.cell) / record.n_atoms;
    record.energy_weight = s.energy_weight;
    record.force_weight = s.force_weight;
    for (std::size_t i = 0; i < s.forces.size(); ++i) {
      record.force_weight_sum += force_factor(weighting, s, i);
      record.force_sum += norm(s.forces[i]);
      record.force_square_sum += square(s.forces[i]);
      record.largest_force = std::max(record.largest_force, norm(s.forces[i]));
    }
    if (record.has_energy && is_isolated_atom(s, cutoff))
      table.isolated[elements.species(s.numbers[0])].push_back(record.energy);
    table.records.push_back(std::move(record));
  };
  ranks.together([&] { table.pass = data.for_each(add); });
  if (baseline_energy) {
    std::vector<double> energies; // of the other ranks: 0
    for (StructureRecord const& record : table.records)
      energies.push_back(record.reference_share);
    ranks.sum(energies);
    KOLACE_ENSURE(energies.size() == table.records.size(), energies.size(), table.records.size());
    for (std::size_t k = 0; k < energies.size(); ++k)
      table.records[k].reference_share = energies[k];
  }
  return table;
}

std::string weighting_text(Weighting const& w) {
  std::string text = fmt::format("policy {}", static_cast<int>(w.policy));
  if (w.policy == Weighting::Policy::energy_based) {
    text += fmt::format(" zero {} DE {} DF {} DEup {} DFup {} DElow {} wlow {} reftype {} nfit {} "
                        "n_lower {} n_upper {} seed {}",
                        static_cast<int>(w.zero), w.energy_softening, w.force_softening,
                        w.energy_limit, w.force_limit, w.low_energy, w.low_share.value_or(-1),
                        static_cast<int>(w.kept), w.n_structures, w.n_low, w.n_up, w.seed);
    for (auto const& [name, group] : w.by_config_type)
      text += fmt::format(" {} {} {} {}", name, group.energy, group.forces, group.virial);
  }
  return text;
}

} // namespace kolace
