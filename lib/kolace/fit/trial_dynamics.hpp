// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/dataset/dataset.hpp>
#include <kolace/dataset/label_table.hpp>
#include <kolace/fit/scan_path.hpp>
#include <kolace/model/ace_potential.hpp>

#include <Kokkos_Core.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace kolace {

/// @file
/// Short molecular dynamics of training structures with a fitted potential. A potential may be
/// accurate on all its data and collapse within a picosecond, where atoms come slightly closer than
/// in the data and the energy falls.

/// Structures for trials: up to six, evenly spaced over the data, with 2 to 200 atoms. Fewer if the
/// simulated cells would have more than 600 atoms, or 450,000 divided by the number of functions,
/// but at least one.
/// @param records records of the data set's structures; dropped ones are skipped
std::vector<Structure>
trial_structures(Dataset const& data, std::vector<StructureRecord> const& records, int n_functions);

/// Temperature at which a structure was sampled, K, as far as forces tell: the mean square of the
/// labelled forces over the mean curvature of the energy (configurational temperature; H. H. Rugh,
/// Phys. Rev. Lett. 78, 772 (1997), to lowest order). The trace of the Hessian is estimated with
/// four random directions. 0 without forces or where the mean curvature is negative.
double configurational_temperature(Kokkos::DefaultExecutionSpace const& space,
                                   AcePotential const& potential, Structure const& structure);

/// Outcome of the dynamics of one structure.
struct TrialRun {
  std::string place;      ///< file and frame of the structure
  std::string formula;    ///< e.g. "Ga32N32", of the cell that was simulated
  bool repeated = false;  ///< this cell consists of several of the data
  double temperature = 0; ///< of the thermostat, K
  double time = 0;        ///< time until the end or the collapse, ps
  bool collapsed = false; ///< the energy fell as atoms came closer, or was not finite
  /// Elements of the closest atoms on the way of the collapse, if there is one.
  std::string a, b;
  double distance = 0; ///< of these atoms, Angstrom
};

/// Trials of one potential.
struct TrialDynamics {
  std::vector<TrialRun> runs;  ///< one per structure
  std::vector<ScanPath> paths; ///< pieces of trajectories on which the energy fell
};

bool any_collapsed(std::vector<TrialRun> const& runs); ///< true if one collapsed

/// What was tried and how many collapsed, e.g. "none of 6 training structures collapse in molecular
/// dynamics of 1.4 ps at 390 to 1410 K". @pre runs is not empty
std::string dynamics_sentence(std::vector<TrialRun> const& runs);

/// 600 steps of Langevin dynamics of each structure, periodic ones repeated to at least 48 atoms,
/// at 1.5 times the configurational temperature, between 300 and 3,000 K. A structure has collapsed
/// if an atom gets a kinetic energy of more than 25 kT (in equilibrium, one of 10^10 has) while
/// atoms are closer than 0.99 times the shortest distance in the data and the energy has fallen by
/// more than it fluctuates, or if the energy is not finite.
/// @param shortest shortest distance of each pair in the data, Angstrom [n_elements^2]
/// @param seed of the random numbers
TrialDynamics try_dynamics(Kokkos::DefaultExecutionSpace const& space,
                           AcePotential const& potential, std::vector<Structure> const& structures,
                           std::vector<double> const& shortest, std::uint64_t seed);

} // namespace kolace
