// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/types.hpp>
#include <kolace/model/product_plan.hpp>
#include <kolace/model/specification.hpp>
#include <kolace/radial/spline_table.hpp>

#include <functional>
#include <utility>
#include <vector>

namespace kolace {

/// Location of one bond's spline among the coefficients of all splines; n_bins 0: evaluated
/// exactly.
struct SplineEntry {
  std::size_t first = 0;
  int n_bins = 0;
  double per_angstrom = 0;
};

/// Radial function `row` is the product of functions `left` and `right`.
struct RadialProduct {
  int row, left, right;
};

/// A function of the distance (Angstrom): value and derivative.
using PairFunction = std::function<std::pair<double, double>(double r)>;

/// Rank-1 part of a potential: sum_k c_k g_k for every bond and density, coefficients included, and
/// perhaps one more function of each pair, which is only tabulated.
struct PairSums {
  int count = 0; ///< number of densities, and one for `further`; 0: g_k are not summed
  std::vector<std::vector<double>> coefficients; ///< [n_elements^2 · count], center-major: c_k
  std::vector<PairFunction> further;             ///< [n_elements^2] the last sum; may be empty
};

/// Radial functions of every bond on a device: g_k, their products, and R_nl if the basis has
/// radial coefficients. Scalar: type of the values. Cheap to copy.
template <class Space, class Scalar = double> struct RadialTables {
  int n_functions = 0; ///< g_k and products evaluated for each pair
  int stride = 0;      ///< 0: R_nl = g_n; else R_nl is row l · stride + n - 1 of a separate table
  int n_transformed = 0;       ///< rows of that table
  int n_sums = 0, n_terms = 0; ///< number of PairSums per bond; terms per sum

  Array<RadialBasis const, Space> bonds;   ///< [n_elements^2], center-major
  Array<Scalar const, Space> coefficients; ///< [n_elements^2][l][n][k]; empty if stride is 0
  Array<int const, Space> rows;            ///< [k] row of g_k; empty: row k
  Array<RadialProduct const, Space> products;
  Array<SplineEntry const, Space> splines;        ///< [n_elements^2]
  Array<Scalar const, Space> spline_coefficients; ///< empty if evaluated exactly
  Array<double const, Space> sum_coefficients;    ///< RadialSums, [n_elements^2][n_sums][length]
  Array<SplineEntry const, Space> sum_splines;    ///< splines of these sums, [n_elements^2]
  Array<Scalar const, Space> sum_spline_coefficients; ///< [bond][n_bins + 1][n_sums][4]

  /// @param spline_width node distance of the spline tables of g_k, Angstrom; 0: evaluate the
  /// functions exactly
  /// @param sums count > 0: rank 1 is summed, and only those g_k are kept that functions of higher
  /// rank use (layout.n_max)
  /// @param sum_width the node distance of the tables of these sums
  static RadialTables create(Space const& space, ModelSpecification const& spec,
                             RowLayout const& layout, double spline_width,
                             PairSums const& sums = {}, double sum_width = 0);

  KOKKOS_FUNCTION int row(int k) const { return rows.extent(0) > 0 ? rows(k) : k; }
  /// True if functions of rank > 1 use only the first g_k, untransformed.
  KOKKOS_FUNCTION bool is_plain() const {
    return stride == 0 && products.extent(0) == 0 && rows.extent(0) == 0;
  }
  /// Number of functions g_k that have rows of their own.
  KOKKOS_FUNCTION int n_plain() const {
    return rows.extent(0) > 0 ? rows.extent_int(0) : n_functions;
  }

  /// g_k and dg_k/dr of one bond at distances r (Angstrom): out(k, g, dg), k <
  /// min(bonds(bond).size(), limit). Also the first `sums` sums of the bond: out_sum(p, sum, its
  /// derivative).
  template <class T, class Out, class OutSum>
  KOKKOS_FUNCTION void evaluate(int bond, T r, Out const& out, int limit, int sums,
                                OutSum const& out_sum) const {
    SplineEntry const spline = splines(bond);
    if (sums > 0 && sum_splines.extent(0) > 0) {
      SplineEntry const sum = sum_splines(bond);
      evaluate_spline(sum_spline_coefficients.data() + sum.first, sum.n_bins, sum.per_angstrom,
                      n_sums, r, out_sum, sums);
      sums = 0;
    }
    if (spline.n_bins > 0) {
      evaluate_spline(spline_coefficients.data() + spline.first, spline.n_bins, spline.per_angstrom,
                      bonds(bond).size(), r, out, limit);
    } else {
      double const* const first = sum_coefficients.data() + static_cast<std::size_t>(bond) *
                                                                n_sums *
                                                                RadialSums::length(n_terms);
      bonds(bond).evaluate(r, out, limit, {sums, n_terms, first}, out_sum);
    }
  }
};

} // namespace kolace
