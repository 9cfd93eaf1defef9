// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/dataset/dataset.hpp>
#include <kolace/fit/deviations.hpp>
#include <kolace/fit/errors.hpp>
#include <kolace/model/ace_potential.hpp>
#include <kolace/model/active_set.hpp>

#include <array>
#include <iosfwd>
#include <span>
#include <string>
#include <vector>

namespace kolace {

/// A label and its prediction.
struct ParityPoint {
  double label = 0, predicted = 0;
  int group = 0; ///< index into Predictions::groups
};

/// Extrapolation grades of a data set's atoms.
struct GradeSummary {
  static constexpr double limits[] = {1.05, 2, 5, 10}; ///< upper limits of all classes but the last
  std::array<long, 5> counts{};                        ///< number of atoms in each class
  double largest = 0;
  Place where;   ///< frame with the largest grade
  long atom = 0; ///< atom in that frame, from 1

  void add(Structure const& structure, std::vector<double> const& grades);
};

/// Labels and predictions of a data set, for plots.
struct Predictions {
  std::vector<std::string> groups;   ///< config_types in the order of their first structure
  std::vector<ParityPoint> energies; ///< eV/atom, relative to the potential's free atoms
  std::vector<ParityPoint> forces;   ///< components, eV/A; only every k-th if there are millions
  std::vector<ParityPoint> virials;  ///< components per atom, eV
  ErrorTable errors;                 ///< unweighted
  GradeSummary grades;               ///< empty without an active set
};

/// Additional output of write_predictions().
struct PredictionOptions {
  std::span<AcePotential const> committee{};  ///< its root-mean-square deviations are written
  DeviationTable const* deviations = nullptr; ///< for the same data; used if there is no committee
  std::string run{};                          ///< written as kolace_run unless empty
  ActiveSet const* active_set = nullptr;      ///< adds kolace_gamma, one grade per atom
};

/// Evaluates all structures and writes them as extended XYZ: the unchanged frames plus
/// kolace_energy (eV), kolace_virial (eV, nine numbers), kolace_forces (eV/A) and kolace_energies
/// (eV, one per atom); with a committee or deviations also kolace_energy_std (eV) and
/// kolace_forces_std (eV/A, one per atom: the square root of the sum of the three components'
/// variances).
/// @throws InputError if an energy is not finite
Predictions write_predictions(Kokkos::DefaultExecutionSpace const& space, std::ostream& out,
                              Dataset const& data, AcePotential const& potential,
                              PredictionOptions const& options = {});

} // namespace kolace
