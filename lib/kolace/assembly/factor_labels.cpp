// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/assembly/detail/factor_labels.hpp>

#include <kolace/core/errors.hpp>

#include <cstddef>

namespace kolace::detail {
namespace {

using Integers = std::vector<long>;
using Numbers = std::vector<double>;

/// One value per record.
template <class T, class Get>
std::vector<T> column(std::vector<StructureRecord> const& records, Get const& get) {
  std::vector<T> values;
  values.reserve(records.size());
  for (StructureRecord const& record : records)
    values.push_back(static_cast<T>(get(record)));
  return values;
}

struct IntegerField {
  char const* name;
  long (*get)(StructureRecord const&);
  void (*set)(StructureRecord&, long);
};
constexpr IntegerField integer_fields[] = {
    {"index", [](StructureRecord const& r) { return r.index; },
     [](StructureRecord& r, long x) { r.index = x; }},
    {"n_atoms", [](StructureRecord const& r) { return long{r.n_atoms}; },
     [](StructureRecord& r, long x) { r.n_atoms = static_cast<int>(x); }},
    {"config_type", [](StructureRecord const& r) { return long{r.config_type}; },
     [](StructureRecord& r, long x) { r.config_type = static_cast<int>(x); }},
    {"has_energy", [](StructureRecord const& r) { return long{r.has_energy}; },
     [](StructureRecord& r, long x) { r.has_energy = x != 0; }},
    {"has_forces", [](StructureRecord const& r) { return long{r.has_forces}; },
     [](StructureRecord& r, long x) { r.has_forces = x != 0; }},
    {"has_virial", [](StructureRecord const& r) { return long{r.has_virial}; },
     [](StructureRecord& r, long x) { r.has_virial = x != 0; }},
    {"is_bulk", [](StructureRecord const& r) { return long{r.is_bulk}; },
     [](StructureRecord& r, long x) { r.is_bulk = x != 0; }}};

struct NumberField {
  char const* name;
  double StructureRecord::*member;
};
constexpr NumberField number_fields[] = {{"energy", &StructureRecord::energy},
                                         {"baseline_energy", &StructureRecord::reference_share},
                                         {"volume_per_atom", &StructureRecord::volume_per_atom},
                                         {"force_weight_sum", &StructureRecord::force_weight_sum},
                                         {"force_sum", &StructureRecord::force_sum},
                                         {"force_square_sum", &StructureRecord::force_square_sum},
                                         {"largest_force", &StructureRecord::largest_force},
                                         {"energy_weight", &StructureRecord::energy_weight},
                                         {"force_weight", &StructureRecord::force_weight},
                                         {"virial_weight", &StructureRecord::virial_weight}};

} // namespace

void write_labels(Hdf5Group const& to, LabelTable const& labels) {
  Hdf5Group const records = to.make("structures");
  for (IntegerField const& field : integer_fields)
    records.write(field.name, column<long>(labels.records, field.get));
  for (NumberField const& field : number_fields)
    records.write(field.name, column<double>(labels.records, [&](StructureRecord const& record) {
                    return record.*field.member;
                  }));
  Integers composition;
  for (StructureRecord const& record : labels.records)
    composition.insert(composition.end(), record.composition.begin(), record.composition.end());
  records.write_matrix("composition", composition, labels.records.size(), labels.isolated.size());
  to.write("config_types", labels.config_types);
  Integers elements;
  Numbers energies;
  for (std::size_t e = 0; e < labels.isolated.size(); ++e)
    for (double const energy : labels.isolated[e]) {
      elements.push_back(static_cast<long>(e));
      energies.push_back(energy);
    }
  to.write("free_atom_elements", elements);
  to.write("free_atom_energies", energies);
  to.write("energy_like_keys", std::vector<std::string>(labels.energy_like_keys.begin(),
                                                        labels.energy_like_keys.end()));
  to.set("n_contradicting_virials", labels.n_contradicting_virials);
  to.set("n_frames", labels.pass.frames);
  to.set("n_left_out", labels.pass.left_out);
  std::vector<std::string> names;
  Integers counts;
  for (auto const& [name, count] : labels.pass.labels) {
    names.push_back(name);
    counts.push_back(count);
  }
  to.write("label_keys", names);
  to.write("label_counts", counts);
  to.write("skipped_frames", labels.pass.skipped);
  to.set("source", labels.source);
}

LabelTable read_labels(Hdf5Group const& from, int n_elements, std::string const& file) {
  LabelTable labels;
  Hdf5Group const records = from.open("structures");
  std::size_t const n = records.integers("index").size();
  labels.records.resize(n);
  auto const expect = [&](std::size_t size, std::string const& name) {
    if (size != n)
      throw InputError(file + ": structures/" + name + ": expected " + std::to_string(n) +
                       " numbers");
  };
  for (IntegerField const& field : integer_fields) {
    Integers const values = records.integers(field.name);
    expect(values.size(), field.name);
    for (std::size_t k = 0; k < n; ++k)
      field.set(labels.records[k], values[k]);
  }
  for (NumberField const& field : number_fields) {
    Numbers const values = records.numbers(field.name);
    expect(values.size(), field.name);
    for (std::size_t k = 0; k < n; ++k)
      labels.records[k].*field.member = values[k];
  }
  Integers const composition = records.integers("composition");
  expect(composition.size() / static_cast<std::size_t>(n_elements), "composition");
  labels.config_types = from.texts("config_types");
  for (std::size_t k = 0; k < n; ++k) {
    StructureRecord& record = labels.records[k];
    auto const first =
        composition.begin() + static_cast<std::ptrdiff_t>(k * static_cast<std::size_t>(n_elements));
    record.composition.assign(first, first + n_elements);
    if (record.config_type < 0 ||
        record.config_type >= static_cast<int>(labels.config_types.size()) || record.n_atoms < 1)
      throw InputError(file + ": structures: row " + std::to_string(k + 1) + " is invalid");
  }
  Integers const elements = from.integers("free_atom_elements");
  Numbers const energies = from.numbers("free_atom_energies");
  labels.isolated.resize(static_cast<std::size_t>(n_elements));
  for (std::size_t k = 0; k < elements.size() && k < energies.size(); ++k)
    labels.isolated.at(static_cast<std::size_t>(elements[k])).push_back(energies[k]);
  auto const keys = from.texts("energy_like_keys");
  labels.energy_like_keys.insert(keys.begin(), keys.end());
  labels.n_contradicting_virials = from.integer("n_contradicting_virials");
  labels.pass.frames = from.integer("n_frames");
  labels.pass.left_out = from.integer("n_left_out");
  auto const names = from.texts("label_keys");
  Integers const counts = from.integers("label_counts");
  for (std::size_t k = 0; k < names.size() && k < counts.size(); ++k)
    labels.pass.labels[names[k]] = counts[k];
  labels.pass.skipped = from.texts("skipped_frames");
  labels.source = from.text("source");
  return labels;
}

} // namespace kolace::detail
