// SPDX-License-Identifier: BSD-3-Clause
#include "support/labelled.hpp"
#include "support/sample_potentials.hpp"
#include "support/temporary_folder.hpp"

#include <kolace/io/extxyz.hpp>
#include <kolace/report/error_plots.hpp>
#include <kolace/report/html_report.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

namespace kolace {
namespace {

using testing::HasSubstr;
using testing::Not;

int count_of(std::string const& text, std::string const& what) {
  int count = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
    ++count;
  return count;
}

struct ReportTest : testing::Test {
  test::TemporaryFolder folder;
  AcePotential truth = test::random_potential({"C"}, {{4, 2}, {0, 2}}, test::paper_radial(4));

  Dataset data(bool virials) {
    return Dataset({folder.write("a.xyz", test::labelled(truth, {6}, 20, virials))}, {});
  }
};

TEST_F(ReportTest, PredictionsKeepTheFramesAndAddWhatIsPredicted) {
  AcePotential other = truth;
  other.coefficients[0] += 0.1;
  Dataset const source = data(true);
  DeviationTable deviations;
  std::size_t n_frames = 0, n_energies = 0, n_components = 0;
  source.for_each([&](Frame& frame) {
    deviations.structures.push_back(
        {0.25, std::vector<Vec3>(frame.structure.n_atoms(), Vec3{0.3, 0., 0.4})});
    ++n_frames;
    n_energies += frame.structure.energy.has_value();
    n_components += 3 * frame.structure.forces.size();
  });
  std::ostringstream out;
  Predictions const found =
      write_predictions({}, out, source, truth, {{}, &deviations, "0123abcd"});
  EXPECT_EQ(found.energies.size(), n_energies);
  EXPECT_EQ(found.forces.size(), n_components);
  EXPECT_THAT(found.groups, testing::UnorderedElementsAre("odd", "even"));
  for (auto const* points : {&found.energies, &found.forces, &found.virials})
    for (ParityPoint const& p : *points)
      // The labels are its own predictions.
      EXPECT_NEAR(p.predicted, p.label, 1e-9 * (1 + std::abs(p.label)));
  Dataset const written({folder.write("b.xyz", out.str())}, {});
  std::size_t n_written = 0;
  written.for_each([&](Frame& frame) {
    ++n_written;
    EXPECT_TRUE(frame.structure.energy);
    ASSERT_TRUE(frame.find_info("kolace_energy"));
    EXPECT_NEAR(std::stod(frame.find_info("kolace_energy")->value), *frame.structure.energy, 1e-8);
    EXPECT_EQ(frame.find_info("kolace_energy_std")->value, "0.25");
    EXPECT_EQ(frame.find_info("kolace_run")->value, "0123abcd");
    bool found_column = false;
    for (Column const& column : frame.columns)
      if (column.name == "kolace_forces_std") {
        found_column = true;
        EXPECT_NEAR(std::stod(column.words.at(0)), 0.5, 1e-12); // sqrt(0.09 + 0.16)
      }
    EXPECT_TRUE(found_column);
  });
  EXPECT_EQ(n_written, n_frames);
  // Writing again replaces the predictions and uses a committee's spread.
  std::ostringstream again;
  std::vector<AcePotential> const committee{other, other};
  write_predictions({}, again, written, truth, {committee});
  EXPECT_EQ(count_of(again.str(), "kolace_energy_std="), static_cast<int>(n_frames));
  EXPECT_THAT(again.str(), Not(HasSubstr("kolace_energy_std=0.25")));
  EXPECT_THAT(again.str(), Not(HasSubstr("kolace_run"))); // the run of the earlier predictions
}

TEST(ErrorPlots, ParityCountsWhatIsOutside) {
  std::vector<ParityPoint> points;
  for (int k = 0; k < 1000; ++k)
    points.push_back({0.001 * k, 0.001 * k, 0});
  points.push_back({0.5, 1e6, 0});
  points.push_back({0.5, std::nan(""), 0});
  std::ostringstream out;
  write_parity_svg(out, points, "a < b", "eV");
  EXPECT_THAT(out.str(), HasSubstr("2 of 1002 points are outside"));
  EXPECT_THAT(out.str(), HasSubstr("a &lt; b"));
  // On the diagonal: at most one bin per column, from bottom left to top right.
  EXPECT_LE(count_of(out.str(), "<rect"), 2 + 96);
  EXPECT_GT(count_of(out.str(), "<rect"), 80);
}

TEST(ErrorPlots, PicturesOfOneOrNoPointAreDrawn) {
  for (std::vector<ParityPoint> const& points :
       {std::vector<ParityPoint>{}, std::vector<ParityPoint>{{2, 2, 0}},
        std::vector<ParityPoint>{{0, 1, 0}}}) {
    std::ostringstream parity, histogram;
    write_parity_svg(parity, points, "t", "eV");
    write_error_histogram_svg(histogram, points, {""}, 1000, "t", "meV");
    for (std::string const& text : {parity.str(), histogram.str()}) {
      EXPECT_THAT(text, HasSubstr("</svg>"));
      EXPECT_THAT(text, Not(HasSubstr("nan")));
      EXPECT_THAT(text, Not(HasSubstr("inf")));
    }
  }
}

TEST(ErrorPlots, SmallGroupsAreTogether) {
  std::vector<ParityPoint> points;
  std::vector<std::string> groups;
  for (int g = 0; g < 9; ++g) {
    groups.push_back("group" + std::to_string(g));
    for (int k = 0; k < 10 * (g + 1); ++k)
      points.push_back({0, 0.01 * (k % 7 - 3), g});
  }
  std::ostringstream out;
  write_error_histogram_svg(out, points, groups, 1000, "t", "meV");
  EXPECT_EQ(count_of(out.str(), "<path"), 6);
  EXPECT_THAT(out.str(), HasSubstr("others"));
  EXPECT_THAT(out.str(), HasSubstr("group8"));
  EXPECT_THAT(out.str(), Not(HasSubstr("group3")));
}

TEST_F(ReportTest, PageIsSelfContained) {
  Dataset const train = data(true);
  FitOptions options;
  options.kappa = 0.3;
  options.kappa_virial = 0.1;
  options.solver.kind = SolverOptions::Kind::ridge;
  options.solver.strength = 1e-6;
  options.reference_energy.kind = ReferenceEnergy::Kind::given;
  options.ladder = LadderOptions{};
  FitResult result = fit_potential({}, train, train, truth.basis, options);
  result.warnings.push_back("a <b> warning & more");
  std::ostringstream frames, page;
  Predictions const predictions = write_predictions({}, frames, train, result.potential);
  write_html_report(
      page, result,
      {"title <x>", "cutoff: 5 # <&>", &predictions, &predictions, {{"C", "C", 1.2, 0.1, 0, 0.1}}});
  std::string const text = page.str();
  for (char const* const part : {"title &lt;x&gt;", "a &lt;b&gt; warning &amp; more",
                                 "cutoff: 5 # &lt;&amp;&gt;", "Uncertainty", "Virials, test set",
                                 "Model path", "Simple crystals", "Radial functions", "</html>"})
    EXPECT_THAT(text, HasSubstr(part));
  EXPECT_THAT(text, Not(HasSubstr("<script")));
  EXPECT_THAT(text, Not(HasSubstr("src=")));
  EXPECT_THAT(text, Not(HasSubstr("nan")));
  EXPECT_EQ(count_of(text, "<svg"), count_of(text, "</svg>"));
  EXPECT_EQ(count_of(text, "<svg"), 9 + 1 + 3);
}

} // namespace
} // namespace kolace
