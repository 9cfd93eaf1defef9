// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/model/specification.hpp>

#include <memory>
#include <vector>

namespace kolace {

class AceBasis;

/// Expansion of canonical functions (sums over distinct neighbors, CONVENTIONS.md §10) in functions
/// with self-interaction.
///
/// Products of factors on one neighbor are again sums over single neighbors: their harmonics couple
/// to single harmonics (Gaunt coefficients), their radial functions multiply. Hence
///   canonical b = sum over t in [offsets[b], offsets[b + 1]) of factors[t] · function columns[t]
/// of an ordinary basis whose radial functions include the products. Evaluation and assembly work
/// in that basis; only coefficients and columns are combined.
struct CanonicalExpansion {
  std::shared_ptr<AceBasis const> basis; ///< the ordinary basis
  std::vector<int> offsets;    ///< first term of each canonical function [n_functions + 1]
  std::vector<int> columns;    ///< function of `basis` in each term [n_terms]
  std::vector<double> factors; ///< factor of each term [n_terms]

  /// Coefficients in `basis` from those of the canonical functions.
  std::vector<double> coefficients(std::vector<double> const& canonical) const;
};

/// Expands the functions of a canonical basis.
/// @param spec functions sorted by central element
/// @throws InputError for ranks above 3 and for trained radial coefficients
CanonicalExpansion expand_canonical(ModelSpecification const& spec);

} // namespace kolace
