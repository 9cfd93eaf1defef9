#pragma once

#include <kolace/evaluate/evaluator.hpp>
#include <kolace/evaluate/extrapolation.hpp>

#include <optional>
#include <vector>

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

/// Where results go: memory of the host, by atom; null: not wanted. They are added to what is
/// there.
struct PointerResults {
  double* energies = nullptr;         ///< [n_atoms], eV, E0 included
  double* forces = nullptr;           ///< [n_atoms][3], eV/A
  double* virials = nullptr;          ///< [n_atoms][6], eV, as AtomicResults::virials
  double* centroid_virials = nullptr; ///< [n_atoms][9], eV, as AtomicResults::centroid_virials
  /// Extrapolation grades [n_atoms], overwritten, 0 for atoms that are not centers; needs use().
  double* grades = nullptr;
};

/// Evaluates a potential on such lists. On a host they are read, and results written, where they
/// are. For a device, neighbors within the cutoff are gathered on the host's threads into memory
/// that is kept (two passes over the lists) and sent there; results come back.
template <class Space> class PointerListEvaluator {
public:
  PointerListEvaluator(Space const& space, AcePotential const& potential);

  AcePotential const& potential() const { return evaluator_.potential(); }

  /// Grades can be asked for from now on.
  /// @param active_set of the potential() that is evaluated
  /// @throws InputError where it does not fit
  void use(Space const& space, ActiveSet const& active_set);

  /// Results are complete on return.
  /// @throws std::invalid_argument for a center that is no atom or stands twice, a species that the
  ///         potential lacks, or a neighbor that is no atom; for grades without an active set
  void operator()(Space const& space, PointerLists const& lists, PointerResults const& results);

private:
  void check(PointerLists const& lists);
  void evaluate_in_place(Space const& space, PointerLists const& lists,
                         PointerResults const& results);
  void evaluate_gathered(Space const& space, PointerLists const& lists,
                         PointerResults const& results);

  Evaluator<Space> evaluator_;
  std::optional<ExtrapolationGrade<Space>> grade_;
  double cutoff_;
  std::vector<char> is_center_;
  /// Lists gathered on the host.
  template <class T> using OnHost = Kokkos::View<T, Kokkos::LayoutRight, Kokkos::HostSpace>;
  OnHost<std::size_t*> row_offsets_;
  OnHost<int*> neighbors_;
  OnHost<double* [3]> displacements_;
};

} // namespace kolace
