// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/coupling/basis_enumeration.hpp>
#include <kolace/radial/radial_options.hpp>
#include <kolace/structure/element_set.hpp>

#include <optional>
#include <string>
#include <vector>

namespace kolace {

/// Type of a bond's inner cutoff (CONVENTIONS.md §6).
enum class InnerCutoff {
  distance, ///< the radial functions go to zero
  density,  ///< the core density scales the energy
  zbl       ///< ZBL repulsion replaces the energy
};

/// Type of a name as in potential files; nullopt for an unknown name.
std::optional<InnerCutoff> inner_cutoff(std::string const& name);
/// Name of a type in potential files.
std::string inner_cutoff_name(InnerCutoff type);

/// Embedding function f(rho; m) of a density (CONVENTIONS.md §6), by pacemaker's names.
enum class Embedding {
  FinnisSinclair,             ///< sign(rho) |rho|^m, linear close to zero
  FinnisSinclairShiftedScaled ///< |rho|^m far from zero, slope 1 at zero; the identity for m = 1
};

/// Embedding of a name as in potential files; nullopt for an unknown name.
std::optional<Embedding> embedding_function(std::string const& name);
/// Name of an embedding in potential files.
std::string embedding_name(Embedding function);

/// Interaction of an ordered pair of elements.
struct BondSpecification {
  RadialOptions radial; ///< g_k without the inner cutoff; radial.size is nradbase
  int nradmax = 0;      ///< number of R_nl per l
  int lmax = 0;         ///< largest l of R_nl
  /// c_nlk of R_nl = sum_k c_nlk g_k, [nradmax][lmax+1][nradbase] row-major; empty: R_nl = g_n.
  std::vector<double> coefficients;
  InnerCutoff inner_cutoff_type = InnerCutoff::distance; ///< what happens at short distances
  double r_in = 0;                                       ///< inner cutoff, Angstrom
  double delta_in = 0;                                   ///< width of the inner cutoff, Angstrom
  double core_prefactor = 0; ///< prehc of the core repulsion, eV Angstrom (type zbl: factor)
  double core_lambda = 1;    ///< lambdahc of the core repulsion, 1/Angstrom^2 (type zbl: unused)

  /// g_k including the inner cutoff if it acts on them (type distance).
  RadialOptions effective_radial() const;

  bool operator==(BondSpecification const&) const = default; ///< true if all members are equal
};

/// Largest number of densities of an element; an AceBasis refuses more.
inline constexpr int largest_n_densities = 16;

/// Embedding of the densities: F = sum_p w_p f(rho_p; m_p), parameters [w_1, m_1, w_2, m_2, ...].
/// Linear: one density, parameters [1, 1].
struct EmbeddingSpecification {
  int n_densities = 1;                                         ///< densities of this element
  Embedding function = Embedding::FinnisSinclairShiftedScaled; ///< f
  std::vector<double> parameters{1, 1}; ///< [2 n_densities]; exponents m_p are positive
  double rho_core_cutoff = 200000;      ///< core density from which E_ACE is 0, eV
  double rho_core_width = 250;          ///< E_ACE fades over this range below rho_core_cutoff, eV

  bool operator==(EmbeddingSpecification const&) const = default; ///< true if all members are equal
};

/// All that defines a basis, as plain data.
struct ModelSpecification {
  ElementSet elements;                            ///< their indices are the species
  std::vector<EmbeddingSpecification> embeddings; ///< [n_elements]
  std::vector<BondSpecification> bonds;           ///< [n_elements * n_elements], center-major
  std::vector<BasisFunction> functions;           ///< in any order; an AceBasis sorts them
  /// True: sums over distinct neighbors, without self-interaction (CONVENTIONS.md §10).
  bool canonical = false;
  /// Radial functions indexed by n, each a product of the listed g_k (k from 1, ascending). Every
  /// g_k alone is listed, and with each product also its list without the last entry. Empty: n
  /// means g_n.
  std::vector<std::vector<int>> radial_products;

  /// Interaction of a center with a neighbor, by species.
  BondSpecification const& bond(int center, int neighbor) const {
    return bonds[center * elements.size() + neighbor];
  }
};

} // namespace kolace
