// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/types.hpp>
#include <kolace/coupling/clebsch_gordan.hpp>
#include <kolace/coupling/coupling_tree.hpp>
#include <kolace/model/ace_basis.hpp>

#include <map>
#include <tuple>
#include <vector>

namespace kolace {

/// Layout of the values of one center: rows of a table with one column per center.
///
/// Rows [0, n_elements·n_radial) are A_mu k of rank 1. A_mu n lm (real harmonics) and the nodes
/// follow.
struct RowLayout {
  int n_elements = 0;
  int n_radial = 0; ///< largest rank-1 n; PairSums::count if rank 1 is summed
  int n_max = 0;    ///< largest n in functions of rank > 1
  int l_max = 0;    ///< largest l in functions of rank > 1

  KOKKOS_FUNCTION int n_harmonics() const { return (l_max + 1) * (l_max + 1); }
  KOKKOS_FUNCTION int rank1_row(int mu, int k) const { return mu * n_radial + k; }
  KOKKOS_FUNCTION int first_a_row() const { return n_elements * n_radial; }
  /// Row of A_mu n l,m with m = -l (n from 1).
  KOKKOS_FUNCTION int a_row(int mu, int n, int l) const {
    return first_a_row() + (mu * n_max + n - 1) * n_harmonics() + l * l;
  }
  KOKKOS_FUNCTION int n_a_rows() const {
    return first_a_row() + n_elements * n_max * n_harmonics();
  }
};

RowLayout row_layout(AceBasis const& basis);

/// Products of one central element as a graph in which every node couples two earlier ones.
///
/// A node is a vector X_M, M = -L..L, in real form (clebsch_gordan.hpp). The derivative of a
/// function with respect to the factor A_mu n l is also a node (the tree seen from that leaf) and
/// does not depend on the factor's own mu and n: functions share nodes and derivatives.
///
/// Example: B = ((A_1,1 A_1,2)_1 A_2,1)_0, a function of rank 3 of one element (A_n,l), in a
/// layout with n_radial = n_max = l_max = 2, i.e. nine rows of harmonics for each n:
///
///   rows   0 1 |  2  | 3 .. 5 | 6 .. 10 | 11  | 12..14 | 15..19 | 20..22 | 23..25 | 26..30
///          A_k |A_1,0| A_1,1  |  A_1,2  |A_2,0| A_2,1  | A_2,2  |   P    |   Q    |   S
///
///   nodes     P = (A_1,1 A_1,2)_1    the product itself
///             Q = (A_1,2 A_2,1)_1    the tree seen from the leaf A_1,1
///             S = (A_1,1 A_2,1)_2    the tree seen from the leaf A_1,2
///   function  u = 20 (P), v = 12 (A_2,1), count = 3
///   slots     dB/dA_2,1 += alpha P    dB/dA_1,1 += alpha Q    dB/dA_1,2 += alpha S
class ProductPlan {
public:
  struct Node {
    int row;         ///< first row
    int l;           ///< 2 l + 1 rows
    int left, right; ///< nodes, -1 for leaves
  };
  /// B = factor · sum_M U_M V_M; rank 1: B = row `u`, v = -1.
  struct Function {
    int u, v;  ///< first rows
    int count; ///< 2 L + 1
    double factor;
  };
  /// dB/dA_mu n l,m += alpha · node_m.
  struct Slot {
    int function; ///< within the element
    int mu, n, l;
    int node;
    double alpha;
  };

  /// Plan for the values and derivatives of all functions.
  ProductPlan(AceBasis const& basis, int species, RowLayout const& layout);

  /// Plan for the values of those functions of rank > 1 that are `wanted` [basis.size()]. Nodes
  /// that only other functions need are left out, and functions of rank 3 couple the pair that
  /// needs the fewest nodes. All functions of the element have an entry; count 0: not in the plan.
  static ProductPlan of_values(AceBasis const& basis, int species, RowLayout const& layout,
                               std::vector<bool> const& wanted);

  std::vector<Node> const& nodes() const { return nodes_; }
  std::vector<Function> const& functions() const { return functions_; }
  std::vector<Slot> const& slots() const { return slots_; }
  int n_rows() const { return n_rows_; }

private:
  struct Scaled {
    int node; ///< -1: zero
    double factor;
  };
  explicit ProductPlan(RowLayout const& layout) : layout_(layout), n_rows_(layout.n_a_rows()) {}
  int leaf(int mu, int n, int l);
  Scaled couple(int x, int y, int L);
  void add_function(BasisFunction const& f);
  Function add_value(BasisFunction const& f);
  Function add_triple(BasisFunction const& f);
  std::vector<Scaled> add_items(BasisFunction const& f, CouplingTree const& tree,
                                std::vector<int>& l, double& sign);
  std::vector<RealCouplingEntry> const& tensor(int l1, int l2, int L);

  RowLayout layout_;
  int n_rows_;
  std::vector<Node> nodes_;
  std::vector<Function> functions_;
  std::vector<Slot> slots_;
  std::map<int, int> leaf_of_row_;
  std::map<std::tuple<int, int, int>, int> node_of_pair_;
  std::map<std::tuple<int, int, int>, std::vector<RealCouplingEntry>> tensors_;
};

/// One plan per element.
std::vector<ProductPlan> product_plans(AceBasis const& basis);

} // namespace kolace
