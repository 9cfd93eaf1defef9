#include <kolace/io/detail/densities.hpp>
#include <kolace/io/detail/text.hpp>
#include <kolace/io/detail/yace.hpp>
#include <kolace/io/detail/yaml.hpp>
#include <kolace/io/potential_file.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
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

constexpr int largest_l = 20;

/// [n][l][k]; empty if R_nl = g_n.
std::vector<double> read_radcoefficients(YamlValue const& value, BondSpecification const& bond) {
  std::vector<double> flat;
  bool identity = true;
  auto const by_n = value.items();
  if (static_cast<int>(by_n.size()) != bond.nradmax)
    value.fail(std::to_string(bond.nradmax) + " lists (nradmaxi) are expected, got " +
               std::to_string(by_n.size()));
  for (int n = 0; n < bond.nradmax; ++n) {
    auto const by_l = by_n[n].items();
    if (static_cast<int>(by_l.size()) != bond.lmax + 1)
      by_n[n].fail(std::to_string(bond.lmax + 1) + " lists (lmaxi + 1) are expected, got " +
                   std::to_string(by_l.size()));
    for (auto const& by_k : by_l) {
      auto const c = by_k.numbers();
      if (static_cast<int>(c.size()) != bond.radial.size)
        by_k.fail(std::to_string(bond.radial.size) + " numbers (nradbaseij) are expected, got " +
                  std::to_string(c.size()));
      for (int k = 0; k < bond.radial.size; ++k)
        identity = identity && c[k] == (n == k ? 1 : 0);
      flat.insert(flat.end(), c.begin(), c.end());
    }
  }
  return identity && bond.nradmax <= bond.radial.size ? std::vector<double>{} : flat;
}

int bounded(YamlValue const& value, long low, long high) {
  long const number = value.integer();
  if (number < low || number > high)
    value.fail("a number from " + std::to_string(low) + " to " + std::to_string(high) +
               " is expected, got " + std::to_string(number));
  return static_cast<int>(number);
}

BondSpecification read_bond(YamlValue const& block) {
  BondSpecification bond;
  bond.nradmax = bounded(block.required("nradmaxi"), 0, 1000);
  bond.lmax = bounded(block.required("lmaxi"), 0, largest_l);
  bond.radial.size = bounded(block.required("nradbaseij"), 1, 1000);
  bond.radial.cutoff = block.required("rcutij").number();
  if (bond.radial.cutoff > 100)
    block.required("rcutij").fail("a cutoff up to 100 Angstrom is expected");
  bond.radial.cutoff_width = block.required("dcutij").number();
  YamlValue const radbase = block.required("radbase");
  try {
    bond.radial.kind = radial_kind(radbase.text());
  } catch (InputError const& error) {
    radbase.fail(error.what());
  }
  auto const parameters = block.required("radparameters").numbers();
  if (parameters.empty() && bond.radial.kind != RadialKind::SBessel)
    block.required("radparameters").fail("one number is expected");
  if (!parameters.empty())
    bond.radial.lambda = parameters[0];
  if (YamlValue const name = block["NameOfCutoffFunctionij"];
      name.defined() && name.text() != "cos")
    name.fail("only 'cos' is known");
  bond.inner_cutoff_type = InnerCutoff::density;
  if (YamlValue const v = block["inner_cutoff_type"]; v.defined()) {
    auto const type = inner_cutoff(v.text());
    if (!type)
      v.fail("distance, density or zbl is expected, got '" + v.text() + "'");
    bond.inner_cutoff_type = *type;
  }
  bond.r_in = block["r_in"].defined() ? block["r_in"].number() : 0;
  bond.delta_in = block["delta_in"].defined() ? block["delta_in"].number() : 0;
  if (YamlValue const core = block["core-repulsion"]; core.defined()) {
    auto const values = core.numbers();
    if (values.size() != 2)
      core.fail("two numbers are expected");
    bond.core_prefactor = values[0];
    bond.core_lambda = values[1];
  }
  if (YamlValue const c = block["radcoefficients"]; c.defined())
    bond.coefficients = read_radcoefficients(c, bond);
  try {
    RadialBasis{bond.effective_radial()};
  } catch (InputError const& error) {
    block.fail(error.what());
  }
  return bond;
}

