// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/evaluate/center_blocks.hpp>
#include <kolace/evaluate/detail/pair_store.hpp>
#include <kolace/model/device_basis.hpp>
#include <kolace/neighbors/neighbors_view.hpp>

namespace kolace {

/// Derivatives of the atomic basis, summed over a center's neighbors.
enum class AtomicDerivatives {
  none = 0,
  gradient = 3,            ///< sum_j d phi / d r_j: x, y, z
  gradient_and_strain = 9, ///< also sum_j r_j (x) d phi / d r_j: xx yy zz yz xz xy
};

/// Computes the atomic basis of blocks of centers (CONVENTIONS.md §3, real harmonics; rows:
/// RowLayout): A_mu k = sum_j g_k(r_j), A_mu n lm = sum_j R_nl(r_j) Y_lm(r_j).
///
/// @param values [>= n_blocks][>= n_a_rows][block]; the A rows are overwritten
/// @param derivatives [>= n_blocks][components · n_a_rows][block], row c · n_a_rows + row of A;
/// unused for AtomicDerivatives::none
/// Scalar: double, or float without derivatives.
/// @param rank1 false: A_mu k are set to zero, and only those g_k are evaluated that other ranks
/// use
/// @param store receives the pairs of the centers, unless its capacity is zero
/// @return false if there was nothing to sum; nothing is stored then
template <class Space, class Scalar>
bool compute_atomic_basis(Space const& space, DeviceBasis<Space, Scalar> const& basis,
                          NeighborsView<Space> const& pairs,
                          CenterBlocks<Space, Scalar> const& blocks,
                          LaneTable<Space, Scalar> const& values, AtomicDerivatives which,
                          LaneTable<Space, Scalar> const& derivatives, bool rank1 = true,
                          detail::PairStore<Space, Scalar> const& store = {});

/// Computes all products of the atomic basis: the node rows after the A rows of `values`.
template <class Space>
void compute_products(Space const& space, DeviceBasis<Space> const& basis,
                      CenterBlocks<Space> const& blocks, LaneTable<Space> const& values);

/// Computes B values from complete rows: b_values(center, column). Columns of other elements are
/// set to zero for a center.
template <class Space>
void collect_b_values(Space const& space, DeviceBasis<Space> const& basis,
                      CenterBlocks<Space> const& blocks, LaneTable<Space> const& values,
                      Matrix<Space> const& b_values);

/// B values of all centers: [n_centers][n_functions].
template <class Space>
Matrix<Space> compute_b_values(Space const& space, DeviceBasis<Space> const& basis,
                               NeighborsView<Space> const& pairs);

} // namespace kolace
