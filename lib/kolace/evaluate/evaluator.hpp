#pragma once

#include <kolace/evaluate/center_blocks.hpp>
#include <kolace/evaluate/potential_graph.hpp>
#include <kolace/evaluate/site_energy.hpp>
#include <kolace/model/ace_potential.hpp>
#include <kolace/model/device_basis.hpp>
#include <kolace/neighbors/neighbor_list.hpp>

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace kolace {

/// Where results go; Views of the caller's, on the evaluator's space. A View without entries is a
/// result that is not wanted.
template <class Space> struct AtomicResults {
  using Vectors = Kokkos::View<double* [3], Kokkos::LayoutRight, typename Space::memory_space>;
  using Tensors = Kokkos::View<double* [6], Kokkos::LayoutRight, typename Space::memory_space>;
  Array<double, Space> energies{}; ///< eV [n_centers], E0 included
  Vectors forces{};                ///< eV/A [n_atoms], ghosts too: what the centers' energies exert
  Tensors virials{}; ///< eV [n_centers], Voigt, -sum r (x) dE_i/dr of each center's energy
  /// dE_i / d r_ij of each pair in the lists, eV/A [n_pairs]; 0 beyond the cutoff. The force on j
  /// is the sum of -dE_i/dr_ij over centers i; heat flux and centroid stresses are made of them.
  Vectors pair_gradients{};
  bool add = false; ///< are results added to the Views' contents?

  /// Energies, forces and virials of n_atoms centers without ghosts; not initialized.
  static AtomicResults make(Space const& space, int n_atoms) {
    auto const alloc = [&](char const* label) {
      return Kokkos::view_alloc(space, Kokkos::WithoutInitializing, std::string(label));
    };
    return {Array<double, Space>(alloc("kolace::evaluate::energies"), n_atoms),
            Vectors(alloc("kolace::evaluate::forces"), n_atoms),
            Tensors(alloc("kolace::evaluate::virials"), n_atoms)};
  }
};

/// Energies, forces and virials of a fixed potential. Holds its tables and workspace on the device:
/// one object serves one execution space instance at a time.
template <class Space> class Evaluator {
public:
  /// Radial functions come from spline tables where potential.spline_width > 0.
  /// @throws std::invalid_argument if the potential's lists do not fit its basis, InputError for a
  ///         function that vanishes identically and has a coefficient
  Evaluator(Space const& space, AcePotential const& potential);

  /// The potential over the ordinary basis that is evaluated (ordinary_form).
  AcePotential const& potential() const { return potential_; }
  /// What is computed of the atomic basis, and the rows of that: n_radial is the number of
  /// densities where rank 1 is summed (row_layout() has the number of radial functions).
  PotentialGraph<Space> const& graph() const { return graph_; }
  RowLayout const& layout() const { return basis_.layout; }

  /// Evaluates every center. All of `results` is overwritten unless they are to be added; the last
  /// kernels may still run on return. Energies and virials do not depend on the number of threads;
  /// forces are summed in the order of arrival and may differ in the last digits from run to run.
  /// @throws std::invalid_argument for a View that is shorter than it must be; on a host also where
  ///         the rows reach beyond the pairs
  void operator()(Space const& space, NeighborsView<Space> const& pairs,
                  AtomicResults<Space> const& results);

private:
  void check(NeighborsView<Space> const& pairs, AtomicResults<Space> const& results) const;

  AcePotential potential_;
  DeviceBasis<Space> basis_; ///< without its graph of functions
  PotentialGraph<Space> graph_;
  Array<double, Space> reference_energy_;
  std::shared_ptr<SiteEnergy<Space>> site_energy_; ///< none: linear
  LaneTable<Space> values_, adjoints_;             // workspace, grown on demand
  Array<double, Space> energies_;
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
