#pragma once

#include <kolace/core/types.hpp>
#include <kolace/model/ace_potential.hpp>
#include <kolace/model/product_graph.hpp>

namespace kolace {

/// What a fixed potential computes of the atomic basis of a center: densities rho_p = sum_f c_pf
/// B_f and their derivatives by reverse accumulation.
///
///   forward      X = W(left, right) for each node, in the order in which they are made
///   contraction  rho = sum over groups of U . (sum_v c_v V); adjoints of U and of every V
///   backward     adjoints of left and right from that of X, in the opposite order
///
/// A function is a product U . V of two nodes (or rows of the atomic basis): nodes are those of
/// values alone, shared by all functions, and each has one adjoint, however many functions need it.
/// Functions whose coefficients are all zero are left out. Cheap to copy.
template <class Space> struct PotentialGraph {
  /// X = W(left, right), rows; its coupling is one of `couplings`.
  struct Step {
    int out, left, right;
    int n_out, n_left, n_right;
    int coupling;
  };
  /// Terms of one coupling, sorted by the row they add to: [product, left) X_M += W A_m1 B_m2;
  /// [left, right) adjoint of A_m1 += W adjoint_M B_m2; [right, end) adjoint of B_m2 +=
  /// W adjoint_M A_m1.
  struct Coupling {
    int product, left, right, end;
  };
  /// Products of one row vector U of `count` rows with those of entries [first, last).
  struct Group {
    int u, count, first, last;
  };
  struct Element {
    int first_step = 0, last_step = 0;
    int first_group = 0, last_group = 0;
    int first_row = 0, last_row = 0; ///< of `single_rows`
    int n_rows = 0;
  };

  int max_rows = 0;    ///< rows of the element that has most: atomic basis, then nodes
  int n_densities = 1; ///< of the potential; an element may use fewer
  Array<Element const, Space> elements; ///< [n_elements]
  Array<Step const, Space> steps;
  Array<Coupling const, Space> couplings;
  Array<CouplingTerm const, Space> terms;
  Array<Group const, Space> groups;
  Array<int const, Space> entries;         ///< first row of V, [n_products]
  Array<int const, Space> single_rows;     ///< of rank 1
  Array<double const, Space> coefficients; ///< [n_products][n_densities], factors of B included
  Array<double const, Space> single_coefficients; ///< [n_single_rows][n_densities]

  /// @param layout rows of the atomic basis; layout.n_radial is n_densities where the functions of
  ///        rank 1 are summed (`rank1_is_summed`), else as row_layout()
  /// Returns when the tables are on the device.
  static PotentialGraph create(Space const& space, AcePotential const& potential,
                               RowLayout const& layout, bool rank1_is_summed);
};

} // namespace kolace
