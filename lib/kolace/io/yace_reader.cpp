// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/io/detail/yace.hpp>

#include <kolace/io/detail/densities.hpp>
#include <kolace/io/detail/species_blocks.hpp>
#include <kolace/io/detail/text.hpp>
#include <kolace/io/detail/yace_functions.hpp>
#include <kolace/io/detail/yaml_tape.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <utility>

namespace kolace::detail {
namespace {

/// Contents of a .yace file. Elements may be in any order in the file; species are alphabetical.
struct YaceFile {
  ElementSet elements;
  std::vector<int> species; ///< species by element number in the file
  std::vector<double> reference_energy;
  double spline_width = 0.001;
  std::vector<EmbeddingSpecification> embeddings;
  std::vector<bool> has_embedding;
  std::vector<BondSpecification> bonds;
  std::vector<bool> has_bond;
  std::optional<YaceFunctions> functions; ///< once elements and embeddings are known
  /// Functions in lines of their own, by element number in the file as text: parsed at the end.
  std::map<std::string, std::vector<UnparsedItem>> items;

  int n() const { return elements.size(); }
};

void read_elements(TapeValue const& value, YaceFile& file) {
  std::vector<std::string> symbols;
  value.for_each([&](TapeValue const& item) { symbols.emplace_back(item.text()); });
  if (symbols.empty() || symbols.size() > 100)
    value.fail("expected 1 to 100 elements");
  try {
    file.elements = ElementSet(symbols);
  } catch (InputError const& error) {
    value.fail(error.what());
  }
  for (std::string const& symbol : symbols)
    file.species.push_back(file.elements.species(symbol));
  file.reference_energy.assign(symbols.size(), 0.);
  file.embeddings.resize(symbols.size());
  file.has_embedding.assign(symbols.size(), false);
  file.bonds.resize(symbols.size() * symbols.size());
  file.has_bond.assign(symbols.size() * symbols.size(), false);
}

/// Species of the element numbers in a key like "0" or "[0, 1]".
std::vector<int> key_species(std::string const& key, std::size_t count, YaceFile const& file,
                             Place const& at) {
  auto const fail = [&](std::string const& problem) {
    throw InputError(at, "key '" + key + "': " + problem);
  };
  std::vector<int> species;
  std::string digits;
  for (char const c : key + " ")
    if (c >= '0' && c <= '9') {
      digits += c;
    } else {
      if (!digits.empty()) {
        int const number = digits.size() < 4 ? std::stoi(digits) : file.n();
        if (number >= file.n())
          fail("there is no element number " + digits);
        species.push_back(file.species[number]);
        digits.clear();
      }
      if (std::string("[], \t").find(c) == std::string::npos)
        fail("expected element numbers");
    }
  if (species.size() != count)
    fail("expected " + std::to_string(count) + " element number(s)");
  return species;
}

EmbeddingSpecification read_embedding(TapeValue const& value) {
  for (char const* key : {"ndensity", "FS_parameters", "npoti"})
    static_cast<void>(value.required(key));
  return read_embedding(value, {.n_densities = "ndensity",
                                .parameters = "FS_parameters",
                                .core_cutoff = "rho_core_cutoff",
                                .core_width = "drho_core_cutoff"});
}

BondSpecification read_bond(TapeValue const& value) {
  static_cast<void>(value.required("radcoefficients"));
  BondSpecification bond = read_bond(value, {.n_radmax = "nradmax",
                                             .l_max = "lmax",
                                             .n_radbase = "nradbasemax",
                                             .radial = "radbasename",
                                             .parameters = "radparameters",
                                             .cutoff = "rcut",
                                             .cutoff_width = "dcut",
                                             .r_in = "rcut_in",
                                             .delta_in = "dcut_in"});
  bond.core_prefactor = number_or(value, "prehc", bond.core_prefactor);
  bond.core_lambda = number_or(value, "lambdahc", bond.core_lambda);
  return bond;
}

YaceFunctions& functions_of(YaceFile& file, std::string const& path) {
  if (!file.functions) {
    std::vector<int> n_densities;
    for (EmbeddingSpecification const& embedding : file.embeddings)
      n_densities.push_back(embedding.n_densities);
    file.functions.emplace(path, file.species, std::move(n_densities));
  }
  return *file.functions;
}

/// Keys that must have been read before `key` can be.
std::vector<std::string> needed_by(std::string const& key) {
  if (key == "functions")
    return {"elements", "embeddings"};
  return key == "E0" || key == "embeddings" || key == "bonds" ? std::vector<std::string>{"elements"}
                                                              : std::vector<std::string>{};
}

constexpr char const* block_style = "expected one line per element or pair, in block style";

void read_piece(std::string const& path, KeyPath const& keys, TapeValue const& value,
                YaceFile& file) {
  std::string const& top = keys.front();
  Place const at{path, 0, value.line()};
  if ((top == "embeddings" || top == "bonds" || top == "functions") && keys.size() < 2)
    value.fail(block_style);
  if (top == "elements") {
    read_elements(value, file);
  } else if (top == "E0") {
    auto const energies = value.numbers();
    if (static_cast<int>(energies.size()) != file.n())
      value.fail("expected one number per element");
    for (int e = 0; e < file.n(); ++e)
      file.reference_energy[file.species[e]] = energies[e];
  } else if (top == "deltaSplineBins") {
    file.spline_width = value.number();
    if (!(file.spline_width > 1e-5 && file.spline_width < 1))
      value.fail("expected a width between 1e-5 and 1 Angstrom");
  } else if (top == "embeddings") {
    int const e = key_species(keys[1], 1, file, at)[0];
    file.embeddings[e] = read_embedding(value);
    file.has_embedding[e] = true;
  } else if (top == "bonds") {
    auto const pair = key_species(keys[1], 2, file, at);
    int const bond = pair[0] * file.n() + pair[1];
    file.bonds[bond] = read_bond(value);
    file.has_bond[bond] = true;
  } else if (top == "functions") {
    int const center = key_species(keys[1], 1, file, at)[0];
    YaceFunctions& functions = functions_of(file, path);
    if (value.kind() == YamlTape::Kind::list)
      value.for_each([&](TapeValue const& item) { functions.read(center, item); });
    else
      functions.read(center, value);
  }
}

} // namespace

AcePotential read_yace(std::string const& path, std::vector<std::string>* notes) {
  std::string const text = read_file(path);
  YaceFile file;
  std::set<std::string> known, waiting;
  // Keys may be in any order: a key that needs later ones is read in the next pass.
  for (bool first = true; first || !waiting.empty(); first = false) {
    std::set<std::string> const wanted = std::exchange(waiting, {}), before = known;
    for_each_piece(
        path, text,
        [&](std::string_view key) {
          return key == "embeddings" || key == "bonds" ? 1 : key == "functions" ? 2 : 0;
        },
        [&](KeyPath const& keys, TapeValue const& value) {
          std::string const& top = keys.front();
          if (!first && !wanted.contains(top))
            return;
          for (std::string const& other : needed_by(top))
            if (!known.contains(other)) {
              waiting.insert(top);
              return;
            }
          known.insert(top);
          read_piece(path, keys, value, file);
        },
        [&](KeyPath const& keys, UnparsedItem const& item) {
          if (keys.front() != "functions" || keys.size() < 2)
            throw InputError({path, 0, item.line}, keys.front() + ": " + block_style);
          if (first)
            file.items[keys[1]].push_back(item);
          known.insert(keys.front());
        });
    if (known == before) // nothing more can be read
      break;
  }
  for (char const* key : {"elements", "embeddings", "bonds", "functions"})
    if (!known.contains(key))
      throw InputError(path + ": expected the key '" + key + "'");
  auto const& symbols = file.elements.symbols();
  for (int a = 0; a < file.n(); ++a) {
    if (!file.has_embedding[a])
      throw InputError(path + ": embeddings: " + symbols[a] + " is missing");
    for (int b = 0; b < file.n(); ++b)
      if (!file.has_bond[a * file.n() + b])
        throw InputError(path + ": bonds: " + symbols[a] + "-" + symbols[b] + " is missing");
  }
  YaceFunctions& all = functions_of(file, path);
  for (auto const& [key, items] : file.items)
    all.read(key_species(key, 1, file, {path, 0, items.front().line})[0], items);
  YaceFunctions::Coupled coupled = all.coupled();
  std::vector<BasisFunction>& functions = coupled.functions;
  if (functions.empty())
    throw InputError(path + ": contains no functions");
  if (notes && std::all_of(file.reference_energy.begin(), file.reference_energy.end(),
                           [](double energy) { return energy == 0; }))
    notes->push_back(path + ": contains no energies of free atoms (E0), so predicted energies lack "
                            "them; pacemaker writes them to the .yaml only");
  if (notes && coupled.residue > 1e-9)
    notes->push_back(fmt::format("{}: functions deviate from rotational invariance by up to {:.1g} "
                                 "of their largest coefficient; their invariant part is used",
                                 path, coupled.residue));

  ModelSpecification spec;
  spec.elements = file.elements;
  spec.embeddings = std::move(file.embeddings);
  spec.bonds = std::move(file.bonds);
  std::vector<std::size_t> order(functions.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](auto i, auto j) { return functions[i].center < functions[j].center; });
  AcePotential potential;
  for (std::size_t const i : order)
    spec.functions.push_back(std::move(functions[i]));
  set_densities(potential, spec.embeddings, coupled.coefficients, order);
  potential.reference_energy = file.reference_energy;
  potential.spline_width = file.spline_width;
  try {
    potential.basis = std::make_shared<AceBasis const>(std::move(spec));
  } catch (InputError const& error) {
    throw InputError(path + ": " + error.what());
  }
  return potential;
}

} // namespace kolace::detail
