// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/types.hpp>
#include <kolace/model/product_plan.hpp>

#include <vector>

namespace kolace {

/// One term of a coupling of rows: out_M += value · left_m1 · right_m2.
struct CouplingTerm {
  int M, m1, m2;
  double value;
};

/// Coupling out = W(left, right): first row of each of the three vectors, number of rows of `out`,
/// and range of the terms, [first_term, last_term).
struct ProductStep {
  int out, left, right;
  int n_out;
  int first_term, last_term;
};

/// B = factor · sum over m < count of row u + m times row v + m; v < 0: B = row u.
struct FunctionEntry {
  int u, v, count;
  double factor;
};

/// Part of a derivative: dB/dA = alpha · rows [node_row, node_row + count) for A rows [a_row, ...).
struct SlotEntry {
  int a_row, node_row, count;
  double alpha;
};

/// Offsets of one element's entries in the tables below.
struct ElementTables {
  int first_step = 0, last_step = 0;
  int first_function = 0, last_function = 0; ///< columns of design rows
};

/// Products of the atomic basis of every element as steps over rows, and the rows that functions
/// and their derivatives read (ProductPlan). Cheap to copy.
template <class Space> struct ProductGraph {
  int max_rows = 0; ///< largest number of rows of any element

  Array<ElementTables const, Space> elements; ///< [n_elements]
  Array<ProductStep const, Space> steps;
  Array<CouplingTerm const, Space> terms;
  Array<FunctionEntry const, Space> functions; ///< [n_functions]
  Array<int const, Space> slot_offsets;        ///< [n_functions + 1]
  Array<SlotEntry const, Space> slots;

  /// @param plans one per element
  static ProductGraph create(Space const& space, RowLayout const& layout,
                             std::vector<ProductPlan> const& plans);
};

} // namespace kolace
