// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/fit/langevin.hpp>

#include <kolace/core/elements.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace kolace {
namespace {

constexpr double mass_unit = 103.6426965268;                // amu in eV fs^2/A^2
constexpr double step_of_unit_mass = 0.6, longest_step = 4; // fs
/// Forces are rounded, so that trajectories, which are chaotic, do not depend on the last digits of
/// a well-conditioned potential. Random forces are tens of times as large. eV/Angstrom.
constexpr double force_step = 0.01;
constexpr double friction_time = 100; // fs

} // namespace

double MovingStructure::largest_kinetic_energy() const {
  double largest = 0;
  for (std::size_t i = 0; i < masses.size(); ++i) {
    double const kinetic = masses[i] / 2 * dot(velocities[i], velocities[i]);
    if (!std::isfinite(kinetic))
      return std::numeric_limits<double>::quiet_NaN();
    largest = std::max(largest, kinetic);
  }
  return largest;
}

LangevinDynamics::LangevinDynamics(Space const& space, Evaluator<Space>& evaluator,
                                   std::uint64_t seed)
    : space_(space), evaluator_(evaluator), random_(seed), step_(longest_step) {}

void LangevinDynamics::add(Structure structure, double temperature) {
  MovingStructure& moving = structures_.emplace_back();
  moving.structure = std::move(structure);
  moving.temperature = temperature;
  for (int const number : moving.structure.numbers) {
    double const mass = atomic_mass(number);
    moving.masses.push_back(mass * mass_unit);
    step_ = std::min(step_, step_of_unit_mass * std::sqrt(mass));
  }
  draw_velocities(moving);
  evaluated_ = false;
}

void LangevinDynamics::draw_velocities(MovingStructure& moving) {
  moving.velocities.resize(moving.masses.size());
  for (std::size_t i = 0; i < moving.masses.size(); ++i)
    for (double& v : moving.velocities[i])
      v = std::sqrt(boltzmann * moving.temperature / moving.masses[i]) * random_.normal();
}

void LangevinDynamics::evaluate() {
  std::vector<Structure> moved;
  for (MovingStructure const& m : structures_)
    if (!m.stopped)
      moved.push_back(m.structure);
  auto predictions = predict(space_, evaluator_, moved);
  auto next = predictions.begin();
  for (MovingStructure& m : structures_)
    if (!m.stopped) {
      m.energy = next->energy;
      m.forces = std::move(next++->forces);
      for (Vec3& force : m.forces)
        for (double& f : force)
          f = std::round(f / force_step) * force_step;
    }
  evaluated_ = true;
}

void LangevinDynamics::advance() {
  double const keep = std::exp(-step_ / friction_time), drawn = std::sqrt(1 - keep * keep);
  auto const kick = [&](MovingStructure& m) {
    for (std::size_t i = 0; i < m.masses.size(); ++i)
      for (int x = 0; x < 3; ++x)
        m.velocities[i][x] += step_ / 2 * m.forces[i][x] / m.masses[i];
  };
  auto const drift = [&](MovingStructure& m) {
    for (std::size_t i = 0; i < m.masses.size(); ++i)
      for (int x = 0; x < 3; ++x)
        m.structure.positions[i][x] += step_ / 2 * m.velocities[i][x];
  };
  if (!evaluated_)
    evaluate();
  for (MovingStructure& m : structures_) {
    if (m.stopped)
      continue;
    kick(m);
    drift(m);
    for (std::size_t i = 0; i < m.masses.size(); ++i)
      for (double& v : m.velocities[i])
        v = keep * v +
            drawn * std::sqrt(boltzmann * m.temperature / m.masses[i]) * random_.normal();
    drift(m);
  }
  evaluate();
  for (MovingStructure& m : structures_)
    if (!m.stopped)
      kick(m);
}

} // namespace kolace
