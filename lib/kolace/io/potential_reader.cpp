// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/core/elements.hpp>
#include <kolace/io/detail/densities.hpp>
#include <kolace/io/detail/species_blocks.hpp>
#include <kolace/io/detail/text.hpp>
#include <kolace/io/detail/yace.hpp>
#include <kolace/io/detail/yaml.hpp>
#include <kolace/io/potential_file.hpp>
#include <kolace/io/reference_energies.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <tuple>

namespace kolace {
namespace detail {

AcePotential potential_of(YamlValue const& root, std::string const& path);

} // namespace detail

namespace {

using detail::YamlValue;

using detail::largest_l;

BondSpecification bond_of(YamlValue const& block) {
  BondSpecification bond = detail::read_bond(block, {.n_radmax = "nradmaxi",
                                                     .l_max = "lmaxi",
                                                     .n_radbase = "nradbaseij",
                                                     .radial = "radbase",
                                                     .parameters = "radparameters",
                                                     .cutoff = "rcutij",
                                                     .cutoff_width = "dcutij",
                                                     .r_in = "r_in",
                                                     .delta_in = "delta_in"});
  if (YamlValue const name = block["NameOfCutoffFunctionij"];
      name.defined() && name.text() != "cos" && !name.text().empty())
    name.fail("only 'cos' is supported");
  if (YamlValue const core = block["core-repulsion"]; core.defined()) {
    auto const values = core.numbers();
    if (values.size() != 2)
      core.fail("expected two numbers");
    bond.core_prefactor = values[0];
    bond.core_lambda = values[1];
  }
  return bond;
}

EmbeddingSpecification embedding_of(YamlValue const& block) {
  return detail::read_embedding(block, {.n_densities = "ndensityi",
                                        .parameters = "parameters",
                                        .core_cutoff = "rho_core_cut",
                                        .core_width = "drho_core_cut"});
}

std::vector<std::string> words_of(std::string const& text) {
  std::vector<std::string_view> words;
  detail::split_words(text, words);
  return {words.begin(), words.end()};
}

BasisFunction read_function(YamlValue const& entry, ElementSet const& elements,
                            std::vector<double>& c) {
  BasisFunction f;
  auto const symbols = words_of(entry.required("type").text());
  if (symbols.size() < 2)
    entry.required("type").fail("expected two or more elements");
  for (std::size_t t = 0; t < symbols.size(); ++t) {
    int const species = elements.species(symbols[t]);
    if (species < 0)
      entry.required("type").fail("element '" + symbols[t] + "' has no single-element block");
    if (t == 0)
      f.center = species;
    else
      f.species.push_back(species);
  }
  f.n = entry.required("nr").integers();
  f.l = entry.required("nl").integers();
  if (YamlValue const v = entry["lint"]; v.defined())
    f.intermediates = v.integers();
  YamlValue const value = entry.required("c");
  c = value.is_scalar() ? std::vector{value.number()} : value.numbers();
  for (int const l : f.l)
    if (l < 0 || l > largest_l)
      entry.required("nl").fail("l is out of range (expected 0 to " + std::to_string(largest_l) +
                                ")");
  if (f.n.size() != f.species.size() || f.l.size() != f.species.size())
    entry.fail("type, nr and nl must have the same length");
  if (f.rank() > 12)
    entry.fail("rank " + std::to_string(f.rank()) + " exceeds the supported maximum (12)");
  return f;
}

void read_reference_energy(YamlValue const& root, AcePotential& potential,
                           ElementSet const& elements) {
  potential.reference_energy.assign(elements.size(), 0.);
  YamlValue const value = root["metadata"]["reference_energy"];
  if (!value.defined())
    return;
  // Forms that pacemaker and its users write: a map in JSON, in Python's form or as YAML, possibly
  // with further elements and a shift; one number for all elements; or the name of a preset.
  bool const is_json = value.is_scalar() && value.text().find_first_of("{\"") != std::string::npos;
  YamlValue const energies =
      is_json ? YamlValue::parse(value.text(), "metadata.reference_energy") : value;
  if (energies.is_map())
    for (std::string const& key : energies.keys())
      if (key != "shift" && !atomic_number(key))
        value.fail("'" + key + "' is not a chemical element (expected JSON like {\"C\": -9.1})");
  double const shift = energies.is_map() && energies.has("shift") ? energies["shift"].number() : 0;
  for (int e = 0; e < elements.size(); ++e) {
    std::string const& symbol = elements.symbols()[e];
    double& energy = potential.reference_energy[e];
    if (energies.is_map()) {
      if (energies.has(symbol))
        energy = energies[symbol].number();
    } else if (double number = 0; detail::parse_double(energies.text(), number)) {
      energy = number;
    } else {
      auto const preset = preset_reference_energy(energies.text(), symbol);
      if (!preset)
        value.fail("'" + energies.text() + "' has no energy for " + symbol);
      energy = *preset;
    }
    energy -= shift; // the effective E0
  }
  for (double const energy : potential.reference_energy)
    if (!std::isfinite(energy))
      value.fail("expected finite numbers");
}

} // namespace

AcePotential read_potential(std::string const& path, std::vector<std::string>* notes) {
  if (path.ends_with(".yace"))
    return detail::read_yace(path, notes);
  if (path.ends_with(".ace"))
    throw InputError(path + ": old single-species .ace files are not supported (expected a .yaml "
                            "file, B basis, or a .yace file, C basis)");
  return detail::potential_of(YamlValue::load(path), path);
}

AcePotential parse_potential(std::string const& text, std::string const& name) {
  return detail::potential_of(YamlValue::parse(text, name), name);
}

AcePotential detail::potential_of(YamlValue const& root, std::string const& path) {
  if (!root.is_map() || !root["species"].is_list())
    throw InputError(path + ": is not a B-basis potential: the list 'species' is missing");
  auto const blocks = root["species"].items();
  bool const canonical = root["basis"].defined();
  if (canonical && root["basis"].text() != "canonical")
    root["basis"].fail("expected canonical (or no such key), got '" + root["basis"].text() + "'");

  std::vector<std::string> symbols;
  for (YamlValue const& block : blocks) {
    auto const names = words_of(block.required("speciesblock").text());
    if (names.size() == 1)
      symbols.push_back(names[0]);
  }
  ModelSpecification spec;
  try {
    spec.elements = ElementSet(symbols);
  } catch (InputError const& error) {
    root["species"].fail(error.what());
  }
  spec.canonical = canonical;
  int const n = spec.elements.size();
  if (n == 0)
    root["species"].fail("no single-element block");
  spec.embeddings.resize(n);
  std::map<std::pair<int, int>, BondSpecification> bonds;
  for (YamlValue const& block : blocks) {
    YamlValue const name = block.required("speciesblock");
    std::vector<int> members;
    for (auto const& symbol : words_of(name.text())) {
      members.push_back(spec.elements.species(symbol));
      if (members.back() < 0)
        name.fail("element '" + symbol + "' has no single-element block");
    }
    if (members.empty())
      name.fail("expected an element");
    if (members.size() == 1 || (members.size() == 2 && block["radbase"].defined())) {
      if (!bonds.emplace(std::pair(members.front(), members.back()), bond_of(block)).second)
        name.fail("duplicate block");
    }
    if (members.size() == 1)
      spec.embeddings[members[0]] = embedding_of(block);
  }
  for (int a = 0; a < n; ++a)
    for (int b = 0; b < n; ++b) {
      auto found = bonds.find({a, b});
      if (found == bonds.end())
        found = bonds.find({b, a});
      if (found == bonds.end())
        root["species"].fail("the block '" + spec.elements.symbols()[a] + " " +
                             spec.elements.symbols()[b] + "' with its bond is missing");
      spec.bonds.push_back(found->second);
    }
  // Functions are read last, since the elements and bonds they refer to may be in any block.
  std::vector<std::vector<double>> coefficients;
  std::set<std::tuple<int, std::vector<int>, std::vector<int>, std::vector<int>, std::vector<int>>>
      seen;
  for (YamlValue const& block : blocks) {
    YamlValue const list = block["nbody"];
    if (!list.defined())
      continue;
    for (YamlValue const& entry : list.items()) {
      std::vector<double> c;
      BasisFunction f = read_function(entry, spec.elements, c);
      if (static_cast<int>(c.size()) != spec.embeddings[f.center].n_densities)
        entry.required("c").fail("expected one number per density");
      try {
        check_function(spec, f);
      } catch (InputError const& error) {
        entry.fail(error.what());
      }
      if (!seen.emplace(f.center, f.species, f.n, f.l, f.intermediates).second)
        entry.fail("duplicate function (" + describe(f, spec.elements) + ")");
      spec.functions.push_back(std::move(f));
      coefficients.push_back(std::move(c));
    }
  }
  if (spec.functions.empty())
    root["species"].fail("no block has functions (nbody)");

  // AceBasis sorts the functions by central element; sort the coefficients in the same way.
  std::vector<std::size_t> order(coefficients.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](auto i, auto j) {
    return spec.functions[i].center < spec.functions[j].center;
  });
  AcePotential potential;
  detail::set_densities(potential, spec.embeddings, coefficients, order);
  read_reference_energy(root, potential, spec.elements);
  YamlValue const bins = root["global"]["DeltaSplineBins"];
  potential.spline_width = bins.defined() ? bins.number() : 0.001;
  if (!(potential.spline_width > 1e-5 && potential.spline_width < 1))
    bins.fail("expected a width between 1e-5 and 1 Angstrom");
  try {
    potential.basis = std::make_shared<AceBasis const>(std::move(spec));
  } catch (InputError const& error) {
    throw InputError(path + ": " + error.what());
  }
  return potential;
}

} // namespace kolace
