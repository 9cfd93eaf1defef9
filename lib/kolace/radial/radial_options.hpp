#pragma once

#include <string>

namespace kolace {

/// The radial functions of pacemaker (CONVENTIONS.md §1).
enum class RadialKind { ChebExpCos, ChebPow, SBessel, ChebLinear };

/// @throws InputError for a name that is none of them
RadialKind radial_kind(std::string const& name);
std::string radial_name(RadialKind kind);

/// What defines g_1 .. g_K of one pair of elements.
struct RadialOptions {
  RadialKind kind = RadialKind::ChebExpCos;
  double lambda = 5.25;    ///< ChebExpCos, ChebPow
  double cutoff = 5;       ///< rcut, Angstrom
  double cutoff_width = 0; ///< dcut, Angstrom: taper of ChebExpCos
  int size = 1;            ///< K
  /// Inner cutoff of type `distance`: g vanishes below inner_cutoff - inner_width; 0: none.
  double inner_cutoff = 0;
  double inner_width = 0;

  bool operator==(RadialOptions const&) const = default;
};

} // namespace kolace
