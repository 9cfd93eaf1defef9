// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/types.hpp>
#include <kolace/model/ace_basis.hpp>
#include <kolace/neighbors/neighbor_list.hpp>

#include <memory>

namespace kolace {

/// Kinds of rows to assemble for a batch.
struct RowKinds {
  bool energy = true; ///< one row per structure
  bool forces = true; ///< three rows per atom
  bool virial = true; ///< six rows per structure
};

/// Assembles design rows: the contribution of each function to the energies, forces and virials of
/// a batch. Owns tables and workspace; an object must be used by one execution space instance at a
/// time. Movable, not copyable.
///
/// Rows times coefficients, plus E0, equal the result of an Evaluator with the same spline tables.
template <class Space> class DesignAssembler {
public:
  /// @param spline_width node distance, in Angstrom, of the spline tables for g_k with which the
  ///   potential will be evaluated; 0: g_k is evaluated exactly
  DesignAssembler(Space const& space, std::shared_ptr<AceBasis const> basis,
                  double spline_width = 0);
  /// @cond
  ~DesignAssembler();
  DesignAssembler(DesignAssembler&&) noexcept;
  DesignAssembler& operator=(DesignAssembler&&) noexcept;
  /// @endcond

  /// The basis passed to the constructor; column b of the rows belongs to its function b.
  std::shared_ptr<AceBasis const> const& basis() const;

  /// Workspace of one assembly, in doubles per atom, without the rows themselves.
  std::size_t workspace_per_atom(RowKinds kinds) const;

  /// Overwrites columns 0 .. n_functions-1. Asynchronous: the last kernels may still run on return.
  ///
  /// @param energy [n_structures][>= n_functions] sum over centers of B
  /// @param forces [3 n_atoms][>= n_functions] row 3 i + x: -d(sum B)/d r_i,x, 1/Angstrom
  /// @param virial [6 n_structures][>= n_functions] row 6 s + v, Voigt: -sum r (x) dB/dr
  /// Views of kinds that are not wanted may be empty.
  /// @pre `list` is complete: it contains every pair of the batch from both sides
  /// @throws std::invalid_argument if a wanted View is too small
  void operator()(Space const& space, StructureBatch<Space> const& batch,
                  NeighborList<Space> const& list, RowKinds kinds, Matrix<Space> const& energy,
                  Matrix<Space> const& forces, Matrix<Space> const& virial);

  /// B of every atom [n_atoms][n_functions].
  /// @throws InputError for a canonical basis, whose functions are not sums over centers
  Matrix<Space> basis_values(Space const& space, StructureBatch<Space> const& batch,
                             NeighborList<Space> const& list) const;

private:
  class Tables;
  std::unique_ptr<Tables> tables_;
};

} // namespace kolace
