// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/io/detail/yace.hpp>

#include <kolace/io/detail/densities.hpp>
#include <kolace/io/detail/species_blocks.hpp>
#include <kolace/io/detail/yaml_tape.hpp>
#include <kolace/model/c_basis.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <numeric>
#include <set>
#include <sstream>
#include <tuple>
#include <utility>

namespace kolace::detail {
namespace {

constexpr int largest_rank = 12;

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
  std::vector<BasisFunction> functions;
  std::vector<std::vector<double>> coefficients; ///< [functions][n_densities]
  /// Sums over m and the line of each; entries with the same factors are merged.
  std::vector<CBasisFunction> sums;
  std::vector<long> lines;
  std::map<std::tuple<int, std::vector<int>, std::vector<int>, std::vector<int>>, std::size_t>
      place; ///< center, species, n, l

  int n() const { return elements.size(); }
};

std::vector<int> bounded_list(TapeValue const& value, std::size_t count, int low, int high) {
  std::vector<int> numbers;
  value.for_each([&](TapeValue const& item) { numbers.push_back(bounded(item, low, high)); });
  if (numbers.size() != count)
    value.fail("expected " + std::to_string(count) + " numbers, got " +
               std::to_string(numbers.size()));
  return numbers;
}

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

/// Element numbers in a key like "0" or "[0, 1]".
std::vector<int> key_species(std::string const& key, std::size_t count, YaceFile const& file,
                             TapeValue const& value) {
  std::vector<int> species;
  std::string digits;
  for (char const c : key + " ")
    if (c >= '0' && c <= '9') {
      digits += c;
    } else {
      if (!digits.empty()) {
        int const number = digits.size() < 4 ? std::stoi(digits) : file.n();
        if (number >= file.n())
          value.fail("key '" + key + "': there is no element number " + digits);
        species.push_back(file.species[number]);
        digits.clear();
      }
      if (std::string("[], \t").find(c) == std::string::npos)
        value.fail("key '" + key + "': expected element numbers");
    }
  if (species.size() != count)
    value.fail("key '" + key + "': expected " + std::to_string(count) + " element number(s)");
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

void read_function(TapeValue const& value, int center, YaceFile& file) {
  int const rank = bounded(value.required("rank"), 1, largest_rank);
  int const count = bounded(value.required("num_ms_combs"), 0, 100000000);
  if (file.species[bounded(value.required("mu0"), 0, file.n() - 1)] != center)
    value.required("mu0").fail("does not match the element of its list");
  CBasisFunction f;
  f.center = center;
  f.n_densities = bounded(value.required("ndensity"), 1, largest_n_densities);
  if (f.n_densities != file.embeddings[center].n_densities)
    value.required("ndensity")
        .fail("expected " + std::to_string(file.embeddings[center].n_densities) +
              " (that of the embedding), got " + std::to_string(f.n_densities));
  std::size_t const size = rank;
  for (int const mu : bounded_list(value.required("mus"), size, 0, file.n() - 1))
    f.species.push_back(file.species[mu]);
  f.n = bounded_list(value.required("ns"), size, 1, largest_n);
  f.l = bounded_list(value.required("ls"), size, 0, largest_l);
  f.m = bounded_list(value.required("ms_combs"), size * count, -largest_l, largest_l);
  f.c = value.required("ctildes").numbers();
  if (f.c.size() != static_cast<std::size_t>(count) * f.n_densities)
    value.required("ctildes").fail(
        "expected " + std::to_string(static_cast<long>(count) * f.n_densities) +
        " numbers (num_ms_combs times ndensity), got " + std::to_string(f.c.size()));
  if (std::accumulate(f.l.begin(), f.l.end(), 0) % 2 != 0)
    value.required("ls").fail("the sum of l must be even");
  sort_factors(f);
  auto const [entry, fresh] =
      file.place.try_emplace({center, f.species, f.n, f.l}, file.sums.size());
  if (fresh) {
    file.sums.push_back(std::move(f));
    file.lines.push_back(value.line());
  } else {
    CBasisFunction& sum = file.sums[entry->second];
    sum.m.insert(sum.m.end(), f.m.begin(), f.m.end());
    sum.c.insert(sum.c.end(), f.c.begin(), f.c.end());
  }
}

/// Converts the sums over m to coupled functions. @return the largest residual
double convert(YaceFile& file, std::string const& path) {
  CBasisConverter converter;
  double residue = 0;
  for (std::size_t k = 0; k < file.sums.size(); ++k)
    try {
      residue =
          std::max(residue, converter.append(file.sums[k], file.functions, file.coefficients));
      file.sums[k] = {}; // free memory: files may be large
    } catch (InputError const& error) {
      throw InputError({path, 0, file.lines[k]}, std::string("functions: ") + error.what());
    }
  return residue;
}

/// Keys that must have been read before `key` can be.
std::vector<std::string> needed_by(std::string const& key) {
  if (key == "functions")
    return {"elements", "embeddings"};
  return key == "E0" || key == "embeddings" || key == "bonds" ? std::vector<std::string>{"elements"}
                                                              : std::vector<std::string>{};
}

void read_piece(std::vector<std::string> const& keys, TapeValue const& value, YaceFile& file) {
  std::string const& top = keys.front();
  if ((top == "embeddings" || top == "bonds" || top == "functions") && keys.size() < 2)
    value.fail("expected one line per element or pair, in block style");
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
    int const e = key_species(keys[1], 1, file, value)[0];
    file.embeddings[e] = read_embedding(value);
    file.has_embedding[e] = true;
  } else if (top == "bonds") {
    auto const pair = key_species(keys[1], 2, file, value);
    int const at = pair[0] * file.n() + pair[1];
    file.bonds[at] = read_bond(value);
    file.has_bond[at] = true;
  } else if (top == "functions") {
    int const center = key_species(keys[1], 1, file, value)[0];
    if (value.kind() == YamlTape::Kind::list)
      value.for_each([&](TapeValue const& item) { read_function(item, center, file); });
    else
      read_function(value, center, file);
  }
}

} // namespace

