#pragma once

#include <kolace/core/types.hpp>
#include <kolace/radial/radial_options.hpp>

#include <cstddef>
#include <vector>

namespace kolace {

/// Sums of radial functions with fixed coefficients.
struct RadialSums {
  int count = 0, n_terms = 0;
  double const* coefficients = nullptr; ///< [count][length(n_terms)], RadialBasis::sum_coefficients

  KOKKOS_FUNCTION static int length(int n_terms) { return 2 * n_terms + 1; }
  KOKKOS_FUNCTION double const* of(int p) const {
    return coefficients + static_cast<std::ptrdiff_t>(p) * length(n_terms);
  }
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
  KOKKOS_FUNCTION void evaluate(T r, Out const& out, int limit = 1 << 30) const {
    evaluate(r, out, limit, RadialSums{}, [](int, T, T) {});
  }

  /// Also sums of functions: out_sum(p, sum_k c_pk g_k, its derivative), p < sums.count.
  /// 8 FLOPs a function, sum and lane for the Chebyshev kinds.
  template <class T, class Out, class OutSum>
  KOKKOS_FUNCTION void evaluate(T r, Out const& out, int limit, RadialSums const& sums,
                                OutSum const& out_sum) const;

  /// RadialSums::coefficients of one sum of `n_terms` functions, of which c names the first.
  std::vector<double> sum_coefficients(std::vector<double> c, int n_terms) const;

private:
  RadialOptions options_;
};

} // namespace kolace

#include <kolace/radial/detail/radial_evaluate.hpp>
