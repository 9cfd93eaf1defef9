// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/evaluate/atomic_results.hpp>
#include <kolace/model/ace_potential.hpp>
#include <kolace/neighbors/neighbors_view.hpp>
#include <kolace/structure/structure.hpp>

#include <memory>
#include <span>
#include <vector>

namespace kolace {

namespace detail {
template <class Space> struct Evaluation;
template <class Space, class Scalar> struct EvaluatorState;
} // namespace detail

/// Precision of an evaluation.
enum class Precision {
  float64, ///< doubles throughout
  /// Pair functions, the atomic basis, products and pair forces in floats; site energies and forces
  /// are summed over centers in doubles. Errors are about 1e-7 of the sum of an atom's absolute
  /// terms c_b B_b, which may be a thousand times its energy.
  float32
};

/// Computes energies, forces and virials of a fixed potential. Holds its tables and workspace on
/// the device: an object serves one execution space instance at a time. Movable, not copyable.
template <class Space> class Evaluator {
public:
  /// Radial functions are evaluated from spline tables if potential.spline_width > 0.
  /// @throws std::invalid_argument if the potential's lists do not fit its basis
  /// @throws InputError for a function that vanishes identically and has a nonzero coefficient
  Evaluator(Space const& space, AcePotential const& potential,
            Precision precision = Precision::float64);
  /// @cond
  ~Evaluator();
  Evaluator(Evaluator&&) noexcept;
  Evaluator& operator=(Evaluator&&) noexcept;
  /// @endcond

  /// The evaluated potential, in an ordinary basis (ordinary_form).
  AcePotential const& potential() const;

  /// Evaluates all centers. Overwrites all of `results` unless results.add is set; the last kernels
  /// may still run on return. Energies and virials do not depend on the number of threads. Forces
  /// are bitwise reproducible for a given number of host threads; on a device they are summed by
  /// atomic operations and may differ in the last digits from run to run. Memory is allocated if
  /// there are more atoms than in any previous call; otherwise a call on a device does not
  /// allocate, copy or wait. All kernels run on `space`. Where a position is NaN, so are the
  /// energies of its atom and of all centers that have it as a neighbor.
  /// @throws std::invalid_argument if a View is too short; on a host also if the rows reach beyond
  /// the pairs or a species is out of range, and in builds with KOLACE_CONTRACTS if lists are not
  /// full (check_neighbors)
  void operator()(Space const& space, NeighborsView<Space> const& pairs,
                  AtomicResults<Space> const& results);

  /// Tables and workspace, for benchmarks that count operations.
  /// @pre Precision::float64
  detail::EvaluatorState<Space, double> const& state() const {
    return static_cast<detail::EvaluatorState<Space, double> const&>(*state_);
  }

private:
  std::unique_ptr<detail::Evaluation<Space>> state_;
};

/// Results of several structures on the host; the atoms of all structures are concatenated.
struct HostResults {
  /// Row-major View in host memory.
  template <class Entry> using OnHost = Kokkos::View<Entry, Kokkos::LayoutRight, Kokkos::HostSpace>;
  OnHost<double*> energies;    ///< eV [n_atoms], E0 included
  OnHost<double* [3]> forces;  ///< eV/A [n_atoms]
  OnHost<double* [6]> virials; ///< eV [n_atoms], as AtomicResults::virials
};

/// Evaluates structures as one batch and returns the results to the host.
/// @throws InputError for an element that is not in the potential, a position that is not finite,
/// or a singular cell
template <class Space>
HostResults evaluate_structures(Space const& space, Evaluator<Space>& evaluator,
                                std::span<Structure const> structures);

/// Energy, forces and virial of one structure.
struct Prediction {
  double energy = 0;            ///< eV
  std::vector<double> energies; ///< eV, one per atom
  std::vector<Vec3> forces;     ///< eV/A, one per atom
  Voigt virial{};               ///< eV
};

/// Results of evaluate_structures(), one Prediction per structure.
template <class Space>
std::vector<Prediction> predict(Space const& space, Evaluator<Space>& evaluator,
                                std::span<Structure const> structures);

/// Site energies of all atoms, one structure after the other, eV; forces are not computed.
template <class Space>
std::vector<double> predict_energies(Space const& space, Evaluator<Space>& evaluator,
                                     std::span<Structure const> structures);

} // namespace kolace
