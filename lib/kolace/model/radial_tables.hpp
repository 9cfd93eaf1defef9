#pragma once

#include <kolace/core/types.hpp>
#include <kolace/model/product_plan.hpp>
#include <kolace/model/specification.hpp>
#include <kolace/radial/spline_table.hpp>

#include <vector>

namespace kolace {

/// Where one bond's spline stands among all of them; n_bins 0: evaluated exactly.
struct SplineEntry {
  std::size_t first = 0;
  int n_bins = 0;
  double per_angstrom = 0;
};

/// Radial function `row` = functions `left` and `right`, multiplied.
struct RadialProduct {
  int row, left, right;
};

/// Rank 1 of a potential: sum_k c_k g_k of every bond and density, with its coefficients.
struct PairSums {
  int count = 0;                                 ///< densities; 0: g_k stay apart
  std::vector<std::vector<double>> coefficients; ///< [n_elements^2 · count], center-major: c_k
};

/// The radial functions of every bond on a device: g_k, their products, and R_nl where the basis
/// has coefficients. Cheap to copy.
template <class Space> struct RadialTables {
  int n_functions = 0; ///< g_k and products, evaluated for each pair
  int stride = 0; ///< 0: R_nl = g_n; else R_nl is row l · stride + n - 1 of a table of its own
  int n_transformed = 0;       ///< rows of that table
  int n_sums = 0, n_terms = 0; ///< PairSums of each bond, and the functions in one

  Array<RadialBasis const, Space> bonds;   ///< [n_elements^2], center-major
  Array<double const, Space> coefficients; ///< [n_elements^2][l][n][k]; empty if stride is 0
  Array<int const, Space> rows;            ///< row of g_k, [k]; empty: k itself
  Array<RadialProduct const, Space> products;
  Array<SplineEntry const, Space> splines;        ///< [n_elements^2]
  Array<double const, Space> spline_coefficients; ///< empty where evaluated exactly
  Array<double const, Space> sum_coefficients;    ///< RadialSums, [n_elements^2][n_sums][length]
  Array<SplineEntry const, Space> sum_splines;    ///< the same as tables, [n_elements^2]
  Array<double const, Space> sum_spline_coefficients; ///< [bond][n_bins][n_sums][4]

  /// @param spline_width distance of nodes of spline tables for g_k, Angstrom; 0: the functions
  ///        themselves
  /// @param sums count > 0: rank 1 is summed, and of the g_k only those are kept that functions of
  ///        higher rank use (layout.n_max)
  static RadialTables create(Space const& space, ModelSpecification const& spec,
                             RowLayout const& layout, double spline_width,
                             PairSums const& sums = {});

  KOKKOS_FUNCTION int row(int k) const { return rows.extent(0) > 0 ? rows(k) : k; }
  /// Do functions of rank > 1 use the first g_k as they are, and nothing else?
  KOKKOS_FUNCTION bool is_plain() const {
    return stride == 0 && products.extent(0) == 0 && rows.extent(0) == 0;
  }
  /// Functions g_k that fill rows of their own.
  KOKKOS_FUNCTION int n_plain() const {
    return rows.extent(0) > 0 ? rows.extent_int(0) : n_functions;
  }

  /// g_k and dg_k/dr of one bond at distances r: out(k, g, dg), k < bonds(bond).size() and limit;
  /// the first `sums` of its sums: out_sum(p, sum, slope).
  template <class T, class Out, class OutSum>
  KOKKOS_FUNCTION void evaluate(int bond, T r, Out const& out, int limit, int sums,
                                OutSum const& out_sum) const {
    SplineEntry const spline = splines(bond);
    if (spline.n_bins > 0) {
      evaluate_spline(spline_coefficients.data() + spline.first, spline.n_bins, spline.per_angstrom,
                      bonds(bond).size(), r, out, limit);
      if (sums > 0) {
        SplineEntry const sum = sum_splines(bond);
        evaluate_spline(sum_spline_coefficients.data() + sum.first, sum.n_bins, sum.per_angstrom,
                        n_sums, r, out_sum, sums);
      }
    } else {
      double const* const first = sum_coefficients.data() + static_cast<std::size_t>(bond) *
                                                                n_sums *
                                                                RadialSums::length(n_terms);
      bonds(bond).evaluate(r, out, limit, {sums, n_terms, first}, out_sum);
    }
  }
};

} // namespace kolace
