#pragma once

#include <kolace/core/types.hpp>
#include <kolace/model/product_plan.hpp>

#include <vector>

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

/// Offsets of one element's entries in the tables below.
struct ElementTables {
  int first_step = 0, last_step = 0;
  int first_function = 0, last_function = 0; ///< columns
};

/// Products of the atomic basis of every element as steps over rows, and what the functions and
/// their derivatives read from the rows (ProductPlan). Cheap to copy.
template <class Space> struct ProductGraph {
  int max_rows = 0; ///< rows of the largest element

  Array<ElementTables const, Space> elements; ///< [n_elements]
  Array<ProductStep const, Space> steps;
  Array<CouplingTerm const, Space> terms;
  Array<FunctionEntry const, Space> functions; ///< [n_functions]
  Array<int const, Space> slot_offsets;        ///< [n_functions + 1]
  Array<SlotEntry const, Space> slots;

  /// @param plans one an element
  static ProductGraph create(Space const& space, RowLayout const& layout,
                             std::vector<ProductPlan> const& plans);
};

} // namespace kolace
