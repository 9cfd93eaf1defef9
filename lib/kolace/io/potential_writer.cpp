// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/io/detail/bond_text.hpp>
#include <kolace/io/detail/text.hpp>
#include <kolace/io/potential_file.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <map>
#include <ostream>
#include <set>

namespace kolace {
namespace {

using detail::list_of;
using detail::shortest;

void write_bond(std::ostream& out, BondSpecification const& bond) {
  out << fmt::format("    nradmaxi: {}\n    lmaxi: {}\n", bond.nradmax, bond.lmax)
      << fmt::format("    rcutij: {}\n    dcutij: {}\n", shortest(bond.radial.cutoff),
                     shortest(bond.radial.cutoff_width))
      << "    NameOfCutoffFunctionij: cos\n"
      << fmt::format("    r_in: {}\n    delta_in: {}\n", shortest(bond.r_in),
                     shortest(bond.delta_in))
      << "    inner_cutoff_type: " << inner_cutoff_name(bond.inner_cutoff_type) << "\n"
      << fmt::format("    nradbaseij: {}\n    radbase: {}\n", bond.radial.size,
                     radial_name(bond.radial.kind))
      << "    radparameters: " << list_of({bond.radial.lambda})
      << "\n    radcoefficients: " << detail::radial_coefficients(bond)
      << "\n    core-repulsion: " << list_of({bond.core_prefactor, bond.core_lambda}) << "\n";
}

void write_function(std::ostream& out, BasisFunction const& f, ElementSet const& elements,
                    std::vector<double> const& c) {
  std::vector<std::string> symbols{elements.symbols()[f.center]};
  for (int const s : f.species)
    symbols.push_back(elements.symbols()[s]);
  out << fmt::format("      - {{type: {}, nr: [{}], nl: [{}], ", fmt::join(symbols, " "),
                     fmt::join(f.n, ", "), fmt::join(f.l, ", "));
  if (f.rank() > 2)
    out << fmt::format("lint: [{}], ", fmt::join(f.intermediates, ", "));
  out << "c: " << list_of(c) << "}\n";
}

} // namespace

void write_potential(std::ostream& out, AcePotential const& potential) {
  ModelSpecification const& spec = potential.basis->specification();
  auto const& symbols = spec.elements.symbols();
  nlohmann::json reference;
  for (int e = 0; e < spec.elements.size(); ++e)
    reference[symbols[e]] = potential.reference_energy[e];
  double const bins = potential.spline_width > 0 ? potential.spline_width : 0.001;
  out << "global:\n  DeltaSplineBins: " << shortest(bins) << "\nmetadata:\n  reference_energy: '"
      << reference.dump() << "'\n"
      << (spec.canonical ? "basis: canonical\n" : "") << "species:\n";

  // Blocks by central element and the set of other elements.
  std::map<std::vector<int>, std::vector<std::size_t>> blocks;
  for (int a = 0; a < spec.elements.size(); ++a)
    for (int b = 0; b < spec.elements.size(); ++b)
      blocks[a == b ? std::vector<int>{a} : std::vector<int>{a, b}];
  for (std::size_t i = 0; i < spec.functions.size(); ++i) {
    BasisFunction const& f = spec.functions[i];
    std::set<int> others(f.species.begin(), f.species.end());
    others.erase(f.center);
    std::vector<int> key{f.center};
    key.insert(key.end(), others.begin(), others.end());
    blocks[key].push_back(i);
  }
  for (auto const& [members, functions] : blocks) {
    out << "  - speciesblock: ";
    for (std::size_t k = 0; k < members.size(); ++k)
      out << (k ? " " : "") << symbols[members[k]];
    out << "\n";
    if (members.size() == 1) {
      EmbeddingSpecification const& embedding = spec.embeddings[members[0]];
      out << fmt::format("    ndensityi: {}\n    npoti: {}\n", embedding.n_densities,
                         embedding_name(embedding.function))
          << "    parameters: " << list_of(embedding.parameters) << "\n"
          << fmt::format("    rho_core_cut: {}\n    drho_core_cut: {}\n",
                         shortest(embedding.rho_core_cutoff), shortest(embedding.rho_core_width));
    }
    if (members.size() <= 2)
      write_bond(out, spec.bond(members.front(), members.back()));
    out << (functions.empty() ? "    nbody: []\n" : "    nbody:\n");
    for (std::size_t const i : functions) {
      std::vector<double> c;
      for (int p = 0; p < spec.embeddings[members[0]].n_densities; ++p)
        c.push_back(potential.density(p)[i]);
      write_function(out, spec.functions[i], spec.elements, c);
    }
  }
}

} // namespace kolace
