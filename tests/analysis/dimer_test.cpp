// SPDX-License-Identifier: BSD-3-Clause
#include "support/sample_potentials.hpp"
#include "support/temporary_folder.hpp"
#include "support/tolerances.hpp"

#include <kolace/analysis/dimer.hpp>
#include <kolace/analysis/plot.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <sstream>

namespace kolace {
namespace {

TEST(DimerScan, ForceIsMinusTheSlopeAndFreeAtomsAreSubtracted) {
  AcePotential potential =
      test::random_potential({"Al", "Ni"}, {{5, 3, 2}, {0, 2, 1}}, test::paper_radial());
  potential.reference_energy = {-100, -200};
  double const h = 1e-4;
  for (double const r : {0.7, 1.3, 2.9, 4.7}) {
    auto const curve = scan_dimer({}, potential, 0, 1, {r - h, r, r + h});
    EXPECT_NEAR(curve[1].force, (curve[0].energy - curve[2].energy) / (2 * h),
                1e-5 * (1 + std::abs(curve[1].force)));
  }
  auto const beyond = scan_dimer({}, potential, 0, 1, {5, 7});
  for (DimerPoint const& p : beyond) {
    EXPECT_NEAR(p.energy, 0, 1e-12);
    EXPECT_EQ(p.force, 0);
  }
}

TEST(DimerScan, DistancesHaveExactEnds) {
  auto const log = dimer_distances(0.5, 8, 247, true);
  EXPECT_EQ(log.size(), 247u);
  EXPECT_EQ(log.front(), 0.5);
  EXPECT_EQ(log.back(), 8);
  EXPECT_NEAR(log[100], 0.5 * std::pow(16., 100. / 246), 1e-14);
  EXPECT_NEAR(dimer_distances(1, 3, 5, false)[3], 2.5, 1e-15);
  EXPECT_THROW(dimer_distances(3, 1, 5, false), InputError);
  EXPECT_THROW(dimer_distances(0, 1, 5, false), InputError);
  EXPECT_THROW(dimer_distances(1, 2, 1, false), InputError);
}

TEST(DimerReference, BundledCurveIsRelativeToItsAtom) {
  std::string const folder = KOLACE_CARBON_DATA;
  auto const curve = reference_dimer(
      Dataset({folder + "/dimers.extxyz", folder + "/atom.extxyz"}, {}), "C", "C", 5);
  ASSERT_EQ(curve.size(), 247u);
  EXPECT_NEAR(curve.front().r, 0.5, 1e-9);
  EXPECT_NEAR(curve.front().energy, -380.49618346 + 2 * 245.33863645, 1e-7);
  EXPECT_NEAR(curve.front().force, 573.47980129, 1e-7); // positive: repulsive
  auto const well = std::min_element(
      curve.begin(), curve.end(), [](auto const& a, auto const& b) { return a.energy < b.energy; });
  EXPECT_NEAR(well->energy, -8.53, 0.01); // from the README of the data
  EXPECT_NEAR(well->r, 1.274, 0.02);
  EXPECT_THROW(reference_dimer(Dataset({folder + "/dimers.extxyz"}, {}), "C", "C", 5), InputError);
  EXPECT_THROW(reference_dimer(Dataset({folder + "/atom.extxyz"}, {}), "C", "C", 5), InputError);
}

TEST(DimerReference, UnwrapsAndLeavesCrystalsOut) {
  test::TemporaryFolder const folder;
  std::string const box = "Lattice=\"16.9 0 0 0 8.9 0 0 0 8.9\" pbc=\"T T T\" ";
  std::string const atom = "1\n" + box + "energy=-1\nC 0 0 0\n";
  std::string const far = "2\n" + box + "energy=-5\nC 0 0 0\nC 52.1 0 0\n"; // 3 · 16.9 + 1.4
  std::string const crystal =
      "2\nLattice=\"0 1.785 1.785 1.785 0 1.785 1.785 1.785 0\" energy=-18\n"
      "C 0 0 0\nC 0.8925 0.8925 0.8925\n";
  auto const curve =
      reference_dimer(Dataset({folder.write("a.xyz", atom + crystal + far)}, {}), "C", "C", 5);
  ASSERT_EQ(curve.size(), 1u);
  EXPECT_NEAR(curve[0].r, 1.4, 1e-12);
  EXPECT_NEAR(curve[0].energy, -3, 1e-12);
}

TEST(DimerReference, InterpolationIsExactForCubics) {
  auto const energy = [](double r) { return 2 - r + 0.5 * r * r - 0.3 * r * r * r; };
  auto const force = [](double r) { return -(-1 + r - 0.9 * r * r); };
  std::vector<DimerPoint> curve;
  for (double const r : {1., 1.7, 2.1, 3.5})
    curve.push_back({r, energy(r), force(r)});
  DimerPoint p;
  for (double r = 1; r <= 3.5; r += 0.0917) {
    ASSERT_TRUE(interpolate_dimer(curve, r, p));
    EXPECT_NEAR(p.energy, energy(r), 1e-12);
    EXPECT_NEAR(p.force, force(r), 1e-12);
  }
  EXPECT_FALSE(interpolate_dimer(curve, 0.9, p));
  EXPECT_FALSE(interpolate_dimer(curve, 3.6, p));
}

/// Energy at the closest distance of an approach from 1 A minus the energy at 1 A.
double rises_by(AcePotential const& potential) {
  double const end = approach_dimers({}, potential, {1.0}).front().lowest_at;
  auto const curve = scan_dimer({}, potential, 0, 0, {end, 1.0});
  return curve[1].energy - curve[0].energy;
}

TEST(DimerScan, TellsDownToWhereTheEnergyRises) {
  // Only g_1, the cutoff function, which rises monotonically toward zero distance.
  AcePotential potential = test::random_potential({"C"}, {{2}, {0}}, test::paper_radial());
  potential.coefficients = {1, 0};
  DimerApproach const rises = approach_dimers({}, potential, {1.0}).front();
  EXPECT_NEAR(rises.rises_down_to, 0.1, 0.011);
  EXPECT_EQ(rises.fall, 0);
  potential.coefficients = {-1, 0};
  DimerApproach const falls = approach_dimers({}, potential, {1.0}).front();
  EXPECT_EQ(falls.rises_down_to, 1.0);
  EXPECT_NEAR(falls.lowest_at, 0.1, 0.011);
  EXPECT_NEAR(falls.fall, rises_by(potential), 1e-12);
  // A combination with a turning point, where the force changes sign.
  potential.coefficients = {1, -4};
  double const turn = approach_dimers({}, potential, {3.0}).front().rises_down_to;
  auto const at =
      scan_dimer({}, potential, 0, 0, {turn - 0.02, turn - 0.01, turn, turn + 0.01, 3.0});
  if (turn < 3) {
    EXPECT_GT(at[2].energy, at[3].energy);
  }
  if (turn > 0.12) {
    EXPECT_LE(at[1].energy, at[2].energy + 1e-12);
  }
}

TEST(Plot, IsAnSvgWithEverySeries) {
  std::ostringstream out;
  write_svg(out, {"a < b",
                  "x",
                  "y",
                  {{"line", {{0, 1}, {1, NAN}, {2, 3}}, false}, {"dots", {{1, 1}}, true}},
                  0,
                  0});
  EXPECT_THAT(out.str(), testing::StartsWith("<svg"));
  EXPECT_THAT(out.str(), testing::HasSubstr("a &lt; b"));
  EXPECT_THAT(out.str(), testing::HasSubstr("<circle"));
  EXPECT_THAT(out.str(), testing::Not(testing::HasSubstr("nan")));
}

TEST(Plot, GnuplotScriptHoldsEveryFinitePoint) {
  Plot plot{"a \"title\"", "x", "y", {}, 0, 0, true, true};
  plot.series.push_back({"one", {{1, 2}, {3, NAN}, {4, 5}}, false, true});
  plot.series.push_back({"two", {{1, 7}}, true});
  std::ostringstream out;
  write_gnuplot(out, plot, "p.svg");
  EXPECT_THAT(out.str(), testing::HasSubstr("$series0 << end\n1 2\n4 5\nend\n"));
  EXPECT_THAT(out.str(), testing::HasSubstr("$series1 with points pt 7 ps 0.4 title \"two\""));
  EXPECT_THAT(out.str(), testing::HasSubstr("dt 2 title \"one\""));
  EXPECT_THAT(out.str(), testing::HasSubstr("set title \"a \\\"title\\\"\""));
  EXPECT_THAT(out.str(), testing::HasSubstr("set output \"p.svg\""));
}

} // namespace
} // namespace kolace
