// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/lanes.hpp>
#include <kolace/core/types.hpp>
#include <kolace/model/ace_potential.hpp>
#include <kolace/model/product_graph.hpp>

namespace kolace {

/// Graph that computes the densities rho_p = sum_f c_pf B_f of a fixed potential from the atomic
/// basis of a center, and their derivatives by reverse accumulation.
///
///   forward      X = W(left, right) for each node, in order of creation
///   contraction  rho = sum over groups of U . (sum_v c_v V); adjoints of U and of every V
///   backward     adjoints of left and right from that of X, in reverse order
///
/// A function is a product U . V of two nodes (or rows of the atomic basis). The nodes are values
/// only, shared by all functions; each has one adjoint, however many functions use it. Functions
/// whose coefficients are all zero are left out. Cheap to copy.
template <class Space, class Scalar = double> struct PotentialGraph {
  /// X = W(left, right), given by first rows and lengths; `coupling` is an index into `couplings`.
  struct Step {
    int out, left, right;
    int n_out, n_left, n_right;
    int coupling;
  };
  /// value times entry x of one vector and entry y of another; x and y are in scalars of a
  /// LaneTable (`stride` times the number of the row).
  struct Term {
    int x, y;
    Scalar value;
  };
  static constexpr int stride = LaneTraits<Space, Scalar>::block;
  /// Ranges of the terms of one coupling, each sorted by the row it adds to:
  /// [product, left)  X_M += W A_m1 B_m2
  /// [left, right)  adjoint of A_m1 += W adjoint_M B_m2
  /// [right, end)  adjoint of B_m2 += W adjoint_M A_m1
  /// `first_run` is the first of the numbers of terms of each row (`runs`), in the same order.
  struct Coupling {
    int product, left, right, end, first_run;
  };
  /// Products of one vector U of `count` rows with the V of entries [first, last).
  struct Group {
    int u, count, first, last;
  };
  struct Element {
    int first_step = 0, last_step = 0;
    int first_group = 0, last_group = 0;
    int first_row = 0, last_row = 0; ///< range in `single_rows`
    int n_rows = 0;
  };

  int max_rows = 0;    ///< largest number of rows of any element: atomic basis, then nodes
  int n_densities = 1; ///< densities of the potential; an element may have fewer
  Array<Element const, Space> elements; ///< [n_elements]
  Array<Step const, Space> steps;
  Array<Coupling const, Space> couplings;
  Array<Term const, Space> terms;
  Array<int const, Space> runs;
  Array<Group const, Space> groups;
  Array<int const, Space> entries;         ///< [n_products] first row of V
  Array<int const, Space> single_rows;     ///< rows of rank 1
  Array<Scalar const, Space> coefficients; ///< [n_products][n_densities], including factors of B
  Array<Scalar const, Space> single_coefficients; ///< [n_single_rows][n_densities]

  /// Creates the tables; returns when they are on the device.
  /// @param layout rows of the atomic basis; if the functions of rank 1 are summed
  /// (`rank1_is_summed`), the first n_densities of layout.n_radial, else as in row_layout()
  static PotentialGraph create(Space const& space, AcePotential const& potential,
                               RowLayout const& layout, bool rank1_is_summed);
};

} // namespace kolace
