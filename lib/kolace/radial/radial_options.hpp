// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

namespace kolace {

/// The radial functions of pacemaker (CONVENTIONS.md §1).
enum class RadialKind { ChebExpCos, ChebPow, SBessel, ChebLinear };

/// Kind of a name as in potential files, e.g. "ChebExpCos".
/// @throws InputError for an unknown name
RadialKind radial_kind(std::string const& name);
std::string radial_name(RadialKind kind);

/// Parameters of g_1 .. g_K for one pair of elements.
struct RadialOptions {
  RadialKind kind = RadialKind::ChebExpCos;
  double lambda = 5.25;    ///< ChebExpCos, ChebPow
  double cutoff = 5;       ///< rcut, Angstrom
  double cutoff_width = 0; ///< dcut, Angstrom: taper of ChebExpCos
  int size = 1;            ///< K
  /// Inner cutoff of type `distance`, r_in and delta_in, Angstrom: g vanishes below inner_cutoff -
  /// inner_width. 0: no inner cutoff.
  double inner_cutoff = 0;
  double inner_width = 0;

  bool operator==(RadialOptions const&) const = default;
};

} // namespace kolace
