#pragma once

#include <kolace/model/canonical.hpp>
#include <kolace/model/specification.hpp>

#include <memory>
#include <string>
#include <vector>

namespace kolace {

/// A valid basis: the functions of every element and what they are made of. Immutable.
///
/// Column b of design rows belongs to function b; functions of one central element are adjacent.
class AceBasis {
public:
  /// Checks and orders the functions by central element (stable).
  /// @throws InputError if a function refers to radial functions or elements that do not exist, its
  /// couplings break a triangle rule, the two directions of a bond differ, embeddings have no
  /// meaning, inner cutoffs of type zbl are mixed with others, or the basis is canonical with ranks
  /// above 3
  explicit AceBasis(ModelSpecification specification);

  ModelSpecification const& specification() const { return specification_; }
  ElementSet const& elements() const { return specification_.elements; }
  std::vector<BasisFunction> const& functions() const { return specification_.functions; }
  int size() const { return static_cast<int>(specification_.functions.size()); }
  /// How canonical functions are made of ordinary ones; null for an ordinary basis.
  CanonicalExpansion const* expansion() const { return expansion_.get(); }
  /// One density, no function of it, no core repulsion: what can be fitted.
  bool is_linear() const;
  bool is_canonical() const { return specification_.canonical; }
  /// First function of an element; of elements().size(): the number of functions.
  int first_function(int species) const { return first_function_[species]; }
  /// Largest cutoff of any pair, Angstrom.
  double cutoff() const;
  /// Of atoms of two elements, the larger of both directions, Angstrom.
  double cutoff(int a, int b) const;
  /// Largest rank (body order minus 1) of any function.
  int max_rank() const;

  /// Rank-1 functions that say nothing new about total energies: sum_j g_k(r_ij) over pairs A-B is
  /// the same from A and from B, so one of the two coefficients is free.
  int n_duplicate_pair_functions() const;

private:
  ModelSpecification specification_;
  std::vector<int> first_function_;
  std::shared_ptr<CanonicalExpansion const> expansion_;
};

/// Does a function fit the radial functions, elements and couplings that `spec` has?
/// @throws InputError saying what does not
void check_function(ModelSpecification const& spec, BasisFunction const& f);

/// One line of text for a function: "C  n 1 2  l 1 1  L -".
std::string describe(BasisFunction const& function, ElementSet const& elements);

} // namespace kolace
