#pragma once

#include <kolace/core/types.hpp>
#include <kolace/model/ace_basis.hpp>
#include <kolace/model/product_plan.hpp>
#include <kolace/radial/spline_table.hpp>

namespace kolace {

/// Row arithmetic: out_M += value · left_m1 · right_m2.
struct CouplingTerm {
  int M, m1, m2;
  double value;
};

/// out = W(left, right), rows; its terms are [first_term, last_term).
struct ProductStep {
  int out, left, right;
  int n_out;
  int first_term, last_term;
};

/// B = factor · sum of `count` products of rows u, v; v < 0: B = row u.
struct FunctionEntry {
  int u, v, count;
  double factor;
};

/// dB/dA: alpha · rows [node_row, node_row + count) for A rows [a_row, ...).
struct SlotEntry {
  int a_row, node_row, count;
  double alpha;
};

/// Derivative nodes of one owner element that have mu and l in common and are used with n
/// = 1..n_count. In a centre's packed row they stand in tiles of LaneTraits::block, as
/// [tile][m][node of the tile].
struct NodeGroup {
  int l, n_count, size;
  int packed_offset; ///< in the packed row of an owner's centre
  int sum_offset;    ///< in the buffer of sums [n][x][node] of (owner, mu)
};

/// Functions of `owner` that have a slot with element mu: what a neighbor of element mu feels.
struct ReverseRange {
  int first_group = 0, last_group = 0;
  int first_function = 0, last_function = 0; ///< entries of reverse_functions
  int sum_size = 0;                          ///< doubles in the buffer of sums
};

struct ReverseFunction {
  int column;
  int first_slot, last_slot;
};

/// Contribution factor · sums[index + x · stride], x = 0..2.
struct ReverseSlot {
  int index, stride;
  double factor;
};

/// Offsets of one element's entries in the tables below.
struct ElementTables {
  int n_rows = 0;
  int first_step = 0, last_step = 0;
  int first_function = 0, last_function = 0; ///< columns
  int first_packed = 0, n_packed = 0;        ///< packed_source entries
};

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

/// A basis as tables on a device. Cheap to copy.
template <class Space> struct DeviceBasis {
  std::shared_ptr<AceBasis const> basis;
  RowLayout layout;
  int n_functions = 0;
  int max_rows = 0;       ///< rows of the largest element
  int max_packed = 0;     ///< packed row of the largest element
  int max_sums = 0;       ///< largest buffer of sums of any (owner, mu)
  int n_radial_table = 0; ///< g_k evaluated for each pair
  int radial_stride = 0;  ///< 0: R_nl = g_n; else R_nl is entry l · radial_stride + n - 1

  Array<RadialBasis const, Space> bonds;          ///< [n_elements^2]
  Array<double const, Space> radial_coefficients; ///< [n_elements^2][l][n][k]; empty if stride 0
  Array<int const, Space> radial_rows;            ///< row of g_k, [k]; empty: k itself
  Array<RadialProduct const, Space> radial_products;
  Array<SplineEntry const, Space> splines;        ///< [n_elements^2]
  Array<double const, Space> spline_coefficients; ///< empty where evaluated exactly
  Array<double const, Space> harmonic_factors;
  Array<double const, Space> solid_factors;         ///< solid_gradient_factors
  Array<ElementTables const, Space> element_tables; ///< [n_elements]
  Array<ProductStep const, Space> steps;
  Array<CouplingTerm const, Space> terms;
  Array<FunctionEntry const, Space> functions; ///< [n_functions]
  Array<int const, Space> slot_offsets;        ///< [n_functions + 1]
  Array<SlotEntry const, Space> slots;
  Array<int const, Space> rank1_column;  ///< [owner][rank-1 row], -1: none
  Array<int const, Space> packed_source; ///< row or -1
  Array<NodeGroup const, Space> groups;
  Array<ReverseRange const, Space> reverse_ranges; ///< [owner · n_elements + mu]
  Array<ReverseFunction const, Space> reverse_functions;
  Array<ReverseSlot const, Space> reverse_slots;

  KOKKOS_FUNCTION int n_elements() const { return layout.n_elements; }
  KOKKOS_FUNCTION int radial_row(int k) const {
    return radial_rows.extent(0) > 0 ? radial_rows(k) : k;
  }
  /// Do functions of rank > 1 use the first g_k as they are, and nothing else?
  KOKKOS_FUNCTION bool has_plain_radial() const {
    return radial_stride == 0 && radial_products.extent(0) == 0 && radial_rows.extent(0) == 0;
  }
  /// Functions g_k that fill rows of their own.
  KOKKOS_FUNCTION int n_plain() const {
    return radial_rows.extent(0) > 0 ? radial_rows.extent_int(0) : n_radial_table;
  }

  /// g_k and dg_k/dr of one bond at distances r: out(k, g, dg), k < bonds(bond).size() and limit.
  template <class T, class Out>
  KOKKOS_FUNCTION void evaluate_radial(int bond, T r, Out const& out, int limit) const {
    SplineEntry const spline = splines(bond);
    if (spline.n_bins > 0)
      evaluate_spline(spline_coefficients.data() + spline.first, spline.n_bins, spline.per_angstrom,
                      bonds(bond).size(), r, out, limit);
    else
      bonds(bond).evaluate(r, out, limit);
  }

  /// @param spline_width nodes of spline tables for g_k, Angstrom; 0: the functions themselves
  static DeviceBasis create(Space const& space, std::shared_ptr<AceBasis const> basis,
                            double spline_width = 0);
};

} // namespace kolace
