// SPDX-License-Identifier: BSD-3-Clause
#include "support/error_message.hpp"
#include "support/temporary_folder.hpp"

#include <kolace/config/default_basis.hpp>
#include <kolace/config/input.hpp>
#include <kolace/config/input_keys.hpp>
#include <kolace/fit/regularization.hpp>
#include <kolace/model/pair_repulsion.hpp>

#include <gmock/gmock.h>

#include <gtest/gtest.h>
#include <set>

namespace kolace {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string const base =
    "cutoff: 5\n"
    "seed: 7\n"
    "metadata: {origin: test}\n"
    "backend: {evaluator: tensorpot, batch_size: 10}\n"
    "data:\n"
    "  filename: a.xyz\n"
    "  reference_energy: 0\n"
    "potential:\n"
    "  deltaSplineBins: 0.001\n"
    "  elements: [C]\n"
    "  embeddings: {ALL: {npot: FinnisSinclairShiftedScaled, fs_parameters: [1, 1], "
    "ndensity: 1}}\n"
    "  bonds: {ALL: {radbase: ChebExpCos, radparameters: [5.25], rcut: 4.5, dcut: "
    "0.01, NameOfCutoffFunction: cos}}\n"
    "  functions: {ALL: {nradmax_by_orders: [5, 3, 2], lmax_by_orders: [0, 2, 1]}}\n"
    "fit:\n"
    "  loss: {kappa: auto, L1_coeffs: 0, L2_coeffs: 1e-8, w1_rad: 1e-8}\n"
    "  optimizer: BFGS\n"
    "  min_relative_train_loss_per_iter: 5e-5\n"
    "  trainable_parameters: ALL\n"
    "  maxiter: 2000\n";

struct InputTest : testing::Test {
  test::TemporaryFolder folder;
  InputTest() {
    std::string frames;
    for (int k = 0; k < 20; ++k)
      frames += "2\nenergy=" + std::to_string(k) + "\nC 0 0 0\nC 0 0 " +
                std::to_string(1 + 0.1 * k) + "\n";
    folder.write("a.xyz", frames);
  }
  FitInput read(std::string const& text) {
    return read_fit_input(folder.write("input.yaml", text));
  }
  std::string error(std::string const& text) {
    return test::error_message([&] { read(text); });
  }
  static std::string with(std::string const& from, std::string const& to) {
    std::string text = base;
    auto const at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  }
};

TEST_F(InputTest, PacemakersKeysAreAccepted) {
  FitInput const input = read(base);
  EXPECT_THAT(input.ignored,
              testing::UnorderedElementsAre(
                  "metadata", "backend", "potential.embeddings", "fit.optimizer", "fit.maxiter",
                  "fit.min_relative_train_loss_per_iter", "fit.loss.w1_rad"));
  EXPECT_FALSE(input.options.kappa);
  EXPECT_EQ(input.options.l2, 1e-8);
  EXPECT_EQ(input.basis->specification().bonds[0].radial.cutoff, 4.5);
  EXPECT_EQ(input.basis->cutoff(), 4.5);
  EXPECT_EQ(input.options.reference_energy.kind, ReferenceEnergy::Kind::given);
}

TEST_F(InputTest, FilesAreRelativeToTheInput) {
  EXPECT_EQ(read(base).train.files().front(), folder.file("a.xyz"));
  EXPECT_THAT(error(with("a.xyz", "b.xyz")), AllOf(HasSubstr(":6: "), HasSubstr("b.xyz")));
  EXPECT_THAT(error(with("a.xyz", "df.pckl.gzip")), HasSubstr("pickled"));
}

TEST_F(InputTest, UnknownKeysNameWhatIsAccepted) {
  EXPECT_THAT(error(base + "ladder: 3\n"),
              AllOf(HasSubstr("ladder"), HasSubstr("expected one of: cutoff")));
  EXPECT_THAT(error(with("  filename", "  file: 3\n  filename")),
              AllOf(HasSubstr(":6: "), HasSubstr("data.file"), HasSubstr("test_filename")));
  EXPECT_THAT(error(with("kappa: auto", "kapa: 1")),
              AllOf(HasSubstr(":15: "), HasSubstr("kapa"), HasSubstr("kappa")));
  EXPECT_THAT(error(with("dcut: 0.01", "dct: 0.01")), HasSubstr("dct"));
  EXPECT_THAT(error(with("functions: {ALL", "functions: {EVERY")), HasSubstr("UNARY"));
  EXPECT_THAT(error(with("nradmax_by_orders", "nradmax")), HasSubstr("nradmax_by_orders"));
  EXPECT_THAT(error(with("  optimizer: BFGS", "  fit_cycle: 1")), HasSubstr("fit_cycles"));
}

TEST_F(InputTest, NonLinearModelsAreRefused) {
  EXPECT_THAT(error(with("ndensity: 1", "ndensity: 2")),
              AllOf(HasSubstr("ndensity"), HasSubstr("linear")));
  EXPECT_THAT(error(with("fs_parameters: [1, 1]", "fs_parameters: [1, 0.5]")), HasSubstr("linear"));
  EXPECT_THAT(error(with("radbase: ChebExpCos", "radbase: ChebLinear")),
              HasSubstr("discontinuous"));
}

TEST_F(InputTest, SolversAreChosenInTheFitSection) {
  using Kind = SolverOptions::Kind;
  using Choice = SolverOptions::Choice;
  auto const text = [&](std::string const& solver, std::string const& l1 = "0",
                        std::string const& l2 = "0") {
    std::string base_text = with("  optimizer: BFGS", "  solver: " + solver);
    auto const replace = [&](std::string const& from, std::string const& to) {
      base_text.replace(base_text.find(from), from.size(), to);
    };
    replace("L1_coeffs: 0", "L1_coeffs: " + l1);
    replace("L2_coeffs: 1e-8", "L2_coeffs: " + l2);
    return base_text;
  };
  auto const solver = [&](std::string const& s) { return read(text(s)).options.solver; };
  EXPECT_EQ(read(base).options.solver.kind, Kind::least_squares);
  EXPECT_EQ(read(text("least_squares", "1e-6", "1e-8")).options.l1, 1e-6);
  EXPECT_EQ(solver("ridge").choice, Choice::gcv);
  EXPECT_EQ(solver("{type: ridge, strength: 1e-5}").strength, 1e-5);
  EXPECT_EQ(solver("{type: ridge, strength: 1e-5}").choice, Choice::given);
  SolverOptions const folds = solver("{type: l1, choose: folds, folds: 7, prior: smooth}");
  EXPECT_EQ(folds.kind, Kind::elastic_net);
  EXPECT_EQ(folds.folds, 7);
  EXPECT_EQ(folds.prior->power, 2);
  EXPECT_EQ(solver("{type: ard, committee: 5, prior: {power: 3}}").prior->power, 3);
  EXPECT_EQ(solver("{type: ridge, prior: {decay: 0.5}}").prior->decay, 0.5);
  EXPECT_EQ(solver("{type: ard, committee: 5}").committee, 5);
  EXPECT_EQ(solver("{type: lsqr, iterations: 9, tolerance: 1e-3}").max_iterations, 9);

  EXPECT_THAT(error(text("qr")), AllOf(HasSubstr("fit.solver"), HasSubstr("least_squares, ridge")));
  EXPECT_THAT(error(text("{type: ridge, iterations: 3}")), HasSubstr("iterations"));
  EXPECT_THAT(error(text("{type: ridge, strength: -1}")), HasSubstr("non-negative"));
  EXPECT_THAT(error(text("{type: ridge, strength: 1, choose: gcv}")),
              HasSubstr("give one of the two"));
  EXPECT_THAT(error(text("{type: ridge, choose: luck}")), HasSubstr("folds"));
  EXPECT_THAT(error(text("{type: ridge, prior: {power: 1, decay: 1}}")),
              HasSubstr("conflicts with power"));
  EXPECT_THAT(error(text("{type: ridge, prior: {decay: 3}}")), HasSubstr("0 to 2"));
  EXPECT_THAT(error(text("{type: l1, choose: evidence}")), HasSubstr("ridge only"));
  EXPECT_THAT(error(text("{type: ridge, choose: validation}")), HasSubstr("test_filename"));
  EXPECT_THAT(error(text("{type: ridge, choose: folds, folds: 1}")), HasSubstr("2 to 100"));
  EXPECT_THAT(error(text("ridge", "0", "1e-8")), HasSubstr("L2_coeffs"));
  EXPECT_THAT(error(text("lsqr", "1e-8")), HasSubstr("L1_coeffs"));
  EXPECT_THAT(error(text("elastic_net")), HasSubstr("L2_coeffs"));
}

TEST_F(InputTest, WeightingPoliciesAreThoseOfPacemaker) {
  auto const weighting = [](std::string const& text) {
    return base + "  weighting: {" + text + "}\n";
  };
  Weighting const read_in =
      read(weighting(
               "type: EnergyBasedWeightingPolicy, nfit: -1, DElow: 0.5, DEup: 8, DFup: 40, DE: 2, "
               "DF: 3, wlow: 0.75, reftype: bulk, energy: cohesive, seed: 9, cutoff: 5"))
          .options.weighting;
  EXPECT_EQ(read_in.policy, Weighting::Policy::energy_based);
  EXPECT_EQ(read_in.low_energy, 0.5);
  EXPECT_EQ(read_in.energy_limit, 8);
  EXPECT_EQ(read_in.force_limit, 40);
  EXPECT_EQ(read_in.energy_softening, 2);
  EXPECT_EQ(read_in.force_softening, 3);
  EXPECT_EQ(read_in.low_share, 0.75);
  EXPECT_EQ(read_in.kept, Weighting::Kept::bulk);
  EXPECT_EQ(read_in.zero, Weighting::Zero::lowest);
  EXPECT_EQ(read_in.n_structures, -1);
  EXPECT_EQ(read_in.seed, 9u);
  std::string const policy = "type: EnergyBasedWeightingPolicy, ";
  EXPECT_FALSE(read(weighting(policy + "wlow: None")).options.weighting.low_share);
  EXPECT_EQ(read(weighting(policy + "n_lower: 3, n_upper: 4")).options.weighting.n_up, 4);
  EXPECT_THAT(error(weighting(policy + "wlow: 1.5")), HasSubstr("fit.weighting.wlow"));
  EXPECT_THAT(error(weighting(policy + "nfit: 5, n_lower: 3")),
              HasSubstr("conflicts with n_lower and n_upper"));
  EXPECT_THAT(error(weighting(policy + "nfit: 0")), HasSubstr("nfit"));
  EXPECT_THAT(error(weighting(policy + "reftype: film")), HasSubstr("all, bulk, cluster"));
  EXPECT_THAT(error(weighting(policy + "energy: hull")), HasSubstr("convex_hull, cohesive"));
  EXPECT_THAT(error(weighting("DElow: 1")), HasSubstr("DElow"));
  EXPECT_THAT(error(weighting("type: Other")),
              HasSubstr("or ExternalWeightingPolicy, got 'Other'"));

  std::string const external = "type: ExternalWeightingPolicy";
  EXPECT_THAT(error(weighting(external)), HasSubstr("filename"));
  EXPECT_THAT(error(weighting(external + ", filename: w.pckl.gzip")), HasSubstr("CSV"));
  folder.write("w.csv", "index,w_energy,w_forces\n3,1,1\n17,2,1\n");
  int frames = 0;
  read(weighting(external + ", filename: w.csv")).train.for_each([&](Frame& frame) {
    EXPECT_EQ(frame.structure.energy, frames == 0 ? 3 : 17);
    EXPECT_EQ(frame.structure.energy_weight, ++frames);
  });
  EXPECT_EQ(frames, 2);
}

TEST_F(InputTest, RepulsionAndReferencePotentialsGoUnderTheFit) {
  FitOptions const usual = read(base).options;
  ASSERT_TRUE(usual.reference_potential);
  EXPECT_TRUE(usual.pair_repulsion);
  EXPECT_FALSE(usual.repulsion_below_data);
  EXPECT_EQ(usual.reference_potential->basis->specification().bonds[0].inner_cutoff_type,
            InnerCutoff::density);
  EXPECT_NEAR(usual.reference_potential->basis->specification().bonds[0].core_lambda,
              pair_repulsion(6, 6).lambda, 1e-15);
  FitOptions const without = read(base + "  repulsion: none\n").options;
  EXPECT_FALSE(without.repulsion_below_data || without.pair_repulsion ||
               without.reference_potential);
  FitOptions const below = read(base + "  repulsion: zbl\n").options;
  EXPECT_TRUE(below.repulsion_below_data && !below.pair_repulsion && !below.reference_potential);
  EXPECT_THAT(error(base + "  repulsion: hard\n"), HasSubstr("auto, zbl or none"));
  std::string const zbl = with("rcut: 4.5, dcut: 0.01", "rcut: 4.5, dcut: 0.01, r_in: 0.9, "
                                                        "inner_cutoff_type: zbl");
  FitInput const with_zbl = read(zbl);
  ASSERT_TRUE(with_zbl.options.reference_potential);
  EXPECT_TRUE(with_zbl.basis->is_linear());
  BondSpecification const bond =
      with_zbl.options.reference_potential->basis->specification().bonds[0];
  EXPECT_EQ(bond.inner_cutoff_type, InnerCutoff::zbl);
  EXPECT_EQ(bond.delta_in, 0.1);
  EXPECT_EQ(bond.core_prefactor, 1);
  EXPECT_THAT(error(zbl + "  repulsion: auto\n"), HasSubstr("already have"));
  EXPECT_THAT(error(with("dcut: 0.01", "dcut: 0.01, inner_cutoff_type: zbl")), HasSubstr("r_in"));
  EXPECT_THAT(error(base + "  reference_potential: no.yaml\n"), HasSubstr("does not exist"));
}

TEST_F(InputTest, WithoutASolverTheFitIsAutomatic) {
  using Kind = SolverOptions::Kind;
  std::string const fit = base.substr(0, base.find("fit:"));
  FitOptions const plain = read(fit).options;
  EXPECT_EQ(plain.solver.kind, Kind::automatic);
  EXPECT_TRUE(plain.weights_from_data);
  EXPECT_NEAR(*plain.kappa, balanced_shares().kappa, 1e-15);
  EXPECT_GT(plain.kappa_virial, 0);
  FitOptions const weighted = read(fit + "fit: {loss: {kappa: 0.7}}\n").options;
  EXPECT_EQ(weighted.solver.kind, Kind::automatic);
  EXPECT_FALSE(weighted.weights_from_data);
  EXPECT_EQ(*weighted.kappa, 0.7);
  EXPECT_EQ(weighted.weighting.policy, Weighting::Policy::damped);
  EXPECT_EQ(
      read(fit + "fit: {weighting: {type: UniformWeightingPolicy}}\n").options.weighting.policy,
      Weighting::Policy::uniform);
  for (std::string const exact : {"fit: {solver: least_squares}", "fit: {loss: {L2_coeffs: 1e-8}}",
                                  "fit: {loss: {L1_coeffs: 1e-8}}"}) {
    FitOptions const options = read(fit + exact + "\n").options;
    EXPECT_EQ(options.solver.kind, Kind::least_squares) << exact;
    EXPECT_EQ(*options.kappa, 0.3);
    EXPECT_EQ(options.kappa_virial, 0);
    EXPECT_EQ(options.weighting.policy, Weighting::Policy::uniform);
  }
}

TEST_F(InputTest, StudiesHaveTheirOwnSection) {
  FitInput const input = read(
      base + "sweep: {path: {nradmax_by_orders: [4, 2], lmax_by_orders: [0, 2]}, points: 5}\n");
  EXPECT_EQ(input.sweep.points, 5);
  EXPECT_EQ(input.sweep.path->nradmax, (std::vector<int>{4, 2}));
  EXPECT_FALSE(read(base).sweep.path);
  EXPECT_THAT(error(base + "sweep: {paths: 3}\n"), HasSubstr("expected one of: path, points"));
  EXPECT_THAT(error(base + "sweep: {points: 0}\n"), HasSubstr("1 to 1000"));
  EXPECT_THAT(error(base + "sweep: {path: {nradmax_by_orders: [4], lmax_by_orders: [1]}}\n"),
              HasSubstr("rank 1"));
}

TEST_F(InputTest, ImpossibleValuesAreRefused) {
  EXPECT_THAT(error(with("cutoff: 5", "cutoff: -5")), HasSubstr("cutoff"));
  EXPECT_THAT(error(with("rcut: 4.5", "rcut: 6")), HasSubstr("rcut"));
  EXPECT_THAT(error(with("kappa: auto", "kappa: 1.5")), HasSubstr("0 to 1"));
  EXPECT_THAT(error(with("kappa: auto", "kappa: automatic")), HasSubstr("kappa"));
  EXPECT_THAT(error(with("[0, 2, 1]", "[0, 2]")), HasSubstr("as many numbers"));
  EXPECT_THAT(error(with("[0, 2, 1]", "[1, 2, 1]")), HasSubstr("rank 1"));
  EXPECT_THAT(error(with("[5, 3, 2]", "[5, 900, 900]")), HasSubstr("too many"));
  EXPECT_THAT(error(with("elements: [C]", "elements: [Xx]")), HasSubstr("Xx"));
  EXPECT_THAT(error(with("reference_energy: 0", "reference_energy: {Si: 1}")),
              HasSubstr("element C is missing"));
  EXPECT_THAT(error(with("reference_energy: 0", "reference_energy: lots")), HasSubstr("isolated"));
  EXPECT_THAT(error(with("seed: 7", "seed: seven")), HasSubstr("seed"));
  EXPECT_THAT(error("- 1\n"), HasSubstr("a map"));
}

TEST_F(InputTest, TestFramesAreTakenAtRandomAndReproducibly) {
  auto const energies = [](Dataset const& data) {
    std::vector<double> values;
    data.for_each([&](Frame& frame) { values.push_back(*frame.structure.energy); });
    return values;
  };
  FitInput const input = read(with("  reference_energy", "  test_size: 0.25\n  reference_energy"));
  auto const test = energies(input.test), train = energies(input.train);
  EXPECT_EQ(input.test_frames, 5);
  EXPECT_EQ(test.size(), 5u);
  EXPECT_EQ(train.size(), 15u);
  for (double const e : test)
    EXPECT_THAT(train, testing::Not(testing::Contains(e)));
  EXPECT_EQ(test,
            energies(read(with("  reference_energy", "  test_size: 5\n  reference_energy")).test));
  std::string other = with("  reference_energy", "  test_size: 5\n  reference_energy");
  other.replace(other.find("seed: 7"), 7, "seed: 8");
  EXPECT_NE(test, energies(read(other).test));
  EXPECT_TRUE(read(with("  reference_energy", "  test_size: 0\n  reference_energy")).test.empty());
  EXPECT_THAT(error(with("  reference_energy", "  test_size: 20\n  reference_energy")),
              HasSubstr("no frame"));
}

TEST_F(InputTest, FreeAtomsStayInTheTrainingSet) {
  std::string frames = "1\nenergy=-1\nC 0 0 0\n";
  for (int k = 0; k < 9; ++k)
    frames += "2\nenergy=" + std::to_string(k) + "\nC 0 0 0\nC 0 0 1.5\n";
  folder.write("a.xyz", frames);
  for (int seed = 0; seed < 20; ++seed) {
    std::string text = with("  reference_energy: 0", "  test_size: 8");
    text.replace(text.find("seed: 7"), 7, "seed: " + std::to_string(seed));
    bool found = false;
    read(text).train.for_each(
        [&](Frame& frame) { found = found || frame.structure.n_atoms() == 1; });
    EXPECT_TRUE(found) << seed;
  }
}

TEST_F(InputTest, LabelKeysAreConfigurable) {
  folder.write("a.xyz", "1\nLattice=\"2 0 0 0 3 0 0 0 4\" e=-3 energy=1 sigma=\"1 0 0 0 0 0\" "
                        "Properties=species:S:1:pos:R:3:f:R:3\nC 0 0 0 1 2 3\n");
  FitInput const input =
      read(with("  reference_energy: 0", "  reference_energy: 0\n  energy_key: e\n"
                                         "  forces_key: f\n  stress_key: sigma"));
  input.train.for_each([](Frame& frame) {
    EXPECT_EQ(frame.structure.energy, -3);
    EXPECT_EQ(frame.structure.forces.at(0), (Vec3{1, 2, 3}));
    EXPECT_EQ(frame.structure.virial->at(0), -24);
  });
}

TEST_F(InputTest, BlocksGovernTheirSetsOfElements) {
  std::string text = with("elements: [C]", "elements: [Ni, Al]");
  auto const at = text.find("functions: {");
  text.replace(at, text.find('\n', at) - at,
               "functions: {UNARY: {nradmax_by_orders: [4, 2], lmax_by_orders: [0, 1]},"
               " \"Al Ni\": {nradmax_by_orders: [3], lmax_by_orders: [0]}}");
  FitInput const input = read(text);
  int mixed = 0;
  for (BasisFunction const& f : input.basis->functions()) {
    bool const pure =
        std::all_of(f.species.begin(), f.species.end(), [&](int s) { return s == f.center; });
    if (!pure) {
      EXPECT_EQ(f.rank(), 1);
      ++mixed;
    }
  }
  EXPECT_EQ(mixed, 6);
  EXPECT_EQ(input.basis->size(), 6 + 2 * (4 + 6));
}

TEST_F(InputTest, BasisIsChosenByTheDataWhereThereAreNoFunctions) {
  std::string const least = "cutoff: 4\ndata: {filename: a.xyz}\npotential: {elements: [C]}\n";
  FitInput const input = read(least);
  EXPECT_EQ(input.basis->size(), default_basis(1, {20, false}).n_functions);
  ASSERT_EQ(input.notes.size(), 2u);
  EXPECT_THAT(input.notes[0], HasSubstr("radparameters: ["));
  EXPECT_THAT(input.notes[1], AllOf(HasSubstr("20 labels: 4 functions, nradmax_by_orders: [4]"),
                                    HasSubstr("pair functions only")));
  EXPECT_EQ(input.options.solver.kind, SolverOptions::Kind::automatic);
  EXPECT_TRUE(read(base).notes.empty());
  EXPECT_THAT(
      error("cutoff: 4\ndata: {filename: a.xyz}\npotential: {elements: [C], basis: canonical}\n"),
      HasSubstr("functions"));
}

TEST_F(InputTest, TheAutomaticSolverTakesACommittee) {
  std::string const head =
      "cutoff: 4\ndata: {filename: a.xyz}\npotential: {elements: [C]}\nfit: {solver: ";
  FitInput const input = read(head + "{type: automatic, committee: 3, seed: 9}}\n");
  EXPECT_EQ(input.options.solver.kind, SolverOptions::Kind::automatic);
  EXPECT_EQ(input.options.solver.committee, 3);
  EXPECT_EQ(input.options.solver.seed, 9u);
  EXPECT_TRUE(input.options.solver.prior);
  EXPECT_TRUE(input.options.weights_from_data);
  EXPECT_EQ(input.options.weighting.policy, Weighting::Policy::damped);
  EXPECT_THAT(error(head + "{type: automatic, strength: 1}}\n"), HasSubstr("strength"));
}

/// The table of keys is complete: every section is introduced, every key explained, and the keys of
/// the solvers are those of the section.
TEST(InputKeys, AreAllExplained) {
  std::set<std::string_view> sections;
  for (InputSection const& section : input_sections()) {
    EXPECT_TRUE(sections.insert(section.path).second) << section.path;
    EXPECT_FALSE(section.text.empty()) << section.path;
    EXPECT_FALSE(keys_of(section.path).empty()) << section.path;
  }
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (InputKey const& key : input_keys()) {
    EXPECT_TRUE(sections.contains(key.section)) << key.section;
    EXPECT_TRUE(seen.insert({key.section, key.name}).second) << key.section << '.' << key.name;
    EXPECT_FALSE(key.type.empty() || key.text.empty()) << key.section << '.' << key.name;
  }
  std::set<std::string> of_solvers{"type"};
  for (InputSolver const& solver : input_solvers())
    of_solvers.insert(solver.keys.begin(), solver.keys.end());
  std::vector<std::string> const section = keys_of("fit.solver");
  EXPECT_EQ(of_solvers, std::set<std::string>(section.begin(), section.end()));
}

} // namespace
} // namespace kolace
