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
  int group = 0; ///< of Predictions::groups
};

/// Extrapolation grades of a data set's atoms.
struct GradeSummary {
  static constexpr double limits[] = {1.05, 2, 5, 10}; ///< upper ends of all classes but the last
  std::array<long, 5> counts{};                        ///< of atoms
  double largest = 0;
  Place where;   ///< of the frame
  long atom = 0; ///< there, from 1

  void add(Structure const& structure, std::vector<double> const& grades);
};

/// Labels and predictions of a data set, for plots.
struct Predictions {
  std::vector<std::string> groups;   ///< config_types in the order of their first structure
  std::vector<ParityPoint> energies; ///< eV/atom, above the potential's free atoms
  std::vector<ParityPoint> forces;   ///< components, eV/A; every k-th where there are millions
  std::vector<ParityPoint> virials;  ///< components per atom, eV
  ErrorTable errors;                 ///< unweighted
  GradeSummary grades;               ///< where there is an active set
};

/// What write_predictions() adds to the predictions themselves.
struct PredictionOptions {
  std::span<AcePotential const> committee{};  ///< whose root-mean-square deviations are written
  DeviationTable const* deviations = nullptr; ///< of the same data, where there is no committee
  std::string run{};                          ///< written as kolace_run, unless empty
  ActiveSet const* active_set = nullptr;      ///< adds kolace_gamma, a grade per atom
};

/// Evaluates all structures and writes them as extended XYZ: the frames as they are, with
/// kolace_energy (eV), kolace_virial (eV, nine numbers), kolace_forces (eV/A) and kolace_energies
/// (eV per atom); with a committee or deviations also kolace_energy_std (eV) and kolace_forces_std
/// (eV/A, one number per atom: the root of the three components' variances added).
/// @throws InputError where an energy is not finite
Predictions write_predictions(std::ostream& out, Dataset const& data, AcePotential const& potential,
                              PredictionOptions const& options = {});

} // namespace kolace
