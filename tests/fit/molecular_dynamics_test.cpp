// SPDX-License-Identifier: BSD-3-Clause
#include "support/temporary_folder.hpp"

#include <kolace/config/input.hpp>
#include <kolace/evaluate/evaluator.hpp>
#include <kolace/fit/fit.hpp>
#include <kolace/structure/prototypes.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>

namespace kolace {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

/// Molecular dynamics of carbon atoms by velocity Verlet. Units: Angstrom, fs, eV.
class Dynamics {
public:
  Dynamics(AcePotential const& potential, Structure structure, double kelvin)
      : evaluator_(space_, potential), structure_(std::move(structure)),
        velocities_(structure_.n_atoms()) {
    std::mt19937_64 random(7);
    auto const uniform = [&] { return (static_cast<double>(random() >> 11) + 0.5) * 0x1p-53; };
    double const width = std::sqrt(boltzmann * kelvin / mass);
    Vec3 drift{};
    for (Vec3& v : velocities_)
      for (int d = 0; d < 3; ++d) {
        v[d] = width * std::sqrt(-2 * std::log(uniform())) *
               std::cos(2 * 3.14159265358979 * uniform());
        drift[d] += v[d] / static_cast<double>(velocities_.size());
      }
    for (Vec3& v : velocities_)
      for (int d = 0; d < 3; ++d)
        v[d] -= drift[d];
    evaluate();
  }

  void step(double dt) {
    kick(dt / 2);
    for (std::size_t i = 0; i < velocities_.size(); ++i)
      for (int d = 0; d < 3; ++d)
        structure_.positions[i][d] += dt * velocities_[i][d];
    evaluate();
    kick(dt / 2);
  }

  /// Total energy, eV/atom.
  double energy() const {
    double kinetic = 0;
    for (Vec3 const& v : velocities_)
      kinetic += 0.5 * mass * dot(v, v);
    return (kinetic + prediction_.energy) / static_cast<double>(velocities_.size());
  }
  double kelvin() const {
    double kinetic = 0;
    for (Vec3 const& v : velocities_)
      kinetic += 0.5 * mass * dot(v, v);
    return 2 * kinetic / (3 * boltzmann * static_cast<double>(velocities_.size()));
  }
  /// Pressure without the kinetic contribution, GPa.
  double pressure() const {
    return 160.21766 * (prediction_.virial[0] + prediction_.virial[1] + prediction_.virial[2]) /
           (3 * volume(structure_.cell));
  }

private:
  static constexpr double boltzmann = 8.617333e-5;    ///< eV/K
  static constexpr double mass = 12.011 * 103.642697; ///< eV fs^2/A^2

  void evaluate() {
    prediction_ = predict(space_, evaluator_, std::span<Structure const>(&structure_, 1)).front();
  }
  void kick(double dt) {
    for (std::size_t i = 0; i < velocities_.size(); ++i)
      for (int d = 0; d < 3; ++d)
        velocities_[i][d] += dt / mass * prediction_.forces[i][d];
  }

  Space space_;
  Evaluator<Space> evaluator_;
  Structure structure_;
  std::vector<Vec3> velocities_;
  Prediction prediction_;
};

/// The demo's potential of body order 4 (apps/carbon/demo.yaml.in), fitted with default options.
FitResult demo_fit(test::TemporaryFolder const& folder) {
  std::string const data = KOLACE_CARBON_DATA;
  std::ifstream in(data + "/../demo.yaml.in");
  std::stringstream text;
  text << in.rdbuf();
  std::string yaml = text.str();
  for (auto const& [from, to] : {std::pair<std::string, std::string>{"@DATA@", data},
                                 {"@NRADMAX@", "45, 8, 4"},
                                 {"@LMAX@", "0, 3, 3"}})
    for (std::size_t at; (at = yaml.find(from)) != std::string::npos;)
      yaml.replace(at, from.size(), to);
  FitInput const input = read_fit_input(folder.write("input.yaml", yaml));
  return fit_potential({}, input.train, {}, input.basis, input.options);
}

/// Checks that a default fit is usable for molecular dynamics: hot diamond conserves its energy,
/// and diamond at 50 GPa and more stays diamond. KOLACE_MD_STEPS=5000 gives the long run.
TEST(MolecularDynamics, OfADefaultFitConservesEnergyAndSurvivesPressure) {
  test::TemporaryFolder const folder;
  FitResult const fit = demo_fit(folder);
  for (CompressionCheck const& check : fit.compression)
    EXPECT_TRUE(check.rises()) << check.crystal << " " << check.rises_down_to << " " << check.fall;
  char const* const wanted = std::getenv("KOLACE_MD_STEPS");
  int const steps = wanted ? std::atoi(wanted) : 300;

  Dynamics hot(fit.potential, diamond(6, 3.57, 2, 0.02), 2 * 3000);
  for (int k = 0; k < 100; ++k) // half of the kinetic energy becomes potential energy
    hot.step(0.5);
  double const start = hot.energy();
  for (int k = 1; k <= steps; ++k) {
    hot.step(0.5);
    ASSERT_NEAR(hot.energy(), start, 1e-3) << "step " << k;
  }
  EXPECT_GT(hot.kelvin(), 1500);
  EXPECT_LT(hot.kelvin(), 5000);

  double a = 3.57; // lattice constant at which the pressure is 50 GPa
  while (a > 2.8 && Dynamics(fit.potential, diamond(6, a, 2, 0.02), 1).pressure() < 50)
    a -= 0.01;
  EXPECT_GT(a, 3.2);
  for (double const edge : {a, a - 0.1}) {
    Dynamics pressed(fit.potential, diamond(6, edge, 2, 0.02), 2 * 2000);
    double const gpa = pressed.pressure();
    for (int k = 0; k < 100; ++k)
      pressed.step(0.5);
    double const before = pressed.energy();
    for (int k = 1; k <= steps; ++k)
      pressed.step(0.5);
    EXPECT_NEAR(pressed.energy(), before, 1e-3);
    EXPECT_LT(pressed.kelvin(), 4000) << "heat of a collapse";
    EXPECT_GT(pressed.pressure(), 0.5 * gpa);
  }
}

} // namespace
} // namespace kolace
