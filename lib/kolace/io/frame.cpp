// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/io/frame.hpp>

#include <kolace/io/detail/text.hpp>

#include <algorithm>
#include <cmath>

namespace kolace {
namespace {

using detail::parse_double;
using detail::shortest;
using detail::split_words;

/// Finite numbers in a text; commas and brackets may separate them.
std::vector<double> numbers_of(std::string text, Frame const& frame, std::string const& key) {
  if (text.starts_with("_JSON ")) // ASE marks nested lists this way
    text.erase(0, 6);
  for (char& c : text)
    if (c == ',' || c == '[' || c == ']' || c == '{' || c == '}')
      c = ' ';
  std::vector<std::string_view> words;
  split_words(text, words);
  std::vector<double> values;
  for (auto const word : words) {
    double value;
    if (!parse_double(word, value))
      throw InputError(frame.structure.place,
                       key + ": expected a number, got '" + std::string(word) + "'");
    if (!std::isfinite(value))
      throw InputError(frame.structure.place,
                       key + ": the value " + std::string(word) + " is not finite");
    values.push_back(value);
  }
  return values;
}

double number_of(std::string const& text, Frame const& frame, std::string const& key) {
  auto const values = numbers_of(text, frame, key);
  if (values.size() != 1)
    throw InputError(frame.structure.place, key + ": expected one number, got '" + text + "'");
  constexpr double most = 1e30; // squares and their sums stay finite
  if (std::abs(values[0]) > most)
    throw InputError(frame.structure.place,
                     key + ": " + text + " is too large (expected a magnitude up to 1e30)");
  return values[0];
}

/// Finds the configured key, or without one the first known key that is present.
template <class Find>
auto first_present(std::string const& configured, std::initializer_list<char const*> known,
                   Find const& find) {
  if (!configured.empty())
    return find(configured);
  for (char const* key : known)
    if (auto const* entry = find(key))
      return entry;
  return decltype(find(configured))(nullptr);
}

Voigt symmetric(std::vector<double> const& v, double scale, Frame const& frame,
                std::string const& key) {
  if (v.size() == 6)
    return {scale * v[0], scale * v[1], scale * v[2], scale * v[3], scale * v[4], scale * v[5]};
  if (v.size() != 9)
    throw InputError(frame.structure.place,
                     key + ": expected 9 or 6 numbers, got " + std::to_string(v.size()));
  auto const half = [&](int a, int b) { return 0.5 * scale * (v[a] + v[b]); };
  return {scale * v[0], scale * v[4], scale * v[8], half(5, 7), half(2, 6), half(1, 3)};
}

void read_force_weights(Frame& frame) {
  Structure& s = frame.structure;
  for (auto const& [key, target] :
       {std::pair{"energy_weight", &s.energy_weight}, std::pair{"force_weight", &s.force_weight}})
    if (InfoEntry const* entry = frame.find_info(key)) {
      *target = number_of(entry->value, frame, entry->key);
      if (*target < 0)
        throw InputError(s.place, std::string(key) + ": must be non-negative");
    }
  if (Column const* column = frame.find_column("force_weight")) {
    if (column->width != 1)
      throw InputError(s.place, "force_weight: expected one number per atom");
    s.force_weights.clear();
    for (auto const& word : column->words) {
      s.force_weights.push_back(number_of(word, frame, "force_weight"));
      if (s.force_weights.back() < 0)
        throw InputError(s.place, "force_weight: must be non-negative");
    }
  }
}

} // namespace

InfoEntry const* Frame::find_info(std::string const& key) const {
  auto const found =
      std::find_if(info.begin(), info.end(), [&](auto const& entry) { return entry.key == key; });
  return found == info.end() ? nullptr : &*found;
}

Column const* Frame::find_column(std::string const& name) const {
  auto const found = std::find_if(columns.begin(), columns.end(),
                                  [&](auto const& column) { return column.name == name; });
  return found == columns.end() ? nullptr : &*found;
}

namespace {

/// Entry of LabelCounts for a label read from a key.
std::string count_name(std::string const& kind, std::string const& key) {
  return kind + " from '" + key + "'";
}

} // namespace

std::vector<std::string> absent_label_keys(LabelKeys const& keys, LabelCounts const& counts) {
  std::vector<std::string> absent;
  for (auto const& [kind, key] :
       {std::pair{"energy", keys.energy}, std::pair{"forces", keys.forces},
        std::pair{"virial", keys.virial}, std::pair{"virial", keys.stress}})
    if (!key.empty() && !counts.contains(count_name(kind, key)))
      absent.push_back(std::string(kind) + " key '" + key + "'");
  return absent;
}

void read_labels(Frame& frame, LabelKeys const& keys, LabelCounts* counts) {
  Structure& s = frame.structure;
  auto const info = [&](std::string const& key) { return frame.find_info(key); };
  auto const column = [&](std::string const& key) { return frame.find_column(key); };
  auto const count = [&](char const* what, std::string const& key) {
    if (counts)
      ++(*counts)[count_name(what, key)];
  };
  s.energy.reset();
  s.forces.clear();
  s.virial.reset();
  if (auto const* entry =
          first_present(keys.energy, {"REF_energy", "energy", "free_energy"}, info)) {
    s.energy = number_of(entry->value, frame, entry->key);
    count("energy", entry->key);
  }
  if (auto const* c =
          first_present(keys.forces, {"REF_forces", "REF_force", "forces", "force"}, column)) {
    if (c->width != 3)
      throw InputError(s.place,
                       c->name + ": expected 3 numbers per atom, got " + std::to_string(c->width));
    for (std::size_t i = 0; i < s.n_atoms(); ++i) {
      Vec3 f;
      for (int d = 0; d < 3; ++d)
        f[d] = number_of(c->words[3 * i + d], frame, c->name);
      s.forces.push_back(f);
    }
    count("forces", c->name);
  }
  auto const use_virial = [&](InfoEntry const& entry, bool stress) {
    auto const values = numbers_of(entry.value, frame, entry.key);
    // Some programs write a stress or virial for every frame; for molecules it is zero.
    bool const zero = std::all_of(values.begin(), values.end(), [](double x) { return x == 0; });
    if (zero && (volume(s.cell) == 0 || !any_periodic(s.cell)))
      return;
    if (stress && volume(s.cell) == 0)
      return count(stress_without_cell, entry.key);
    s.virial = symmetric(values, stress ? -volume(s.cell) : 1, frame, entry.key);
    count("virial", entry.key);
  };
  if (!keys.stress.empty() && keys.virial.empty()) {
    if (auto const* entry = info(keys.stress))
      use_virial(*entry, true);
  } else if (auto const* entry = first_present(
                 keys.virial,
                 {"REF_virial", "REF_virials", "REF_stress", "virial", "virials", "stress"},
                 info)) {
    use_virial(*entry, keys.virial.empty() && entry->key.find("stress") != std::string::npos);
  }
  if (counts) // weights of other programs
    for (InfoEntry const& entry : frame.info) {
      bool const is_weight = entry.key == "weight" || entry.key == "sigma" ||
                             entry.key.ends_with("_weight") || entry.key.ends_with("_sigma") ||
                             entry.key.starts_with("weight_") || entry.key.starts_with("sigma_");
      if (is_weight && entry.key != "energy_weight" && entry.key != "force_weight")
        ++(*counts)["not used (weights are energy_weight and force_weight): " + entry.key];
    }
  if (auto const* entry = frame.find_info("config_type"))
    s.config_type = entry->value;
  read_force_weights(frame);
}

Frame make_frame(Structure const& structure) {
  Frame frame;
  frame.structure = structure;
  auto const add = [&](std::string key, std::string value) {
    frame.info.push_back({std::move(key), std::move(value), true});
  };
  if (structure.energy)
    add("energy", shortest(*structure.energy));
  if (structure.virial)
    add("virial", detail::nine_numbers(*structure.virial));
  if (!structure.config_type.empty())
    add("config_type", structure.config_type);
  if (structure.energy_weight != 1)
    add("energy_weight", shortest(structure.energy_weight));
  if (structure.force_weight != 1)
    add("force_weight", shortest(structure.force_weight));
  if (!structure.forces.empty()) {
    Column column{"forces", 'R', 3, {}};
    for (Vec3 const& f : structure.forces)
      for (double const x : f)
        column.words.push_back(shortest(x));
    frame.columns.push_back(std::move(column));
  }
  if (!structure.force_weights.empty()) {
    Column column{"force_weight", 'R', 1, {}};
    for (double const w : structure.force_weights)
      column.words.push_back(shortest(w));
    frame.columns.push_back(std::move(column));
  }
  return frame;
}

bool same_content(Frame const& a, Frame const& b) {
  Structure const &s = a.structure, &t = b.structure;
  return s.cell == t.cell && s.numbers == t.numbers && s.positions == t.positions &&
         s.energy == t.energy && s.forces == t.forces && s.virial == t.virial &&
         s.config_type == t.config_type && s.energy_weight == t.energy_weight &&
         s.force_weight == t.force_weight && s.force_weights == t.force_weights &&
         a.info == b.info && a.columns == b.columns;
}

} // namespace kolace
