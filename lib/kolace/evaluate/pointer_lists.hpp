// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/evaluate/evaluator.hpp>
#include <kolace/evaluate/extrapolation.hpp>

#include <optional>
#include <vector>

namespace kolace {

/// Atoms and neighbor lists as molecular dynamics codes store them, in host memory. Nothing needs
/// to be contiguous, lists may contain neighbors beyond the cutoff (a skin), and centers are any
/// atoms in any order.
/// @pre lists are full: the list of each center contains every neighbor within the cutoff
struct PointerLists {
  int n_atoms = 0;                       ///< including ghosts
  double const* positions = nullptr;     ///< [n_atoms][3], Angstrom
  int const* species = nullptr;          ///< [n_atoms]; negative: not an element of the potential
  int n_centers = 0;                     ///< number of atoms whose energies are evaluated
  int const* centers = nullptr;          ///< [n_centers] atom indices of the centers
  int const* n_neighbors = nullptr;      ///< [atom index of a center]
  int const* const* neighbors = nullptr; ///< [atom index of a center][n_neighbors]
  int mask = -1;                         ///< bits of a list entry that hold the atom index
};

/// Arrays that receive the results: host memory, by atom; null: not computed. Results except grades
/// are added to the contents.
struct PointerResults {
  double* energies = nullptr;         ///< [n_atoms], eV, E0 included
  double* forces = nullptr;           ///< [n_atoms][3], eV/A
  double* virials = nullptr;          ///< [n_atoms][6], eV, as AtomicResults::virials
  double* centroid_virials = nullptr; ///< [n_atoms][9], eV, as AtomicResults::centroid_virials
  /// Extrapolation grades [n_atoms], overwritten, 0 for atoms that are not centers; requires use().
  double* grades = nullptr;
};

/// Evaluates a potential on PointerLists. On a host, lists are read and results written in place.
/// For a device, host threads gather the neighbors within the cutoff into buffers that are kept
/// between calls (two passes over the lists), which are copied to the device; results are copied
/// back.
template <class Space> class PointerListEvaluator {
public:
  /// Prepares the tables of the potential, as for an Evaluator, and throws like one.
  PointerListEvaluator(Space const& space, AcePotential const& potential,
                       Precision precision = Precision::float64);

  /// The evaluated potential, in an ordinary basis (ordinary_form).
  AcePotential const& potential() const { return evaluator_.potential(); }

  /// Enables the computation of grades.
  /// @param active_set active set of potential()
  /// @throws InputError if it does not fit the potential
  void use(Space const& space, ActiveSet const& active_set);

  /// Evaluates all centers; results are complete on return.
  /// @throws std::invalid_argument for a center that is not an atom of the potential or is listed
  /// twice, a species that is out of range, a neighbor that is not an atom, or grades without an
  /// active set
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
  /// Used where lists are gathered; kept between calls, so that these do not allocate.
  struct Buffers {
    template <class T> using OnHost = Kokkos::View<T, Kokkos::LayoutRight, Kokkos::HostSpace>;
    OnHost<std::size_t*> row_offsets;
    OnHost<int*> neighbors;
    OnHost<double* [3]> displacements;
    OnHost<double*> results; ///< all results, one array after the other
    Array<int, Space> species, centers;
    Array<std::size_t, Space> row_offsets_on_device;
    Array<int, Space> neighbors_on_device;
    typename AtomicResults<Space>::Vectors displacements_on_device;
    AtomicResults<Space> results_on_device;
    Array<double, Space> grades_on_device;
  } buffers_;
};

} // namespace kolace
