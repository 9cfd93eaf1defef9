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
template <class Space> struct EvaluatorState;
}

/// Energies, forces and virials of a fixed potential. Holds its tables and workspace on the device:
/// one object serves one execution space instance at a time.
template <class Space> class Evaluator {
public:
  /// Radial functions come from spline tables where potential.spline_width > 0.
  /// @throws std::invalid_argument if the potential's lists do not fit its basis, InputError for a
  ///         function that vanishes identically and has a coefficient
  Evaluator(Space const& space, AcePotential const& potential);
  ~Evaluator();
  Evaluator(Evaluator&&) noexcept;
  Evaluator& operator=(Evaluator&&) noexcept;

  /// The potential over the ordinary basis that is evaluated (ordinary_form).
  AcePotential const& potential() const;

  /// Evaluates every center. All of `results` is overwritten unless they are to be added; the last
  /// kernels may still run on return. Energies and virials do not depend on the number of threads;
  /// forces are summed in the order of arrival and may differ in the last digits from run to run.
  /// Memory is allocated where there are more atoms than in any call before; otherwise a call
  /// allocates nothing on a device, copies nothing and waits for nothing. All kernels run on
  /// `space`.
  /// @throws std::invalid_argument for a View that is shorter than it must be; on a host also where
  ///         the rows reach beyond the pairs or a species is beyond the potential's, and in builds
  ///         without NDEBUG for lists that are not full (check_neighbors)
  void operator()(Space const& space, NeighborsView<Space> const& pairs,
                  AtomicResults<Space> const& results);

  /// Tables, for benchmarks that count operations.
  detail::EvaluatorState<Space> const& state() const { return *state_; }

private:
  std::unique_ptr<detail::EvaluatorState<Space>> state_;
};

/// Results of several structures on the host, atoms of one structure after those of another.
struct HostResults {
  template <class Entry> using OnHost = Kokkos::View<Entry, Kokkos::LayoutRight, Kokkos::HostSpace>;
  OnHost<double*> energies;    ///< eV [n_atoms], E0 included
  OnHost<double* [3]> forces;  ///< eV/A [n_atoms]
  OnHost<double* [6]> virials; ///< eV [n_atoms], as AtomicResults::virials
};

/// Evaluates structures as one batch and returns the results to the host.
/// @throws InputError for an element that the potential lacks, or a singular cell
template <class Space>
HostResults evaluate_structures(Space const& space, Evaluator<Space>& evaluator,
                                std::span<Structure const> structures);

/// Predictions for one structure.
struct Prediction {
  double energy = 0;            ///< eV
  std::vector<double> energies; ///< eV a center
  std::vector<Vec3> forces;     ///< eV/A
  Voigt virial{};               ///< eV
};

/// The same as evaluate_structures, one structure at a time.
template <class Space>
std::vector<Prediction> predict(Space const& space, Evaluator<Space>& evaluator,
                                std::span<Structure const> structures);

} // namespace kolace
