// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

namespace kolace {

/// The radial functions of pacemaker (CONVENTIONS.md §1).
enum class RadialKind {
  ChebExpCos, ///< Chebyshev polynomials of an exponential of r, with a cosine cutoff
  ChebPow,    ///< Chebyshev polynomials of a power of 1 - r/rcut
  SBessel,    ///< orthonormal simplified spherical Bessel functions
  ChebLinear  ///< Chebyshev polynomials of r; discontinuous at the cutoff, not for fits
};

/// Kind of a name as in potential files, e.g. "ChebExpCos".
/// @throws InputError for an unknown name
RadialKind radial_kind(std::string const& name);
/// Name of a kind in potential files.
std::string radial_name(RadialKind kind);

/// Parameters of g_1 .. g_K for one pair of elements.
struct RadialOptions {
  RadialKind kind = RadialKind::ChebExpCos; ///< formula of the functions
  double lambda = 5.25;                     ///< dimensionless exponent of ChebExpCos and ChebPow
  double cutoff = 5;                        ///< rcut, Angstrom
  double cutoff_width = 0;                  ///< dcut, Angstrom: taper of ChebExpCos
  int size = 1;                             ///< K
  /// r_in of an inner cutoff of type `distance`, Angstrom: g vanishes below inner_cutoff -
  /// inner_width. 0: no inner cutoff.
  double inner_cutoff = 0;
  double inner_width = 0; ///< delta_in, Angstrom; positive if there is an inner cutoff

  bool operator==(RadialOptions const&) const = default; ///< true if all members are equal
};

/// Throws if the cutoff, widths, lambda or size are out of range.
/// @throws InputError with the first reason
void check(RadialOptions const& options);

} // namespace kolace
