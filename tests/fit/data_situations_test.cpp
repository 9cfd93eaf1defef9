// SPDX-License-Identifier: BSD-3-Clause
#include "fit/situation.hpp"

#include <kolace/evaluate/evaluator.hpp>
#include <kolace/fit/detail/data_warnings.hpp>
#include <kolace/fit/fit.hpp>
#include <kolace/fit/fit_data.hpp>
#include <kolace/io/potential_file.hpp>

/// @file
/// Data as users provide them: labels, weights, cells and files of other programs, as found in
///   practice.

namespace kolace {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST_F(Situation, SeveralFilesByAPattern) {
  FitInput const found = read("cutoff: 6\ndata: {filename: '[ab].xyz'}\npotential:\n"
                              "  elements: [Al, Ni]\n" +
                              functions());
  EXPECT_THAT(found.train.files(), ElementsAre(HasSubstr("a.xyz"), HasSubstr("b.xyz")));
  EXPECT_THAT(error("cutoff: 6\ndata: {filename: 'c*.xyz'}\npotential:\n"
                    "  elements: [Al, Ni]\n" +
                    functions()),
              AllOf(HasSubstr(":2: "), HasSubstr("c*.xyz")));
}

TEST_F(Situation, NamesThatNoFileCanHave) {
  std::string const name(5000, 'x');
  for (std::string const& text :
       {"cutoff: 6\ndata: {filename: " + name + "}\npotential: {elements: [Al]}\n",
        "cutoff: 6\ndata: {filename: a.xyz}\npotential: " + name + "\n",
        input(functions(), "test_filename: " + name),
        input(functions(), "", "reference_potential: " + name)})
    EXPECT_THAT(error(text), AllOf(HasSubstr("input.yaml"), HasSubstr("xxx")));
  EXPECT_THAT(test::error_message([&] { read_potential(name + ".yaml"); }), HasSubstr("opened"));
  EXPECT_THAT(test::error_message([&] { read_fit_input(name); }), HasSubstr("opened"));
}

TEST_F(Situation, FilesOfOtherKindsNameTheConverter) {
  for (std::string const name : {"md.traj", "runs.db", "POSCAR", "a.cif", "vasprun.xml"}) {
    folder.write(name, "1\n");
    EXPECT_THAT(error("cutoff: 6\ndata: {filename: " + name +
                      "}\npotential:\n  elements: [Al, Ni]\n" + functions()),
                AllOf(HasSubstr(name), HasSubstr("ase convert")));
  }
  EXPECT_THAT(error("cutoff: 6\ndata: {filename: df.pckl.gzip}\npotential:\n"
                    "  elements: [Al, Ni]\n" +
                    functions()),
              HasSubstr("pickled"));
}

TEST_F(Situation, DataWithoutThermalMotion) {
  auto const warnings = [&](double force) {
    std::string text;
    for (int k = 0; k < 8; ++k) {
      std::string const f = std::to_string(force), r = std::to_string(2.2 + 0.1 * k);
      text +=
          "2\nProperties=species:S:1:pos:R:3:forces:R:3 energy=" + std::to_string(-1 - 0.1 * k) +
          "\nAl 0 0 0 0 0 " + f + "\nNi 0 0 " + r + " 0 0 -" + f + "\n";
    }
    folder.write("a.xyz", text);
    FitInput const given = read(input(functions()));
    return fit_potential(Context(), given.train, given.test, given.basis, given.options).warnings;
  };
  EXPECT_THAT(warnings(0.2), testing::Contains(HasSubstr("small (0.12 eV/A")));
  EXPECT_THAT(warnings(0.5), Not(testing::Contains(HasSubstr("eV/A, root mean square"))));
}

TEST_F(Situation, LabelsAndWeightsThatCannotBeMeant) {
  auto const fit_of = [&](std::string const& frame, std::string const& loss) {
    std::string text;
    for (int k = 0; k < 8; ++k)
      text += "2\nenergy=" + std::to_string(-1 - 0.1 * k) + frame + "\nAl 0 0 0\nNi 0 0 " +
              std::to_string(2.2 + 0.1 * k) + "\n";
    folder.write("a.xyz", text);
    return test::error_message([&] {
      FitInput const given = read(input(functions(), "", loss));
      fit_potential(Context(), given.train, given.test, given.basis, given.options);
    });
  };
  EXPECT_EQ(fit_of("", ""), "no error");
  EXPECT_THAT(fit_of("1e300", ""), AllOf(HasSubstr("frame 1"), HasSubstr("too large")));
  EXPECT_THAT(fit_of(" energy_weight=0 force_weight=0", ""), HasSubstr("weights are zero"));
  EXPECT_THAT(fit_of(" energy_weight=1e308", ""), HasSubstr("frame 1"));
  EXPECT_THAT(fit_of("", "loss: {kappa_virial: 1}"), HasSubstr("kappa_virial"));
}

TEST_F(Situation, LabelsUnderOtherNames) {
  folder.write("a.xyz", "2\ndft_energy=-1\nAl 0 0 0\nNi 0 0 2.5\n");
  FitInput const given = read(input(functions()));
  EXPECT_THAT(test::error_message(
                  [&] { fit_potential(Context(), given.train, {}, given.basis, given.options); }),
              AllOf(HasSubstr("look like energies: dft_energy"), HasSubstr("data.energy_key")));
}

TEST_F(Situation, ForcesUnderAnotherNameAreNotLeftOutSilently) {
  folder.write("a.xyz",
               "2\nenergy=-1 Properties=species:S:1:pos:R:3:dft_forces:R:3:force_flag:I:1\n"
               "Al 0 0 0 0 0 0.1 1\nNi 0 0 2.5 0 0 -0.1 1\n");
  FitInput const given = read(input(functions()));
  FitResult const result = fit_potential(Context(), given.train, {}, given.basis, given.options);
  EXPECT_THAT(result.warnings, testing::Contains(AllOf(HasSubstr("look like forces: dft_forces;"),
                                                       HasSubstr("data.forces_key"))));
}

TEST_F(Situation, LargeFilesAreAnnouncedOnce) {
  std::string text;
  for (int k = 0; k < 20000; ++k)
    text += "1\nenergy=-1\nAl 0 0 0\n";
  Dataset::Options options;
  std::vector<std::string> told;
  options.announce = [&](std::string const& message) { told.push_back(message); };
  options.large = 100000;
  Dataset({folder.write("large.xyz", text)}, options).for_each([](Frame&) {});
  ASSERT_EQ(told.size(), 1u);
  EXPECT_THAT(told[0], HasSubstr("large.xyz"));
  Dataset({folder.file("a.xyz")}, options).for_each([](Frame&) {});
  EXPECT_EQ(told.size(), 1u);
}

TEST_F(Situation, ContentsOfOtherKindsNameTheConverter) {
  for (auto const& [name, contents] :
       {std::pair<char const*, std::string>{"structure_01",
                                            "cubic\n4.05\n1 0 0\n0 1 0\n0 0 1\nAl\n1\n"},
        {"s1", "SQLite format 3"},
        {"s2", "\x89HDF\r\n"},
        {"s3", "- of Ulm ASE"},
        {"s4", "<?xml version"},
        {"s5", "data_Al\n_cell 1"},
        {"s6", "{\"a\": 1}"},
        {"s7", "\x80\x04\x95"}}) {
    folder.write(name, contents);
    EXPECT_THAT(
        test::error_message([&] { Dataset({folder.file(name)}, {}).for_each([](Frame&) {}); }),
        HasSubstr("kolace convert"))
        << name;
  }
  folder.write("s8", "BZh91AY");
  EXPECT_THAT(
      test::error_message([&] { Dataset({folder.file("s8")}, {}).for_each([](Frame&) {}); }),
      HasSubstr("plain or .gz"));
  for (char const* const name :
       {"a.hdf5", "a.aselmdb", "train_POSCAR", "XDATCAR", "a.CIF.gz", "b.pdb"})
    EXPECT_THAT(error("cutoff: 6\ndata: {filename: " + std::string(name) +
                      "}\npotential:\n  elements: [Al]\n" + functions()),
                HasSubstr("kolace convert"))
        << name;
}

TEST_F(Situation, ErrorsThatOnlyUnitsExplain) {
  std::string text;
  for (int k = 0; k < 12; ++k) // stress in kbar of cells that hardly differ
    text += "1\nLattice=\"4 0 0 0 4 0 0 0 4\" energy=" + std::to_string(-1 - 0.01 * k) +
            " stress=\"" + std::to_string(900 * (k % 3)) +
            " 0 0 0 500 0 0 0 -700\" Properties=species:S:1:pos:R:3\nAl 0 0 0\n";
  folder.write("a.xyz", text);
  FitInput const given = read("cutoff: 6\ndata: {filename: a.xyz}\npotential:\n  elements: [Al]\n" +
                              functions() + "fit: {repulsion: none, loss: {kappa_virial: 0.1}}\n");
  FitResult const result = fit_potential(Context(), given.train, {}, given.basis, given.options);
  EXPECT_THAT(result.warnings, testing::Contains(HasSubstr("training errors of virials are")));
}

TEST_F(Situation, ACutoffBelowAllDistances) {
  FitInput const given =
      read("cutoff: 2\ndata: {filename: a.xyz}\npotential:\n  elements: [Al, Ni]\n" + functions() +
           "fit: {repulsion: none}\n");
  FitResult const result = fit_potential(Context(), given.train, {}, given.basis, given.options);
  EXPECT_THAT(result.warnings, testing::Contains(HasSubstr("choose a larger cutoff")));
  EXPECT_THAT(result.warnings, Not(testing::Contains(HasSubstr("structures that contain both"))));
}

TEST_F(Situation, VirialsThatANamedSolverDoesNotFit) {
  folder.write("a.xyz", "2\nLattice=\"6 0 0 0 6 0 0 0 6\" energy=-1 virial=\"1 0 0 0 1 0 0 0 1\" "
                        "Properties=species:S:1:pos:R:3\nAl 0 0 0\nNi 0 0 2.5\n");
  auto const warnings = [&](char const* loss) {
    FitInput const given = read(input(functions(), "", loss));
    return fit_potential(Context(), given.train, {}, given.basis, given.options).warnings;
  };
  auto const told = testing::Contains(HasSubstr("virials of 1 frame are not fitted"));
  EXPECT_THAT(warnings("solver: least_squares"), told);
  EXPECT_THAT(warnings("solver: least_squares, loss: {kappa_virial: 0}"), Not(told));
  EXPECT_THAT(warnings("solver: least_squares, loss: {kappa_virial: 0.1}"), Not(told));
}

TEST_F(Situation, WeightsOfOtherProgramsAreNamed) {
  folder.write("a.xyz", "2\nenergy=-1 config_weight=2 energy_sigma=0.01\nAl 0 0 0\nNi 0 0 2.5\n");
  LabelCounts const labels =
      read(input(functions())).train.for_each_structure([](Frame&) {}).labels;
  EXPECT_THAT(labels, testing::Contains(testing::Key(HasSubstr("config_weight"))));
  EXPECT_THAT(labels, testing::Contains(testing::Key(HasSubstr("energy_sigma"))));
}

TEST_F(Situation, OneFrameWithAtomsTooCloseIsNamed) {
  std::string text;
  for (int k = 0; k < 40; ++k)
    text += "2\nenergy=" + std::to_string(-1 - 0.01 * k) + "\nAl 0 0 0\nNi 0 0 " +
            std::to_string(k == 11 ? 1.3 : 2.2 + 0.02 * k) + "\n";
  folder.write("a.xyz", text);
  FitInput const given = read(input(functions()));
  FitResult const result =
      fit_potential(Context(), given.train, given.test, given.basis, given.options);
  EXPECT_THAT(result.warnings, testing::Contains(AllOf(HasSubstr("frame 12"), HasSubstr("1.300 A"),
                                                       HasSubstr("2.200 A"))));
  // The other frames define the short-range limit of the data.
  EXPECT_NEAR(result.shortest_distances[1], 2.2, 1e-12);
}

TEST_F(Situation, OneWrongEnergyIsNamed) {
  std::string text;
  for (int k = 0; k < 40; ++k)
    text += "2\nenergy=" + std::to_string(k == 17 ? 1e6 : -1 - 0.01 * k) + "\nAl 0 0 0\nNi 0 0 " +
            std::to_string(2.2 + 0.05 * k) + "\n";
  folder.write("a.xyz", text);
  FitInput const given = read(input(functions()));
  FitResult const result =
      fit_potential(Context(), given.train, given.test, given.basis, given.options);
  EXPECT_THAT(result.warnings, testing::Contains(AllOf(HasSubstr("squared errors of energies"),
                                                       HasSubstr("frame 18"))));
}

TEST_F(Situation, AStressWithoutACell) {
  auto const fit_of = [&](std::string const& stress) {
    std::string text;
    for (int k = 0; k < 8; ++k) {
      std::string const atoms = "\nAl 0 0 0\nNi 0 0 " + std::to_string(2.2 + 0.1 * k) + "\n";
      text += "2\nenergy=-1 stress=\"" + stress + "\" pbc=\"F F F\"" + atoms;
      text += "2\nLattice=\"9 0 0 0 9 0 0 0 9\" energy=-1 stress=\"0.1 0.1 0.1 0 0 0\"" + atoms;
    }
    folder.write("a.xyz", text);
    FitInput const given = read(input(functions(), "", "loss: {kappa_virial: 0.1}"));
    return test::error_message([&] {
      FitResult const result =
          fit_potential(Context(), given.train, given.test, given.basis, given.options);
      EXPECT_EQ(result.train.total.n_virials(), 48);
    });
  };
  EXPECT_EQ(fit_of("0 0 0 0 0 0"), "no error");
  EXPECT_THAT(fit_of("0.1 0 0 0 0 0"), AllOf(HasSubstr("8 frames"), HasSubstr("without a cell")));
}

TEST_F(Situation, StressesOfCrystalsThatAreNotPeriodic) {
  auto const warnings_of = [&](std::string const& pbc) {
    std::string text;
    for (int k = 0; k < 8; ++k)
      text += "2\nLattice=\"9 0 0 0 9 0 0 0 9\" pbc=\"" + pbc +
              "\" energy=-1 stress=\"0.1 0.1 0.1 0 0 0\"\nAl 0 0 0\nNi 0 0 " +
              std::to_string(2.2 + 0.1 * k) + "\n";
    folder.write("a.xyz", text);
    FitInput const given = read(input(functions()));
    return fit_potential(Context(), given.train, given.test, given.basis, given.options).warnings;
  };
  EXPECT_THAT(warnings_of("F F F"), Contains(HasSubstr("8 structures have a stress or virial")));
  EXPECT_THAT(warnings_of("T T T"), Not(Contains(HasSubstr("a stress or virial"))));
}

TEST_F(Situation, FittedFreeAtomsFarFromTheEnergiesOfTheData) {
  std::string text;
  for (int k = 0; k < 8; ++k)
    text += "2\nenergy=-3\nAl 0 0 0\nNi 0 0 " + std::to_string(2.2 + 0.1 * k) + "\n";
  folder.write("a.xyz", text);
  FitInput const given = read(input(functions()));
  FitData const data({}, given.train, given.test, *given.basis, given.options);
  FitResult result = fit_potential({}, given.train, given.test, given.basis, given.options);
  result.potential.reference_energy = data.training().reference_energy();
  auto const warnings = [&] {
    return detail::data_warnings(result, data.training(), {}, *given.basis);
  };
  EXPECT_THAT(warnings(), Not(Contains(HasSubstr("hardly determine"))));
  result.potential.reference_energy[1] += 150;
  EXPECT_THAT(warnings(),
              Contains(AllOf(HasSubstr("hardly determine"), HasSubstr("fitted as Ni 148.5 eV"))));
}

TEST_F(Situation, ATestSetThatIsACopyOfTheTrainingSet) {
  folder.write("copy.xyz", "2\nenergy=-1\nAl 0 0 0\nNi 0 0 2.5\n");
  EXPECT_THAT(read(input(functions(), "test_filename: copy.xyz")).warnings,
              Contains(HasSubstr("copy.xyz has the same frames as")));
  folder.write("copy.xyz", "2\nenergy=-1\nAl 0 0 0\nNi 0 0 2.6\n");
  EXPECT_TRUE(read(input(functions(), "test_filename: copy.xyz")).warnings.empty());
}

TEST_F(Situation, ZeroStressesOfMoleculesAndWeightsOfOtherPrograms) {
  auto const labels = [&](std::string const& info) {
    folder.write("z.xyz", "2\nenergy=-1 " + info + "\nAl 0 0 0\nNi 0 0 2.5\n");
    return Dataset({folder.file("z.xyz")}, {}).for_each([](Frame&) {}).labels;
  };
  std::string const box = "Lattice=\"9 0 0 0 9 0 0 0 9\" ";
  for (std::string const none : {"virial=\"-0.0 0 0.0 0 0e0 0\"", "stress=\"0 0 0 0 0 -0\""})
    EXPECT_EQ(labels(none).size(), 1u) << none;
  EXPECT_EQ(labels(box + "pbc=\"F F F\" stress=\"0 0 0 0 0 0\"").size(), 1u);
  EXPECT_EQ(labels(box + "stress=\"0 0 0 0 0 0\"").size(), 2u); // a crystal without stress
  EXPECT_EQ(labels("virial=\"1 0 0 0 0 0\"").size(), 2u);
  for (std::string const name : {"config_weight", "energy_sigma", "forces_weight", "stress_weight",
                                 "weight", "sigma_energy"})
    EXPECT_EQ(
        labels(name + "=2").count("not used (weights are energy_weight and force_weight): " + name),
        1u)
        << name;
  EXPECT_EQ(labels("energy_weight=2 force_weight=3").size(), 1u);
}

TEST_F(Situation, AVeryTiltedCell) {
  // One lattice in two forms: a cube of 4 A, and the same tilted by ten cells, whose faces are 0.4
  // A apart.
  auto const energies = [&](std::string const& lattice) {
    Dataset const data({folder.write("t.xyz", "2\nLattice=\"" + lattice +
                                                  "\" energy=-1\nAl 0 0 0\nNi 2 2.1 1.9\n")},
                       {});
    AcePotential potential;
    potential.basis = read(input(functions())).basis;
    for (int b = 0; b < potential.basis->size(); ++b)
      potential.coefficients.push_back(0.1 + 0.01 * b);
    potential.reference_energy = {0, 0};
    Kokkos::DefaultExecutionSpace const space;
    Evaluator<Kokkos::DefaultExecutionSpace> evaluator(space, potential);
    Prediction result;
    data.for_each([&](Frame& frame) {
      result = predict(space, evaluator, {&frame.structure, 1}).front();
    });
    return result;
  };
  Prediction const cube = energies("4 0 0 0 4 0 0 0 4"), tilted = energies("4 0 0 40 4 0 -80 4 4");
  EXPECT_NEAR(tilted.energy, cube.energy, 1e-9 * std::abs(cube.energy));
  for (int v = 0; v < 6; ++v)
    EXPECT_NEAR(tilted.virial[v], cube.virial[v], 1e-8 * (1 + std::abs(cube.virial[v])));
}

} // namespace
} // namespace kolace
