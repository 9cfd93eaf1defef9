// SPDX-License-Identifier: BSD-3-Clause
#include "support/temporary_folder.hpp"

#include <kolace/assembly/baseline.hpp>
#include <kolace/config/input.hpp>
#include <kolace/core/elements.hpp>
#include <kolace/fit/fit.hpp>
#include <kolace/fit/langevin.hpp>
#include <kolace/fit/trial_dynamics.hpp>

#include <gtest/gtest.h>

#include <cmath>

namespace kolace {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

/// The input of an automatic fit to the bundled carbon data.
FitInput carbon_input(test::TemporaryFolder const& folder, std::string const& more = "") {
  return read_fit_input(folder.write(
      "input.yaml", "cutoff: 4.0\ndata: {filename: " KOLACE_CARBON_DATA "/diamond_like.extxyz}\n"
                    "potential: {elements: [C], functions: {ALL: {nradmax_by_orders: [6, 3], "
                    "lmax_by_orders: [0, 2]}}}\n" +
                        more));
}

/// Core repulsion between carbon atoms.
AcePotential repulsion(test::TemporaryFolder const& folder) {
  return core_of(carbon_input(folder).options.reference_potential->basis);
}

/// fcc crystal with lattice constant a, of cells^3 cells of four atoms.
Structure fcc(double a, int cells) {
  Structure s;
  for (int x = 0; x < 3; ++x) {
    s.cell.vectors[x][x] = a * cells;
    s.cell.periodic[x] = true;
  }
  for (int i = 0; i < 2 * cells; ++i)
    for (int j = 0; j < 2 * cells; ++j)
      for (int k = 0; k < 2 * cells; ++k)
        if ((i + j + k) % 2 == 0) {
          s.numbers.push_back(6);
          s.positions.push_back({i * a / 2, j * a / 2, k * a / 2});
        }
  return s;
}

/// Both temperatures are averages over a trajectory of repelling atoms at 1500 K: that of the
/// velocities, and that which forces and curvatures of the energy have.
TEST(TrialDynamics, KeepTheTemperature) {
  test::TemporaryFolder const folder;
  AcePotential const potential = repulsion(folder);
  Space const space;
  Evaluator<Space> evaluator(space, potential);
  LangevinDynamics dynamics(space, evaluator, 1);
  constexpr double temperature = 1500;
  dynamics.add(fcc(3.0, 2), temperature);
  EXPECT_NEAR(dynamics.time_step(), 0.6 * std::sqrt(12.011), 1e-6);
  constexpr int equilibration = 400, steps = 2400, every = 20;
  double kinetic = 0, configurational = 0;
  int n = 0;
  for (int step = 0; step < steps; ++step) {
    dynamics.advance();
    MovingStructure const& m = dynamics.structures()[0];
    if (step < equilibration || step % every != 0)
      continue;
    double energy = 0;
    for (std::size_t i = 0; i < m.masses.size(); ++i)
      energy += m.masses[i] / 2 * dot(m.velocities[i], m.velocities[i]);
    kinetic += 2 * energy / (3 * boltzmann * static_cast<double>(m.masses.size()));
    Structure labelled = m.structure;
    labelled.forces = m.forces;
    configurational += configurational_temperature(space, potential, labelled);
    ++n;
  }
  EXPECT_NEAR(kinetic / n, temperature, 0.08 * temperature);
  EXPECT_NEAR(configurational / n, temperature, 0.08 * temperature);
}

TEST(TrialDynamics, FindNothingWhereAtomsRepel) {
  test::TemporaryFolder const folder;
  TrialDynamics const trials =
      try_dynamics({}, repulsion(folder), {fcc(3.0, 2)}, {3.0 / std::sqrt(2)}, 1);
  ASSERT_EQ(trials.runs.size(), 1u);
  TrialRun const& run = trials.runs[0];
  EXPECT_FALSE(run.collapsed);
  EXPECT_TRUE(run.repeated); // 32 atoms
  EXPECT_EQ(run.formula, "C64");
  EXPECT_EQ(run.temperature, 300); // no forces
  EXPECT_NEAR(run.time, 600 * 0.6e-3 * std::sqrt(12.011), 1e-6);
  EXPECT_TRUE(trials.paths.empty());
  EXPECT_EQ(dynamics_sentence(trials.runs),
            "none of 1 training structure collapse in molecular dynamics of 1.2 ps at 300 K");
}

/// Atoms that attract each other ever more as they come closer.
TEST(TrialDynamics, FindTheWayOfACollapse) {
  test::TemporaryFolder const folder;
  FitInput const input = carbon_input(folder, "fit: {repulsion: none}\n");
  AcePotential potential;
  potential.basis = input.basis;
  potential.coefficients.assign(input.basis->size(), 0.);
  potential.reference_energy = {0};
  for (int b = 0; b < input.basis->size(); ++b)
    if (input.basis->functions()[b].rank() == 1)
      potential.coefficients[b] = -3;
  double const a = 4.2, shortest = a / std::sqrt(2);
  TrialDynamics const trials = try_dynamics({}, potential, {fcc(a, 2)}, {0.97 * shortest}, 1);
  ASSERT_EQ(trials.runs.size(), 1u);
  TrialRun const& run = trials.runs[0];
  EXPECT_TRUE(run.collapsed);
  EXPECT_TRUE(any_collapsed(trials.runs));
  EXPECT_EQ(run.a, "C");
  EXPECT_EQ(run.b, "C");
  EXPECT_LT(run.distance, 0.97 * shortest);
  EXPECT_LT(run.time, 1.3);
  ASSERT_EQ(trials.paths.size(), 1u);
  ScanPath const& path = trials.paths[0];
  EXPECT_EQ(path.kind, ScanPath::Kind::dynamics);
  ASSERT_GE(path.structures.size(), 2u);
  ASSERT_EQ(path.distances.size(), path.structures.size());
  Evaluator<Space> evaluator(Space(), potential);
  auto const energies = predict(Space(), evaluator, path.structures);
  EXPECT_GT(path.distances.front(), 0.96 * shortest); // as in the data
  EXPECT_LT(path.distances.back(), 0.96 * shortest);
  EXPECT_LT(energies.back().energy, energies.front().energy - 0.1);
}

/// The automatic fit to diamond-like carbon collapses in dynamics unless it is tried.
TEST(TrialDynamics, MakeAFitStable) {
  test::TemporaryFolder const folder;
  auto const fit = [&](std::string const& tried) {
    FitInput const input = read_fit_input(folder.write(
        "input.yaml", "cutoff: 5.0\ndata: {filename: " KOLACE_CARBON_DATA "/diamond_like.extxyz}\n"
                      "potential: {elements: [C]}\nfit: {trial_dynamics: " +
                          tried + "}\n"));
    return fit_potential({}, input.train, {}, input.basis, input.options);
  };
  FitResult const plain = fit("false"), stable = fit("true");
  EXPECT_TRUE(plain.dynamics.empty());
  ASSERT_EQ(stable.dynamics.size(), 6u);
  EXPECT_FALSE(any_collapsed(stable.dynamics));
  Dataset const data = carbon_input(folder).train;
  std::vector<StructureRecord> records(48);
  for (std::size_t k = 0; k < records.size(); ++k) {
    records[k].index = static_cast<long>(k);
    records[k].n_atoms = 8;
    records[k].is_bulk = true;
  }
  auto const structures = trial_structures(data, records, 254);
  ASSERT_EQ(structures.size(), 6u);
  EXPECT_EQ(trial_structures(data, records, 3000).size(), 2u);
  EXPECT_EQ(trial_structures(data, records, 30000).size(), 1u);
  auto const collapses = [&](FitResult const& result, int seed) {
    return any_collapsed(
        try_dynamics({}, result.potential, structures, result.shortest_distances, seed).runs);
  };
  EXPECT_TRUE(collapses(plain, 1));
  EXPECT_FALSE(collapses(stable, 77));
  EXPECT_LT(stable.train.total.force_rmse(), 1.05 * plain.train.total.force_rmse());
  EXPECT_LT(stable.train.total.energy_rmse(), 1.2 * plain.train.total.energy_rmse());
}

TEST(TrialDynamics, AreOnlyAVerdictForOtherSolvers) {
  test::TemporaryFolder const folder;
  auto const fit = [&](std::string const& more) {
    FitInput const input = carbon_input(folder, "fit: {solver: ridge" + more + "}\n");
    return fit_potential({}, input.train, {}, input.basis, input.options);
  };
  FitResult const plain = fit(""), tried = fit(", trial_dynamics: true");
  EXPECT_TRUE(plain.dynamics.empty());
  EXPECT_EQ(tried.dynamics.size(), 6u);
  EXPECT_EQ(plain.potential.coefficients, tried.potential.coefficients);
}

} // namespace
} // namespace kolace