EmbeddingSpecification read_embedding(YamlValue const& block) {
  EmbeddingSpecification embedding;
  if (YamlValue const v = block["ndensityi"]; v.defined())
    embedding.n_densities = bounded(v, 1, largest_n_densities);
  if (YamlValue const v = block["npoti"]; v.defined()) {
    embedding.function = v.text();
    if (embedding.function != "FinnisSinclair" &&
        embedding.function != "FinnisSinclairShiftedScaled")
      v.fail("FinnisSinclair or FinnisSinclairShiftedScaled is expected");
  }
  if (YamlValue const v = block["parameters"]; v.defined())
    embedding.parameters = v.numbers();
  if (YamlValue const v = block["rho_core_cut"]; v.defined())
    embedding.rho_core_cutoff = v.number();
  if (YamlValue const v = block["drho_core_cut"]; v.defined())
    embedding.rho_core_width = v.number();
  return embedding;
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
    entry.required("type").fail("two elements or more are expected");
  for (std::size_t t = 0; t < symbols.size(); ++t) {
    int const species = elements.species(symbols[t]);
    if (species < 0)
      entry.required("type").fail("element '" + symbols[t] + "' has no block of its own");
    if (t == 0)
      f.center = species;
    else
      f.species.push_back(species);
  }
  f.n = entry.required("nr").integers();
  f.l = entry.required("nl").integers();
  if (YamlValue const v = entry["lint"]; v.defined())
    f.intermediates = v.integers();
  c = entry.required("c").numbers();
  for (int const l : f.l)
    if (l < 0 || l > largest_l)
      entry.required("nl").fail("l from 0 to " + std::to_string(largest_l) + " is expected");
  if (f.n.size() != f.species.size() || f.l.size() != f.species.size())
    entry.fail("type, nr and nl must agree in length");
  if (f.rank() > 12)
    entry.fail("rank " + std::to_string(f.rank()) + " is beyond what is supported (12)");
  return f;
}

void read_reference_energy(YamlValue const& root, AcePotential& potential,
                           ElementSet const& elements) {
  potential.reference_energy.assign(elements.size(), 0.);
  YamlValue const value = root["metadata"]["reference_energy"];
  if (!value.defined())
    return;
  try {
    auto const json = nlohmann::json::parse(value.text());
    for (auto const& [symbol, energy] : json.items()) {
      int const species = elements.species(symbol);
      if (species < 0)
        value.fail("element '" + symbol + "' is not in the potential");
      potential.reference_energy[species] = energy.get<double>();
    }
  } catch (nlohmann::json::exception const&) {
    value.fail("JSON like {\"C\": -9.1} is expected");
  }
}

} // namespace

AcePotential read_potential(std::string const& path) {
  if (path.ends_with(".yace"))
    return detail::read_yace(path);
  if (path.ends_with(".ace"))
    throw InputError(path +
                     ": old single-species .ace files are not read; .yaml (B basis) and .yace "
                     "(C basis) are");
  return detail::potential_of(YamlValue::load(path), path);
}

AcePotential parse_potential(std::string const& text, std::string const& name) {
  return detail::potential_of(YamlValue::parse(text, name), name);
}

AcePotential detail::potential_of(YamlValue const& root, std::string const& path) {
  if (!root.is_map() || !root["species"].is_list())
    throw InputError(path + ": is no potential in B-basis format: the list 'species' is missing");
  auto const blocks = root["species"].items();
  bool const canonical = root["basis"].defined();
  if (canonical && root["basis"].text() != "canonical")
    root["basis"].fail("canonical is expected (or no such key), got '" + root["basis"].text() +
                       "'");

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
    root["species"].fail("no block of a single element is given");
  spec.embeddings.resize(n);
  std::map<std::pair<int, int>, BondSpecification> bonds;
  for (YamlValue const& block : blocks) {
    YamlValue const name = block.required("speciesblock");
    std::vector<int> members;
    for (auto const& symbol : words_of(name.text())) {
      members.push_back(spec.elements.species(symbol));
      if (members.back() < 0)
        name.fail("element '" + symbol + "' has no block of its own");
    }
    if (members.empty())
      name.fail("an element is expected");
    if (members.size() == 1 || (members.size() == 2 && block["radbase"].defined())) {
      if (!bonds.emplace(std::pair(members.front(), members.back()), read_bond(block)).second)
        name.fail("the block stands twice");
    }
    if (members.size() == 1)
      spec.embeddings[members[0]] = read_embedding(block);
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
  // Functions come last: what they may refer to stands in any block.
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
        entry.required("c").fail("one number per density is expected");
      try {
        check_function(spec, f);
      } catch (InputError const& error) {
        entry.fail(error.what());
      }
      if (!seen.emplace(f.center, f.species, f.n, f.l, f.intermediates).second)
        entry.fail("the function " + describe(f, spec.elements) + " stands twice");
      spec.functions.push_back(std::move(f));
      coefficients.push_back(std::move(c));
    }
  }
  if (spec.functions.empty())
    root["species"].fail("no block has functions (nbody)");

  // AceBasis orders the functions by central element; the coefficients go with them.
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
    bins.fail("a width between 1e-5 and 1 Angstrom is expected");
  try {
    potential.basis = std::make_shared<AceBasis const>(std::move(spec));
  } catch (InputError const& error) {
    throw InputError(path + ": " + error.what());
  }
  return potential;
}

} // namespace kolace
