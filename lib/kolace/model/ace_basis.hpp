// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/model/canonical.hpp>
#include <kolace/model/specification.hpp>

#include <memory>
#include <string>
#include <vector>

namespace kolace {

/// A validated basis: the functions of every element and all that defines them. Immutable.
///
/// Column b of design rows belongs to function b; functions of one central element are contiguous.
class AceBasis {
public:
  /// Validates the functions and sorts them by central element (stable).
  /// @throws InputError if a function refers to radial functions or elements that do not exist, its
  /// couplings violate a triangle rule, the two directions of a bond differ, embeddings are
  /// invalid, inner cutoffs of type zbl are mixed with others, or the basis is canonical with ranks
  /// above 3
  explicit AceBasis(ModelSpecification specification);

  /// The specification with its functions sorted.
  ModelSpecification const& specification() const { return specification_; }
  /// Elements of the model; their indices are the species.
  ElementSet const& elements() const { return specification_.elements; }
  /// Functions in the order of the columns.
  std::vector<BasisFunction> const& functions() const { return specification_.functions; }
  /// Number of functions.
  int size() const { return static_cast<int>(specification_.functions.size()); }
  /// Expansion of canonical functions in ordinary ones; null for an ordinary basis.
  CanonicalExpansion const* expansion() const { return expansion_.get(); }
  /// True if the basis can be fitted: one density with the identity as embedding, no core
  /// repulsion.
  bool is_linear() const;
  /// True for sums over distinct neighbors (CONVENTIONS.md §10).
  bool is_canonical() const { return specification_.canonical; }
  /// Index of an element's first function; for elements().size(), the number of functions.
  int first_function(int species) const { return first_function_[species]; }
  /// Largest cutoff of any pair, Angstrom.
  double cutoff() const;
  /// Cutoff of a pair of elements: the larger of the two directions, Angstrom.
  double cutoff(int a, int b) const;
  /// Largest rank (body order minus 1) of any function.
  int max_rank() const;

  /// Number of rank-1 functions that are redundant for total energies: the sum of g_k(r_ij) over
  /// pairs A-B is the same from A and from B, so one of the two coefficients is undetermined.
  int n_duplicate_pair_functions() const;

private:
  ModelSpecification specification_;
  std::vector<int> first_function_;
  std::shared_ptr<CanonicalExpansion const> expansion_;
};

/// Checks that a function fits the radial functions, elements and couplings of `spec`.
/// @throws InputError with the reason if it does not
void check_function(ModelSpecification const& spec, BasisFunction const& f);

/// One line of text for a function: "C  n 1 2  l 1 1  L -".
std::string describe(BasisFunction const& function, ElementSet const& elements);

} // namespace kolace
