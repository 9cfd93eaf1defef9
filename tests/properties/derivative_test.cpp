// SPDX-License-Identifier: BSD-3-Clause
#include "support/compare.hpp"
#include "support/execution_spaces.hpp"
#include "support/sample_potentials.hpp"
#include "support/sample_structures.hpp"

#include <functional>

namespace kolace {
namespace {

template <class Space> struct DerivativeTest : testing::Test {
  Space space;
  // A wide taper has four continuous derivatives at the cutoff, which a difference may step across.
  AcePotential potential = test::random_potential({"Al", "Ni"}, {{5, 3, 2, 1}, {0, 3, 2, 1}},
                                                  {RadialKind::ChebExpCos, 5.25, 4, 2, 1});
  Evaluator<Space> evaluator{space, potential};
  Prediction of(Structure const& s) {
    return predict(space, evaluator, std::span<Structure const>(&s, 1)).front();
  }
};
TYPED_TEST_SUITE(DerivativeTest, test::ExecutionSpaces);

/// Central differences: the error decreases as the square of the step, down to rounding.
void expect_second_order(std::function<double(double)> const& energy, double derivative,
                         double scale, std::string const& what) {
  double error[2];
  double const step[2] = {4e-3, 2e-3};
  for (int k = 0; k < 2; ++k)
    error[k] = std::abs((energy(step[k]) - energy(-step[k])) / (2 * step[k]) - derivative);
  // If the third derivative is tiny, only the smallness of the error can be checked.
  if (error[1] > 1e-9 * scale) {
    EXPECT_NEAR(std::log2(error[0] / error[1]), 2, 0.2) << what;
  }
  EXPECT_LT(error[1], 2e-3 * scale) << what;
}

TYPED_TEST(DerivativeTest, ForcesAreMinusTheGradient) {
  for (auto const& [name, s] : test::sample_structures({13, 28, 28})) {
    if (s.n_atoms() > 14 || name == "far_apart")
      continue;
    Prediction const p = this->of(s);
    for (int x = 0; x < 3; ++x) {
      auto const energy = [&, &structure = s](double step) {
        Structure moved = structure;
        moved.positions.back()[x] += step;
        return this->of(moved).energy;
      };
      expect_second_order(energy, -p.forces.back()[x], test::force_scale(p) + 1e-12, name);
    }
  }
}

TYPED_TEST(DerivativeTest, VirialIsMinusTheStrainDerivative) {
  int const row[6] = {0, 1, 2, 1, 0, 0}, column[6] = {0, 1, 2, 2, 2, 1};
  for (auto const& [name, s] : test::sample_structures({13, 28, 28})) {
    if (s.n_atoms() > 14 || name == "far_apart")
      continue;
    Prediction const p = this->of(s);
    for (int v = 0; v < 6; ++v) {
      auto const energy = [&, &structure = s](double strain) {
        Structure strained = structure;
        auto const apply = [&](Vec3& x) {
          Vec3 const before = x; // x_row += strain · x_column, made symmetric
          x[row[v]] += 0.5 * strain * before[column[v]];
          x[column[v]] += 0.5 * strain * before[row[v]];
        };
        for (Vec3& x : strained.positions)
          apply(x);
        for (Vec3& a : strained.cell.vectors)
          apply(a);
        return this->of(strained).energy;
      };
      // In large cells a strain causes large displacements, hence the larger scale.
      expect_second_order(energy, -p.virial[v], 10 * test::force_scale(p) + 1e-12, name);
    }
  }
}

TYPED_TEST(DerivativeTest, ForcesSumToZero) {
  for (auto const& [name, s] : test::sample_structures({13, 28})) {
    Prediction const p = this->of(s);
    for (int x = 0; x < 3; ++x) {
      double sum = 0;
      for (Vec3 const& f : p.forces)
        sum += f[x];
      EXPECT_NEAR(sum, 0, test::tolerance::oracle * test::force_scale(p)) << name;
    }
  }
}

/// Energy and force are continuous across the cutoff.
TYPED_TEST(DerivativeTest, EnergyAndForceAreContinuousAtTheCutoff) {
  auto const dimer = [&](double r) {
    Structure s;
    s.numbers = {13, 28};
    s.positions = {Vec3{0, 0, 0}, Vec3{r, 0, 0}};
    return this->of(s);
  };
  Prediction const beyond = dimer(4.000001);
  EXPECT_EQ(beyond.energy, 0);
  EXPECT_EQ(beyond.forces[0][0], 0);
  double before = std::abs(dimer(3.9).energy);
  for (double const gap : {1e-2, 1e-3, 1e-4, 1e-5}) {
    Prediction const p = dimer(4 - gap);
    EXPECT_LE(std::abs(p.energy), before);
    EXPECT_LT(std::abs(p.forces[0][0]), 10 * gap);
    before = std::abs(p.energy);
  }
}

} // namespace
} // namespace kolace
