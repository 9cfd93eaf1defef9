// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/types.hpp>
#include <kolace/radial/radial_options.hpp>

#include <cstddef>
#include <vector>

namespace kolace {

/// Linear combinations of radial functions with fixed coefficients.
struct RadialSums {
  int count = 0, n_terms = 0;
  double const* coefficients = nullptr; ///< [count][length(n_terms)], RadialBasis::sum_coefficients

  KOKKOS_FUNCTION static int length(int n_terms) { return 2 * n_terms + 1; }
  KOKKOS_FUNCTION double const* of(int p) const {
    return coefficients + static_cast<std::ptrdiff_t>(p) * length(n_terms);
  }
};

/// Radial functions g_1 .. g_K of one pair of elements as plain data for kernels. The options are
/// validated on construction.
class RadialBasis {
public:
  /// @throws InputError if the cutoff, widths, lambda or size are out of range
  explicit RadialBasis(RadialOptions const& options);
  KOKKOS_DEFAULTED_FUNCTION RadialBasis() = default; ///< basis of RadialOptions{}

  KOKKOS_FUNCTION int size() const { return options_.size; }
  KOKKOS_FUNCTION double cutoff() const { return options_.cutoff; }

  /// Evaluates the functions and their derivatives at distances r (Angstrom; a number or a pack):
  /// out(k, g, dg/dr), k from 0, g dimensionless (SBessel: Angstrom^-3/2). Zero for r >= cutoff.
  ///
  /// 9 FLOPs per function and lane for the Chebyshev kinds, and 2 to 4 calls of exp, cos, pow per
  /// lane.
  /// @param limit evaluate at most the first `limit` functions
  template <class T, class Out>
  KOKKOS_FUNCTION void evaluate(T r, Out const& out, int limit = 1 << 30) const {
    evaluate(r, out, limit, RadialSums{}, [](int, T, T) {});
  }

  /// Also evaluates linear combinations: out_sum(p, sum_k c_pk g_k, its derivative), p <
  /// sums.count. 8 FLOPs per function, combination and lane for the Chebyshev kinds.
  template <class T, class Out, class OutSum>
  KOKKOS_FUNCTION void evaluate(T r, Out const& out, int limit, RadialSums const& sums,
                                OutSum const& out_sum) const;

  /// Coefficients of one linear combination in the layout of RadialSums::coefficients,
  /// [length(n_terms)].
  /// @param c factors of g_1, g_2, ...; missing ones up to n_terms are 0
  std::vector<double> sum_coefficients(std::vector<double> c, int n_terms) const;

private:
  RadialOptions options_;
};

} // namespace kolace

#include <kolace/radial/detail/radial_evaluate.hpp>
