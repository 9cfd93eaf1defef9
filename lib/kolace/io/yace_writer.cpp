// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/io/detail/bond_text.hpp>
#include <kolace/io/potential_file.hpp>
#include <kolace/model/c_basis.hpp>

#include <kolace/core/contracts.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <ostream>

namespace kolace {
namespace {

using detail::list_of;
using detail::shortest;

void write_bond(std::ostream& out, int a, int b, BondSpecification const& bond) {
  out << fmt::format("  [{}, {}]: {{nradmax: {}, lmax: {}, nradbasemax: {}, radbasename: {}, "
                     "radparameters: {}, radcoefficients: {}",
                     a, b, bond.nradmax, bond.lmax, bond.radial.size, radial_name(bond.radial.kind),
                     list_of({bond.radial.lambda}), detail::radial_coefficients(bond));
  out << fmt::format(", prehc: {}, lambdahc: {}, rcut: {}, dcut: {}, rcut_in: {}, dcut_in: {}, "
                     "inner_cutoff_type: {}}}\n",
                     shortest(bond.core_prefactor), shortest(bond.core_lambda),
                     shortest(bond.radial.cutoff), shortest(bond.radial.cutoff_width),
                     shortest(bond.r_in), shortest(bond.delta_in),
                     inner_cutoff_name(bond.inner_cutoff_type));
}

} // namespace

void write_yace(std::ostream& out, AcePotential const& potential) {
  std::vector<CBasisFunction> const functions = to_c_basis(potential);
  ModelSpecification const& spec = potential.basis->specification();
  int const n = spec.elements.size();
  double const bins = potential.spline_width > 0 ? potential.spline_width : 0.001;
  out << fmt::format("elements: [{}]\nE0: {}\ndeltaSplineBins: {}\nembeddings:\n",
                     fmt::join(spec.elements.symbols(), ", "), list_of(potential.reference_energy),
                     shortest(bins));
  for (int e = 0; e < n; ++e) {
    EmbeddingSpecification const& embedding = spec.embeddings[e];
    out << fmt::format("  {}: {{ndensity: {}, FS_parameters: {}, npoti: {}, rho_core_cutoff: {}, "
                       "drho_core_cutoff: {}}}\n",
                       e, embedding.n_densities, list_of(embedding.parameters),
                       embedding_name(embedding.function), shortest(embedding.rho_core_cutoff),
                       shortest(embedding.rho_core_width));
  }
  out << "bonds:\n";
  for (int a = 0; a < n; ++a)
    for (int b = 0; b < n; ++b)
      write_bond(out, a, b, spec.bond(a, b));
  out << "functions:\n";
  auto next = functions.begin();
  for (int e = 0; e < n; ++e) {
    bool const none = next == functions.end() || next->center != e;
    out << "  " << e << (none ? ": []\n" : ":\n");
    for (; next != functions.end() && next->center == e; ++next) {
      KOLACE_EXPECT(next->m.size() * next->n_densities == next->c.size() * next->n.size(),
                    next->m.size(), next->c.size(), next->n_densities, next->n.size());
      out << fmt::format(
          "    - {{mu0: {}, rank: {}, ndensity: {}, num_ms_combs: {}, mus: [{}], ns: "
          "[{}], ls: [{}], ms_combs: [{}], ctildes: {}}}\n",
          e, next->rank(), next->n_densities, next->c.size() / next->n_densities,
          fmt::join(next->species, ", "), fmt::join(next->n, ", "), fmt::join(next->l, ", "),
          fmt::join(next->m, ", "), list_of(next->c));
    }
  }
  KOLACE_ENSURE(next == functions.end(), next - functions.begin(), functions.size());
}

} // namespace kolace
