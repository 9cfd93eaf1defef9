#pragma once

#include <kolace/core/types.hpp>
#include <kolace/model/product_plan.hpp>
#include <kolace/model/specification.hpp>
#include <kolace/radial/spline_table.hpp>

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

/// The radial functions of every bond on a device: g_k, their products, and R_nl where the basis
/// has coefficients. Cheap to copy.
template <class Space> struct RadialTables {
  int n_functions = 0; ///< g_k and products, evaluated for each pair
  int stride = 0; ///< 0: R_nl = g_n; else R_nl is row l · stride + n - 1 of a table of its own
  int n_transformed = 0; ///< rows of that table

  Array<RadialBasis const, Space> bonds;   ///< [n_elements^2], center-major
  Array<double const, Space> coefficients; ///< [n_elements^2][l][n][k]; empty if stride is 0
  Array<int const, Space> rows;            ///< row of g_k, [k]; empty: k itself
  Array<RadialProduct const, Space> products;
  Array<SplineEntry const, Space> splines;        ///< [n_elements^2]
  Array<double const, Space> spline_coefficients; ///< empty where evaluated exactly

  /// @param spline_width distance of nodes of spline tables for g_k, Angstrom; 0: the functions
  ///        themselves
  static RadialTables create(Space const& space, ModelSpecification const& spec,
                             RowLayout const& layout, double spline_width);

  KOKKOS_FUNCTION int row(int k) const { return rows.extent(0) > 0 ? rows(k) : k; }
  /// Do functions of rank > 1 use the first g_k as they are, and nothing else?
  KOKKOS_FUNCTION bool is_plain() const {
    return stride == 0 && products.extent(0) == 0 && rows.extent(0) == 0;
  }
  /// Functions g_k that fill rows of their own.
  KOKKOS_FUNCTION int n_plain() const {
    return rows.extent(0) > 0 ? rows.extent_int(0) : n_functions;
  }

  /// g_k and dg_k/dr of one bond at distances r: out(k, g, dg), k < bonds(bond).size() and limit.
  template <class T, class Out>
  KOKKOS_FUNCTION void evaluate(int bond, T r, Out const& out, int limit) const {
    SplineEntry const spline = splines(bond);
    if (spline.n_bins > 0)
      evaluate_spline(spline_coefficients.data() + spline.first, spline.n_bins, spline.per_angstrom,
                      bonds(bond).size(), r, out, limit);
    else
      bonds(bond).evaluate(r, out, limit);
  }
};

} // namespace kolace