AcePotential read_yace(std::string const& path, std::vector<std::string>* notes) {
  std::string text;
  {
    std::ifstream in(path, std::ios::binary);
    if (!in)
      throw InputError(path + ": cannot be opened");
    std::ostringstream content;
    content << in.rdbuf();
    text = std::move(content).str();
  }
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
        [&](std::vector<std::string> const& keys, TapeValue const& value) {
          std::string const& top = keys.front();
          if (!first && !wanted.contains(top))
            return;
          for (std::string const& other : needed_by(top))
            if (!known.contains(other)) {
              waiting.insert(top);
              return;
            }
          known.insert(top);
          read_piece(keys, value, file);
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
  double const residue = convert(file, path);
  if (file.functions.empty())
    throw InputError(path + ": contains no functions");
  if (notes && std::all_of(file.reference_energy.begin(), file.reference_energy.end(),
                           [](double energy) { return energy == 0; }))
    notes->push_back(path + ": contains no energies of free atoms (E0), so predicted energies lack "
                            "them; pacemaker writes them to the .yaml only");
  if (notes && residue > 1e-9)
    notes->push_back(fmt::format("{}: functions deviate from rotational invariance by up to {:.1g} "
                                 "of their largest coefficient; their invariant part is used",
                                 path, residue));

  ModelSpecification spec;
  spec.elements = file.elements;
  spec.embeddings = std::move(file.embeddings);
  spec.bonds = std::move(file.bonds);
  std::vector<std::size_t> order(file.functions.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](auto i, auto j) {
    return file.functions[i].center < file.functions[j].center;
  });
  AcePotential potential;
  for (std::size_t const i : order)
    spec.functions.push_back(std::move(file.functions[i]));
  set_densities(potential, spec.embeddings, file.coefficients, order);
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
