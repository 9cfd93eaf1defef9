#pragma once

#include <kolace/evaluate/evaluator.hpp>

namespace kolace {

/// Atoms and neighbor lists as molecular dynamics codes keep them, in memory of the host: nothing
/// needs to be contiguous, lists may hold neighbors beyond the cutoff (a skin), and centers are any
/// atoms in any order.
/// @pre lists are full: every neighbor within the cutoff stands in the list of each center
struct PointerLists {
  int n_atoms = 0;                   ///< ghosts too
  double const* positions = nullptr; ///< [n_atoms][3], Angstrom
  int const* species = nullptr;      ///< [n_atoms]; negative: an atom that is not of the potential
  int n_centers = 0;
  int const* centers = nullptr;          ///< [n_centers] their indices
  int const* n_neighbors = nullptr;      ///< [by index of a center]
  int const* const* neighbors = nullptr; ///< [by index of a center][n_neighbors]
  int mask = -1;                         ///< bits of a neighbor's entry that are its index
};

/// Evaluates a potential on such lists. Neighbors within the cutoff are gathered on the host's
/// threads into memory that is kept (two passes over the lists, about 14 ns an entry and thread)
/// and go to the device where that is another; results come back to the host.
template <class Space> class PointerListEvaluator {
public:
  PointerListEvaluator(Space const& space, AcePotential const& potential);

  AcePotential const& potential() const { return evaluator_.potential(); }

  /// @throws std::invalid_argument for a center that is no atom of the potential or stands twice, a
  ///         species that the potential lacks, or a neighbor that is no atom
  void operator()(Space const& space, PointerLists const& lists);

  /// Of the last call: energies and virials of the k-th center, forces on the atom atoms()[a].
  HostResults const& results() const { return results_; }
  /// Of the last call: the centers in their order, then the other atoms that forces act on.
  std::vector<int> const& atoms() const { return atoms_; }

private:
  template <class T> using OnHost = Kokkos::View<T, Kokkos::LayoutRight, Kokkos::HostSpace>;

  void order_atoms(PointerLists const& lists);
  void gather(PointerLists const& lists);

  Evaluator<Space> evaluator_;
  double cutoff_;
  std::vector<int> atoms_, place_; ///< and where each of the caller's atoms stands in it
  OnHost<int*> species_;
  OnHost<std::size_t*> row_offsets_;
  OnHost<int*> neighbors_;
  OnHost<double* [3]> displacements_;
  AtomicResults<Space> device_results_;
  HostResults results_;
};

} // namespace kolace
