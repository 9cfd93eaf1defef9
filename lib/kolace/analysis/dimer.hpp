// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/dataset/dataset.hpp>
#include <kolace/model/ace_potential.hpp>

#include <Kokkos_Core.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace kolace {

/// One point of a dimer curve. The energy is relative to the two free atoms, eV; force = -dE/dr,
/// eV/A, is positive if the atoms repel each other.
struct DimerPoint {
  double r = 0; ///< Angstrom
  double energy = 0;
  double force = 0;
};

/// Distances from `first` to `last`, Angstrom, spaced linearly or logarithmically.
/// @throws InputError unless 0.001 <= first < last <= 10000 and points >= 2
std::vector<double> dimer_distances(double first, double last, int points, bool logarithmic);

/// Dimer curve of a model; species are the potential's elements.
std::vector<DimerPoint> scan_dimer(Kokkos::DefaultExecutionSpace const& space,
                                   AcePotential const& potential, int species_a, int species_b,
                                   std::vector<double> const& distances);

/// The same for many pairs of elements of one potential, whose tables are made only once.
class DimerScanner {
public:
  DimerScanner(Kokkos::DefaultExecutionSpace const& space, AcePotential const& potential);
  ~DimerScanner();
  std::vector<DimerPoint> operator()(int species_a, int species_b,
                                     std::vector<double> const& distances);

private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Energy of two atoms that approach each other from `start` in steps of 0.01 A down to 0.1 A.
struct DimerApproach {
  int species_a = 0, species_b = 0;
  double start = 0; ///< Angstrom
  /// Distance down to which the energy rises, Angstrom; `start` if it drops at once.
  double rises_down_to = 0;
  double fall = 0;      ///< depth of the lowest energy below that at `start`, eV, non-negative
  double lowest_at = 0; ///< distance of the lowest energy, Angstrom
};

/// Approaches of every pair of elements (a <= b) with a finite start.
/// @param starts initial distances, Angstrom [n_elements^2]
std::vector<DimerApproach> approach_dimers(Kokkos::DefaultExecutionSpace const& space,
                                           AcePotential const& potential,
                                           std::vector<double> const& starts);

/// Dimers of two elements in labelled data, in order of distance, with energies relative to the
/// free atoms in the same data. Other frames are left out, including crystals with two atoms per
/// cell.
/// @param cutoff images of a free atom or a dimer must be farther away than this, Angstrom
/// @throws InputError if there is no such dimer, or no free atom of one of the elements
std::vector<DimerPoint> reference_dimer(Dataset const& data, std::string const& a,
                                        std::string const& b, double cutoff);

/// Cubic Hermite interpolation of a curve from its energies and forces; returns false outside its
/// range.
bool interpolate_dimer(std::vector<DimerPoint> const& curve, double r, DimerPoint& result);

/// Root-mean-square deviations of the model at the distances of the reference, eV and eV/A.
struct DimerErrors {
  double energy_rmse = 0;
  double force_rmse = 0;
};
DimerErrors compare_dimers(std::vector<DimerPoint> const& model,
                           std::vector<DimerPoint> const& reference);

} // namespace kolace
