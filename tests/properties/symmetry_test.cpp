// SPDX-License-Identifier: BSD-3-Clause
#include "support/compare.hpp"
#include "support/execution_spaces.hpp"
#include "support/sample_potentials.hpp"
#include "support/sample_structures.hpp"

namespace kolace {
namespace {

template <class Space> struct SymmetryTest : testing::Test {
  Space space;
  AcePotential potential =
      test::random_potential({"Al", "Ni"}, {{5, 3, 2, 1}, {0, 3, 2, 1}}, test::paper_radial(4));
  Evaluator<Space> evaluator{space, potential};
  std::vector<test::Sample> samples = test::sample_structures({13, 28, 28});

  Prediction of(Structure const& s) {
    return predict(space, evaluator, std::span<Structure const>(&s, 1)).front();
  }
};
TYPED_TEST_SUITE(SymmetryTest, test::ExecutionSpaces);

/// Vectors are rows: x -> x · m.
Structure transformed(Structure s, Mat3 const& m) {
  for (Vec3& x : s.positions)
    x = multiply(x, m);
  for (Vec3& v : s.cell.vectors)
    v = multiply(v, m);
  return s;
}

Prediction transformed(Prediction p, Mat3 const& m) {
  for (Vec3& f : p.forces)
    f = multiply(f, m);
  int const row[6] = {0, 1, 2, 1, 0, 0}, column[6] = {0, 1, 2, 2, 2, 1};
  Mat3 full;
  for (int v = 0; v < 6; ++v)
    full[row[v]][column[v]] = full[column[v]][row[v]] = p.virial[v];
  for (int v = 0; v < 6; ++v) {
    double sum = 0;
    for (int a = 0; a < 3; ++a)
      for (int b = 0; b < 3; ++b)
        sum += m[a][row[v]] * full[a][b] * m[b][column[v]];
    p.virial[v] = sum;
  }
  return p;
}

Mat3 rotation() {
  double const c = 0.36, s = std::sqrt(1 - c * c), d = -0.8, t = 0.6;
  Mat3 const about_z{Vec3{c, s, 0}, Vec3{-s, c, 0}, Vec3{0, 0, 1}};
  Mat3 const about_x{Vec3{1, 0, 0}, Vec3{0, d, t}, Vec3{0, -t, d}};
  return {multiply(about_z[0], about_x), multiply(about_z[1], about_x),
          multiply(about_z[2], about_x)};
}

TYPED_TEST(SymmetryTest, RotationsAndReflectionsRotateForcesAndVirials) {
  Mat3 mirrored = rotation();
  for (double& x : mirrored[1])
    x = -x;
  for (auto const& [name, s] : this->samples)
    for (Mat3 const& m : {rotation(), mirrored})
      test::expect_equal(this->of(transformed(s, m)), transformed(this->of(s), m),
                         name == "far_apart" ? 1e-9 : test::tolerance::oracle, name);
}

TYPED_TEST(SymmetryTest, TranslationsChangeNothing) {
  for (auto const& [name, s] : this->samples) {
    Structure moved = s;
    for (Vec3& x : moved.positions)
      x = {x[0] + 1.7, x[1] - 23.1, x[2] + 0.3};
    test::expect_equal(this->of(moved), this->of(s),
                       name == "far_apart" ? 1e-9 : test::tolerance::oracle, name);
  }
}

TYPED_TEST(SymmetryTest, PermutedAtomsKeepTheirForces) {
  for (auto const& [name, s] : this->samples) {
    Structure reversed = s;
    std::reverse(reversed.positions.begin(), reversed.positions.end());
    std::reverse(reversed.numbers.begin(), reversed.numbers.end());
    Prediction expected = this->of(s);
    std::reverse(expected.forces.begin(), expected.forces.end());
    std::reverse(expected.energies.begin(), expected.energies.end());
    test::expect_equal(this->of(reversed), expected, test::tolerance::oracle, name);
  }
}

TYPED_TEST(SymmetryTest, TheChoiceOfPeriodicImageDoesNotMatter) {
  for (auto const& [name, s] : this->samples) {
    Structure other = s;
    for (std::size_t i = 0; i < s.n_atoms(); ++i)
      for (int d = 0; d < 3; ++d)
        if (s.cell.periodic[d])
          for (int k = 0; k < 3; ++k)
            other.positions[i][k] += (static_cast<int>(i + d) % 5 - 2) * s.cell.vectors[d][k];
    test::expect_equal(this->of(other), this->of(s), test::tolerance::oracle, name);
  }
}

TYPED_TEST(SymmetryTest, EnergiesAreExtensive) {
  for (auto const& [name, s] : this->samples) {
    Structure doubled = s;
    int direction = -1;
    for (int d = 0; d < 3; ++d)
      if (s.cell.periodic[d])
        direction = d;
    if (direction < 0)
      continue;
    for (std::size_t i = 0; i < s.n_atoms(); ++i) {
      Vec3 x = s.positions[i];
      for (int k = 0; k < 3; ++k)
        x[k] += s.cell.vectors[direction][k];
      doubled.positions.push_back(x);
      doubled.numbers.push_back(s.numbers[i]);
    }
    for (double& x : doubled.cell.vectors[direction])
      x *= 2;
    Prediction expected = this->of(s);
    expected.energy *= 2;
    for (double& w : expected.virial)
      w *= 2;
    expected.energies.insert(expected.energies.end(), expected.energies.begin(),
                             expected.energies.end());
    expected.forces.insert(expected.forces.end(), expected.forces.begin(), expected.forces.end());
    test::expect_equal(this->of(doubled), expected, test::tolerance::oracle, name);
  }
}

TYPED_TEST(SymmetryTest, DistantFragmentsAdd) {
  Structure const a = test::cluster(9, {13, 28}, 4), b = test::cluster(5, {28}, 5);
  Structure both = a;
  for (std::size_t i = 0; i < b.n_atoms(); ++i) {
    both.numbers.push_back(b.numbers[i]);
    both.positions.push_back({b.positions[i][0] + 50, b.positions[i][1], b.positions[i][2]});
  }
  double const sum = this->of(a).energy + this->of(b).energy;
  EXPECT_NEAR(this->of(both).energy, sum, test::tolerance::oracle * std::abs(sum));
}

} // namespace
} // namespace kolace
