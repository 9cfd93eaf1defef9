#pragma once

#include <kolace/design/detail/reverse_tables.hpp>
#include <kolace/evaluate/center_blocks.hpp>
#include <kolace/model/device_basis.hpp>
#include <kolace/neighbors/neighbor_list.hpp>

namespace kolace {

/// Which rows of a batch are wanted.
struct RowKinds {
  bool energy = true;
  bool forces = true;
  bool virial = true;
};

/// Assembles design rows: what each function contributes to energies, forces and virials of a
/// batch. Holds tables and workspace; one object serves one execution space instance at a time.
///
/// Rows times coefficients, plus E0, equal the Evaluator with the same spline tables.
template <class Space> class DesignAssembler {
public:
  /// @param spline_width node distance of the tables for g_k that the potential will be evaluated
  ///        with, Angstrom; 0: the functions themselves
  DesignAssembler(Space const& space, std::shared_ptr<AceBasis const> basis,
                  double spline_width = 0);

  std::shared_ptr<AceBasis const> const& basis() const { return caller_basis_; }

  /// Workspace of one assembly, doubles per atom; rows not included.
  std::size_t workspace_per_atom(RowKinds kinds) const;

  /// Overwrites columns 0 .. n_functions-1; the last kernels may still run on return.
  ///
  /// @param energy [n_structures][>= n_functions] sum over centers of B
  /// @param forces [3 n_atoms][>= n_functions] row 3 i + x: -d(sum B)/d r_i,x, 1/Angstrom
  /// @param virial [6 n_structures][>= n_functions] row 6 s + v, Voigt: -sum r (x) dB/dr
  /// Views of kinds that are not wanted may be empty.
  /// @pre `list` is complete: every pair of the batch stands in it from both sides
  void operator()(Space const& space, StructureBatch<Space> const& batch,
                  NeighborList<Space> const& list, RowKinds kinds, Matrix<Space> const& energy,
                  Matrix<Space> const& forces, Matrix<Space> const& virial);

private:
  void assemble(Space const& space, StructureBatch<Space> const& batch,
                NeighborList<Space> const& list, RowKinds kinds, Matrix<Space> const& energy,
                Matrix<Space> const& forces, Matrix<Space> const& virial);

  std::shared_ptr<AceBasis const> caller_basis_;
  DeviceBasis<Space> basis_; ///< ordinary; of the expansion where the caller's is canonical
  detail::ReverseTables<Space> reverse_;
  /// CanonicalExpansion on the device; empty for an ordinary basis.
  Array<int const, Space> offsets_, columns_;
  Array<double const, Space> factors_;
  Matrix<Space> ordinary_energy_, ordinary_forces_, ordinary_virial_;
  LaneTable<Space> values_, derivatives_; // workspace, grown on demand
  Matrix<Space> b_values_, strain_;
  Kokkos::View<double**, Kokkos::LayoutRight, typename Space::memory_space> packed_;
};

} // namespace kolace
