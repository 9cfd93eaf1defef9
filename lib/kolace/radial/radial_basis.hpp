#pragma once

#include <kolace/core/types.hpp>

#include <string>
#include <vector>

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

/// The same as plain data for kernels, valid by construction.
class RadialBasis {
public:
  /// @throws InputError if the cutoff, widths, lambda or size are out of range
  explicit RadialBasis(RadialOptions const& options);
  KOKKOS_DEFAULTED_FUNCTION RadialBasis() = default; ///< that of RadialOptions{}

  KOKKOS_FUNCTION int size() const { return options_.size; }
  KOKKOS_FUNCTION double cutoff() const { return options_.cutoff; }

  /// Evaluates the functions and their derivatives at distances r (a double or a Pack of them):
  /// out(k, g, dg/dr), k from 0, g dimensionless (SBessel: Angstrom^-3/2). Zero for r >= cutoff.
  ///
  /// 9 FLOPs a function and lane for the Chebyshev kinds, and 2 to 4 calls of exp, cos, pow a lane.
  /// @param limit only the first functions are wanted
  template <class T, class Out>
  KOKKOS_FUNCTION void evaluate(T r, Out const& out, int limit = 1 << 30) const;

private:
  RadialOptions options_;
};

} // namespace kolace

#include <kolace/radial/detail/radial_evaluate.hpp>
