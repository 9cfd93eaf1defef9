// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/random_numbers.hpp>
#include <kolace/evaluate/evaluator.hpp>

#include <cstdint>
#include <vector>

namespace kolace {

inline constexpr double boltzmann = 8.617333262e-5; ///< eV/K

/// A structure whose atoms move at a temperature.
struct MovingStructure {
  Structure structure;
  double temperature = 0; ///< of the thermostat, K
  bool stopped = false;   ///< its atoms do not move any more

  double energy = 0;            ///< potential energy, eV
  std::vector<Vec3> velocities; ///< Angstrom/fs [n_atoms]
  std::vector<Vec3> forces;     ///< eV/Angstrom [n_atoms]
  std::vector<double> masses;   ///< eV fs^2/Angstrom^2 [n_atoms]

  /// Largest kinetic energy of an atom, eV; NaN if any is not finite.
  double largest_kinetic_energy() const;
};

/// Langevin dynamics of several structures at once, which share the evaluations: the scheme BAOAB
/// (Leimkuhler and Matthews, J. Chem. Phys. 138, 174102 (2013)) with a friction time of 100 fs. The
/// time step follows from the lightest atom: 0.6 fs for hydrogen, 2.1 fs for carbon, at most 4 fs.
/// Forces are rounded to 0.01 eV/A, so that their last digits, which depend on the number of
/// threads, seldom change a trajectory.
class LangevinDynamics {
public:
  using Space = Kokkos::DefaultExecutionSpace;

  LangevinDynamics(Space const& space, Evaluator<Space>& evaluator, std::uint64_t seed);

  /// Velocities are drawn at the temperature.
  void add(Structure structure, double temperature);
  /// Draws the velocities of a structure again.
  void draw_velocities(MovingStructure& moving);
  /// One time step of all structures that are not stopped.
  void advance();

  double time_step() const { return step_; } ///< fs; of the structures added so far
  /// All structures, in the order in which they were added; energies and forces are those of the
  /// last step.
  std::vector<MovingStructure>& structures() { return structures_; }

private:
  void evaluate();

  Space space_;
  Evaluator<Space>& evaluator_;
  RandomNumbers random_;
  std::vector<MovingStructure> structures_;
  double step_;
  bool evaluated_ = false;
};

} // namespace kolace
