// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/config/default_radial.hpp>
#include <kolace/config/detail/accept_keys.hpp>
#include <kolace/config/detail/basis_input.hpp>
#include <kolace/config/input_keys.hpp>
#include <kolace/core/counted.hpp>
#include <kolace/coupling/basis_enumeration.hpp>
#include <kolace/model/basis_builder.hpp>
#include <kolace/radial/radial_options.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

namespace kolace::detail {
namespace {

constexpr char const* n_functions_key = "number_of_functions_per_element";
std::vector<std::string> const block_names = {"UNARY",      "BINARY",  "TERNARY",
                                              "QUATERNARY", "QUINARY", "SENARY"};

/// Elements of an explicit block name: "Al Ni", "Al-Ni", "AlNi", "(Al, Ni)". Empty for other names.
std::vector<int> explicit_block(std::string const& name, ElementSet const& elements) {
  std::vector<int> found;
  std::size_t at = 0;
  while (at < name.size()) {
    if (std::string(" -,()'\"").find(name[at]) != std::string::npos) {
      ++at;
      continue;
    }
    int species = -1;
    for (std::size_t length : {2, 1})
      if (species < 0 && at + length <= name.size())
        if ((species = elements.species(name.substr(at, length))) >= 0)
          at += length;
    if (species < 0)
      return {};
    found.push_back(species);
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

/// Number of elements for a block name like BINARY; 0 for ALL, -1 for other names.
int block_order(std::string const& name) {
  if (name == "ALL")
    return 0;
  auto const found = std::find(block_names.begin(), block_names.end(), name);
  return found == block_names.end() ? -1 : static_cast<int>(found - block_names.begin()) + 1;
}

/// Entries of a section that apply to one set of elements. The value of a key comes from the most
/// specific entry that has it.
class LayeredEntry {
public:
  explicit LayeredEntry(std::vector<YamlValue> layers) : layers_(std::move(layers)) {}

  bool empty() const { return layers_.empty(); }
  YamlValue operator[](std::string const& key) const {
    for (YamlValue const& layer : layers_)
      if (layer.has(key))
        return layer[key];
    return layers_.front()[key];
  }
  YamlValue required(std::string const& key) const {
    YamlValue const value = (*this)[key];
    return value.defined() ? value : layers_.front().required(key);
  }
  friend void accept_keys(LayeredEntry const& entry, std::vector<std::string> const& accepted) {
    for (YamlValue const& layer : entry.layers_)
      accept_keys(layer, accepted);
  }
  [[noreturn]] void fail(std::string const& message) const { layers_.front().fail(message); }

private:
  std::vector<YamlValue> layers_; ///< most specific first
};

/// Entries of a section by the sets of elements to which they apply.
struct Blocks {
  std::vector<std::pair<std::vector<int>, YamlValue>> exact;
  std::vector<std::pair<int, YamlValue>> by_order;

  Blocks(YamlValue const& section, ElementSet const& elements,
         std::vector<std::string> const& other_keys) {
    for (std::string const& key : section.keys()) {
      if (std::find(other_keys.begin(), other_keys.end(), key) != other_keys.end())
        continue;
      if (key.starts_with('(') && !key.ends_with(')')) // YAML ends the key at its comma
        section[key].fail("elements in parentheses must be quoted here, e.g. \"(Al, Ni)\" or "
                          "\"Al Ni\"");
      if (int const order = block_order(key); order >= 0) {
        by_order.emplace_back(order, section[key]);
        continue;
      }
      auto const members = explicit_block(key, elements);
      if (members.empty()) {
        std::string others;
        for (auto const& name : other_keys)
          others += ", " + name;
        section[key].fail("unknown key (expected one of: ALL, UNARY, BINARY, TERNARY, QUATERNARY, "
                          "QUINARY, SENARY, elements like \"Al Ni\"" +
                          others + ")");
      }
      for (auto const& [before, value] : exact)
        if (before == members)
          section[key].fail("duplicate entry: an earlier one names the same elements");
      exact.emplace_back(members, section[key]);
    }
  }

  /// Entries that apply to a set of elements: the explicit one, then the one for its size, then
  /// ALL. Each supplies the keys that those before it lack.
  LayeredEntry governing(std::vector<int> members) const {
    std::sort(members.begin(), members.end());
    std::vector<YamlValue> layers;
    for (auto const& [elements, value] : exact)
      if (elements == members)
        layers.push_back(value);
    for (int const order : {static_cast<int>(members.size()), 0})
      for (auto const& [size, value] : by_order)
        if (size == order)
          layers.push_back(value);
    return LayeredEntry(std::move(layers));
  }

  /// Size of the largest set of elements that an entry names or that its functions can couple.
  std::size_t largest_set(int n_elements) const {
    std::size_t largest = 1;
    auto const take = [&](std::size_t size, YamlValue const& entry) {
      largest = std::max(largest, size);  // so that the keys of this entry are checked as well
      if (entry.has("nradmax_by_orders")) // a function of rank r has at most r + 1 elements
        largest = std::max(largest, entry["nradmax_by_orders"].items().size() + 1);
    };
    for (auto const& [elements, value] : exact)
      take(elements.size(), value);
    for (auto const& [size, value] : by_order)
      take(static_cast<std::size_t>(size), value);
    return std::min<std::size_t>(largest, n_elements);
  }
};

BondSpecification read_bond(LayeredEntry const& entry, double cutoff) {
  accept_keys(entry, keys_of("potential.bonds"));
  BondSpecification bond;
  if (YamlValue const v = entry["radbase"]; v.defined()) {
    try {
      bond.radial.kind = radial_kind(v.text());
    } catch (InputError const& error) {
      v.fail(error.what());
    }
    if (bond.radial.kind == RadialKind::ChebLinear)
      v.fail("ChebLinear is discontinuous at the cutoff and not available for fits (expected "
             "ChebExpCos, ChebPow or SBessel)");
  }
  if (YamlValue const v = entry["radparameters"]; v.defined()) {
    auto const values = v.numbers();
    if (values.size() != 1)
      v.fail("expected a list of one number");
    bond.radial.lambda = values[0];
  }
  bond.radial.cutoff = entry["rcut"].defined() ? entry["rcut"].number() : cutoff;
  if (bond.radial.cutoff > cutoff)
    entry["rcut"].fail("exceeds the top-level cutoff");
  bond.radial.cutoff_width = entry["dcut"].defined() ? entry["dcut"].number() : 0.01;
  if (YamlValue const v = entry["NameOfCutoffFunction"]; v.defined() && v.text() != "cos")
    v.fail("only 'cos' is supported");
  if (YamlValue const v = entry["inner_cutoff_type"]; v.defined()) {
    auto const type = inner_cutoff(v.text());
    if (!type)
      v.fail("expected distance, density or zbl, got '" + v.text() + "'");
    bond.inner_cutoff_type = *type;
  }
  bool const zbl = bond.inner_cutoff_type == InnerCutoff::zbl;
  bond.r_in = entry["r_in"].defined() ? entry["r_in"].number() : 0;
  bond.delta_in = entry["delta_in"].defined() ? entry["delta_in"].number() : zbl ? 0.1 : 0;
  bond.core_prefactor = zbl ? 1 : 0;
  if (zbl && !(bond.r_in > 0 && bond.delta_in > 0))
    entry["inner_cutoff_type"].fail(
        "zbl requires positive r_in and delta_in; to take r_in from the data, leave the inner "
        "cutoff out and set fit.repulsion: zbl");
  if (YamlValue const v = entry["core-repulsion"]; v.defined()) {
    auto const values = v.numbers();
    if (values.size() != 2)
      v.fail("expected a list of two numbers");
    if (values[0] < 0 || !(values[1] > 0))
      v.fail("expected a non-negative prefactor (eV A) and a positive lambda (1/A^2)");
    bond.core_prefactor = values[0];
    bond.core_lambda = values[1];
  }
  try {
    check(bond.effective_radial());
  } catch (InputError const& error) {
    entry.fail(error.what());
  }
  return bond;
}

void check_embeddings(YamlValue const& section, ElementSet const& elements,
                      std::vector<std::string>& ignored) {
  if (!section.defined())
    return;
  Blocks const blocks(section, elements, {});
  for (std::string const& key : section.keys())
    accept_keys(section[key], keys_of("potential.embeddings"));
  for (int e = 0; e < elements.size(); ++e) {
    LayeredEntry const entry = blocks.governing({e});
    if (entry.empty())
      continue;
    if (YamlValue const n = entry["ndensity"]; n.defined() && n.integer() != 1)
      n.fail("only linear models are fitted (expected one density)");
    if (YamlValue const p = entry["fs_parameters"];
        p.defined() && p.numbers() != std::vector<double>{1, 1})
      p.fail("only linear models are fitted (expected [1, 1])");
  }
  ignored.push_back("potential.embeddings");
}

/// A copy of `basis` with the core repulsion of `bonds`. The bonds must otherwise agree, except for
/// the number of radial functions.
std::shared_ptr<AceBasis const> with_bonds(AceBasis const& basis, ElementSet const& elements,
                                           std::vector<BondSpecification> const& bonds,
                                           YamlValue const& potential) {
  ModelSpecification spec = basis.specification();
  if (spec.elements.symbols() != elements.symbols())
    potential["elements"].fail("the factors were assembled for different elements");
  for (std::size_t k = 0; k < bonds.size(); ++k) {
    RadialOptions radial = bonds[k].radial;
    radial.size = spec.bonds[k].radial.size;
    if (!(radial == spec.bonds[k].radial))
      (potential["bonds"].defined() ? potential["bonds"] : potential)
          .fail("the factors were assembled with a different cutoff or different radial functions");
    spec.bonds[k].core_prefactor = bonds[k].core_prefactor;
    spec.bonds[k].core_lambda = bonds[k].core_lambda;
  }
  return std::make_shared<AceBasis const>(std::move(spec));
}

template <class Entry> BlockLimits limits_of(Entry const& entry, int n_elements) {
  std::vector<std::string> accepted = keys_of("potential.functions");
  std::erase(accepted, n_functions_key); // beside the blocks
  accept_keys(entry, accepted);
  BlockLimits limits;
  YamlValue const n = entry.required("nradmax_by_orders"), l = entry.required("lmax_by_orders");
  limits.nradmax = n.integers();
  limits.lmax = l.integers();
  check_limits(limits, n_elements,
               [&](bool radial, std::string const& message) { (radial ? n : l).fail(message); });
  return limits;
}

} // namespace

BlockLimits read_limits(YamlValue const& entry, int n_elements) {
  return limits_of(entry, n_elements);
}

ElementSet read_elements(YamlValue const& names) {
  ElementSet elements;
  try {
    elements = ElementSet(names.texts());
  } catch (InputError const& error) {
    names.fail(error.what());
  }
  if (elements.size() == 0 || elements.size() > 89)
    names.fail("expected 1 to 89 elements");
  return elements;
}

std::shared_ptr<AceBasis const>
read_basis_input(YamlValue const& potential, ElementSet const& elements, double cutoff,
                 AcePotential const* reference, AceBasis const* given, DataForBasis const& training,
                 std::vector<std::string>& ignored, std::vector<std::string>& notes,
                 LargeWork const& large_work) {
  if (potential.has("initial_potential")) // a direct solution has no starting point
    ignored.push_back("potential.initial_potential");
  bool canonical = false;
  if (YamlValue const kind = potential["basis"]; kind.defined()) {
    canonical = kind.text() == "canonical";
    if (!canonical && kind.text() != "self-interacting")
      kind.fail("expected self-interacting or canonical, got '" + kind.text() + "'");
  }
  if (reference && reference->basis->elements().symbols() != elements.symbols())
    potential["elements"].fail("the reference potential has different elements");
  check_embeddings(potential["embeddings"], elements, ignored);

  // Bonds: one per pair, the same in both directions.
  std::vector<BondSpecification> bonds;
  YamlValue const bond_section = potential["bonds"];
  std::optional<Blocks> bond_blocks;
  if (bond_section.defined())
    bond_blocks.emplace(bond_section, elements, std::vector<std::string>{});
  std::optional<double> chosen_lambda;
  auto const lambda_of_data = [&] {
    if (!chosen_lambda) {
      double const close = training.close_distance(cutoff);
      chosen_lambda = default_lambda(close, cutoff);
      notes.push_back(fmt::format("radial functions chosen for distances from {:.2f} A on: "
                                  "ChebExpCos, radparameters: [{}] (choose others with "
                                  "potential.bonds)",
                                  close, *chosen_lambda));
    }
    return *chosen_lambda;
  };
  for (int a = 0; a < elements.size(); ++a)
    for (int b = 0; b < elements.size(); ++b) {
      BondSpecification bond;
      bond.radial.cutoff = cutoff;
      bond.radial.cutoff_width = 0.01;
      if (bond_blocks) {
        LayeredEntry const entry =
            bond_blocks->governing(a == b ? std::vector{a} : std::vector{a, b});
        if (entry.empty())
          bond_section.fail("no entry for " + elements.symbols()[a] + "-" + elements.symbols()[b] +
                            " (expected ALL, UNARY, BINARY or the elements)");
        bond = read_bond(entry, cutoff);
      } else if (reference) {
        bond = reference->basis->specification().bond(a, b);
        bond.coefficients.clear();
      } else if (given) {
        bond.radial.lambda = given->specification().bond(a, b).radial.lambda;
      } else {
        bond.radial.lambda = lambda_of_data();
      }
      bonds.push_back(bond);
    }

  if (!potential["functions"].defined() && given)
    return with_bonds(*given, elements, bonds, potential);
  if (!potential["functions"].defined()) {
    if (canonical)
      potential.required("functions");
    DataAmount const available = training.amount();
    DefaultBasis const chosen = default_basis(elements.size(), available);
    notes.push_back(fmt::format(
        "basis chosen for {}: {}, nradmax_by_orders: [{}], lmax_by_orders: [{}] ({}"
        "choose another with potential.functions)",
        counted(available.n_determining(), "label"), counted(chosen.n_functions, "function"),
        fmt::join(chosen.limits.nradmax, ", "), fmt::join(chosen.limits.lmax, ", "),
        available.lacks_triples
            ? "kept small, since some three elements occur together in no structure: "
              "add structures that contain them, or "
        : chosen.limits.nradmax.size() == 1
            ? "pair functions only, since the data are few: a potential without angles; add "
              "structures, or "
            : ""));
    std::vector<std::optional<BlockLimits>> const every(elements.size(), chosen.limits);
    return build_basis(elements, bonds, make_blocks(elements.size(), every));
  }
  YamlValue const functions = potential.required("functions");
  Blocks const blocks(functions, elements, {n_functions_key});
  for (std::string const& name : functions.keys())
    if (functions[name].has("coefs_init"))
      ignored.push_back("potential.functions." + name + ".coefs_init");
  std::size_t limit = 0;
  if (YamlValue const v = functions[n_functions_key]; v.defined()) {
    if (v.integer() < 1 || v.integer() > 100000000)
      v.fail("expected an integer from 1 to 100000000");
    limit = static_cast<std::size_t>(v.integer());
  }
  std::vector<FunctionBlock> list;
  // A limit is shared among all blocks, including those without functions.
  constexpr int most_sharing = 12;
  if (limit > 0 && elements.size() > most_sharing)
    functions[n_functions_key].fail("is available for up to 12 elements only, since it is shared "
                                    "among all of their combinations");
  std::vector<std::optional<BlockLimits>> const all(
      limit > 0 ? elements.size() : blocks.largest_set(elements.size()), BlockLimits{});
  for (FunctionBlock& block : make_blocks(elements.size(), all))
    if (LayeredEntry const entry = blocks.governing(block.elements); !entry.empty()) {
      block.limits = limits_of(entry, static_cast<int>(block.elements.size()));
      list.push_back(block);
    }
  if (list.empty())
    functions.fail("no block of functions (expected ALL, UNARY, ...)");
  try {
    return build_basis(elements, bonds, list, limit, canonical, large_work);
  } catch (InputError const& error) {
    functions.fail(error.what());
  }
}

} // namespace kolace::detail
