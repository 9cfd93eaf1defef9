// SPDX-License-Identifier: BSD-3-Clause
#include "fit/situation.hpp"

#include <kolace/evaluate/evaluator.hpp>
#include <kolace/fit/fit.hpp>
#include <kolace/io/potential_file.hpp>

#include <map>
#include <set>

/// @file
/// Inputs and data as users provide them: inputs of pacemaker and other programs, as found in
///   practice.

namespace kolace {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST_F(Situation, AMoreSpecificBondInheritsTheRest) {
  auto const bonds =
      read(input("  bonds:\n"
                 "    ALL: {radbase: SBessel, radparameters: [4.5], rcut: 5, dcut: 0.2}\n"
                 "    BINARY: {rcut: 4}\n"
                 "    NiNi: {dcut: 0.5}\n" +
                 functions()))
          .basis->specification();
  EXPECT_EQ(bonds.bond(0, 0).radial.cutoff, 5);
  EXPECT_EQ(bonds.bond(0, 1).radial.cutoff, 4);
  EXPECT_EQ(bonds.bond(0, 1).radial.kind, RadialKind::SBessel);
  EXPECT_EQ(bonds.bond(0, 1).radial.lambda, 4.5);
  EXPECT_EQ(bonds.bond(0, 1).radial.cutoff_width, 0.2);
  EXPECT_EQ(bonds.bond(1, 1).radial.cutoff, 5);
  EXPECT_EQ(bonds.bond(1, 1).radial.cutoff_width, 0.5);
}

TEST_F(Situation, AMoreSpecificBlockOfFunctionsInheritsTheRest) {
  auto const basis =
      read(input("  functions:\n    ALL: {nradmax_by_orders: [3, 2], lmax_by_orders: [0, 1]}\n"
                 "    BINARY: {lmax_by_orders: [0, 2]}\n"))
          .basis;
  int most_of_one = 0, most_of_two = 0;
  for (BasisFunction const& f : basis->functions())
    if (f.rank() == 2) {
      bool const one = f.species[0] == f.center && f.species[1] == f.center;
      (one ? most_of_one : most_of_two) = std::max(one ? most_of_one : most_of_two, f.l[0]);
    }
  EXPECT_EQ(most_of_one, 1);
  EXPECT_EQ(most_of_two, 2);
}

TEST_F(Situation, ReferenceEnergiesWithAShiftAndFurtherElements) {
  auto const given =
      read(input(functions(), "reference_energy: {Al: -1.5, Ni: -2, Cu: -9, shift: 0.25}"))
          .options.reference_energy;
  EXPECT_EQ(given.values.at("Al"), -1.75);
  EXPECT_EQ(given.values.at("Ni"), -2.25);
  auto const preset = read(input(functions(), "reference_energy: VASP_PBE_500_0.125_0.1_NM"))
                          .options.reference_energy;
  EXPECT_NEAR(preset.values.at("Al"), -0.10977253, 1e-12);
  EXPECT_THAT(error(input(functions(), "reference_energy: {Al: -1, Ni: -2, Xx: 0}")),
              HasSubstr("not a chemical element"));
}

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

TEST_F(Situation, InputsOfOtherProgramsAreNamed) {
  EXPECT_THAT(error("name: water\nmodel: MACE\ntrain_file: a.xyz\nr_max: 5\n"), HasSubstr("MACE"));
  EXPECT_THAT(error("seed: 1\ncutoff: 6\ndata: {filename: a.xyz}\npotential: {preset: "
                    "GRACE_1LAYER, shift: False}\nfit: {}\n"),
              HasSubstr("GRACE"));
}

TEST_F(Situation, KeysOfPacemakersExamples) {
  EXPECT_NO_THROW(read(input(functions(), "", "loss: {kappa: 0.3, w1_coeffs: 0, w2_coeffs: 0}")));
  EXPECT_THAT(error(input(functions(), "", "loss: {kappa: 0.3, w1_coeffs: 3}")),
              HasSubstr("equally"));
  EXPECT_THAT(error(input(functions(), "aug_factor: 1e-4")), HasSubstr("augmentation"));
  EXPECT_NO_THROW(read(input(functions(), "ignore_weights: False")));
  EXPECT_THAT(error(input(functions(), "ignore_weights: True")), HasSubstr("energy_weight"));
  EXPECT_NO_THROW(read(input(functions(), "", "trainable_parameters: func")));
  EXPECT_THAT(error(input(functions(), "", "trainable_parameters: [UNARY, radial]")),
              HasSubstr("reference_potential"));
  EXPECT_THAT(error(input(functions(), "", "trainable_parameters: {Al: func}")),
              HasSubstr("reference_potential"));
}

TEST_F(Situation, AFitContinuesTheBasisOfAPotential) {
  FitInput const first = read(input(functions()));
  AcePotential potential;
  potential.basis = first.basis;
  potential.coefficients.assign(first.basis->size(), 0.5);
  potential.reference_energy = {0, 0};
  std::ofstream(folder.file("p.yaml")) << [&] {
    std::ostringstream text;
    write_potential(text, potential);
    return text.str();
  }();
  std::string const rest = "fit: {repulsion: none}\n",
                    data = "cutoff: 6\ndata: {filename: a.xyz}\n";
  for (std::string const section :
       {"potential: p.yaml\n", "potential: {filename: p.yaml, reset: true}\n"}) {
    FitInput const again = read(data + section + rest);
    EXPECT_EQ(again.basis->functions(), first.basis->functions()) << section;
  }
  EXPECT_THAT(error("cutoff: 4\ndata: {filename: a.xyz}\npotential: p.yaml\n" + rest),
              HasSubstr("smaller"));
}

TEST_F(Situation, LabelsAndWeightsThatCannotBeMeant) {
  auto const fit_of = [&](std::string const& frame, std::string const& loss) {
    std::string text;
    for (int k = 0; k < 8; ++k)
      text += "2\nenergy=" + std::to_string(-1 - 0.1 * k) + frame + "\nAl 0 0 0\nNi 0 0 " +
              std::to_string(2.2 + 0.1 * k) + "\n";
    folder.write("a.xyz", text);
    FitInput const given = read(input(functions(), "", loss));
    return test::error_message([&] {
      fit_potential(given.train, given.test, given.basis, given.options, Communicator::alone());
    });
  };
  EXPECT_EQ(fit_of("", ""), "no error");
  EXPECT_THAT(fit_of("1e300", ""), AllOf(HasSubstr("frame 1"), HasSubstr("too large")));
  EXPECT_THAT(fit_of(" energy_weight=0 force_weight=0", ""), HasSubstr("weights are zero"));
  EXPECT_THAT(fit_of(" energy_weight=1e308", ""), HasSubstr("frame 1"));
  EXPECT_THAT(fit_of("", "loss: {kappa_virial: 1}"), HasSubstr("kappa_virial"));
}

TEST_F(Situation, TyposTabsAndDataFilesAsInputsGetAHint) {
  EXPECT_THAT(error("cutof: 6\n"), HasSubstr("cutof: unknown key, did you mean 'cutoff'?"));
  // Keys in the wrong section, however similar to one that is accepted there.
  EXPECT_THAT(error(input(functions(), "", "kappa: 0.3")),
              HasSubstr("fit.kappa: unknown key, which belongs in fit.loss; accepted here: loss"));
  EXPECT_THAT(error(input(functions(), "cutoff: 5")),
              HasSubstr("data.cutoff: unknown key, which belongs in the top level"));
  EXPECT_THAT(error(input("  nradmax_by_orders: [3]\n" + functions())),
              HasSubstr("belongs in potential.functions"));
  EXPECT_THAT(error(input(functions(), "", "Solver: ridge")), HasSubstr("did you mean 'solver'?"));
  EXPECT_THAT(error(input(functions(), "", "xyzzy: 1")), Not(HasSubstr("did you mean")));
  EXPECT_THAT(error("cutoff: 6\ndata:\n\tfilename: a.xyz\n"),
              AllOf(HasSubstr("input.yaml:3: "), HasSubstr("tabs are not allowed")));
  EXPECT_THAT(error("cutoff: 6\ndata: {filename: a.xyz\n"), HasSubstr("is a bracket"));
  EXPECT_THAT(error("2\nenergy=-1\n"), HasSubstr("kolace template"));
}

TEST_F(Situation, LabelsUnderOtherNames) {
  folder.write("a.xyz", "2\ndft_energy=-1\nAl 0 0 0\nNi 0 0 2.5\n");
  FitInput const given = read(input(functions()));
  EXPECT_THAT(test::error_message([&] {
                fit_potential(given.train, {}, given.basis, given.options, Communicator::alone());
              }),
              AllOf(HasSubstr("look like energies: dft_energy"), HasSubstr("data.energy_key")));
}

TEST_F(Situation, ReferenceEnergiesAsText) {
  EXPECT_EQ(error(input(functions(), "reference_energy: \"{'Al': -1, 'Ni': -2}\"")), "no error");
  for (char const* const text : {"a{b", "{a", "'{} {'"})
    EXPECT_NE(error(input(functions(), "reference_energy: \"" + std::string(text) + "\"")),
              "no error")
        << text;
  EXPECT_THAT(error("cutoff: 6\ndata: {filename: a.xyz}\npotential: {}\n"), HasSubstr("elements"));
}

TEST_F(Situation, InputsOfFitSnapAndUnquotedPairs) {
  EXPECT_THAT(error("# a comment\n[CALCULATOR]\ncalculator = LAMMPSSNAP\n"), HasSubstr("FitSNAP"));
  EXPECT_THAT(error(input("  bonds: {(Al,Ni): {rcut: 4}}\n" + functions())), HasSubstr("quoted"));
}

TEST_F(Situation, TwoEntriesForTheSameElements) {
  std::string const ni_al = "  bonds: {ALL: {rcut: 5}, NiAl: {rcut: 4}, Al Ni: {rcut: 4.5}}\n";
  EXPECT_THAT(error(input(ni_al + functions())), HasSubstr("same elements"));
  EXPECT_THAT(error(input("  functions: {ALL: {nradmax_by_orders: [3], lmax_by_orders: [0]}, AlNi: "
                          "{nradmax_by_orders: [2]}, NiAl: {nradmax_by_orders: [1]}}\n")),
              HasSubstr("same elements"));
  // Embeddings are judged by what applies to each element.
  EXPECT_EQ(error(input("  embeddings: {ALL: {ndensity: 2, fs_parameters: [1, 1, 1, 0.5]}, UNARY: "
                        "{ndensity: 1, fs_parameters: [1, 1]}}\n" +
                        functions())),
            "no error");
  EXPECT_THAT(error(input("  embeddings: {ALL: {ndensity: 2, fs_parameters: [1, 1, 1, 0.5]}, Al: "
                          "{ndensity: 1, fs_parameters: [1, 1]}}\n" +
                          functions())),
              HasSubstr("one density"));
}

TEST_F(Situation, TrainableParametersInEveryForm) {
  for (char const* const all :
       {"ALL", "func", "[func]", "{ALL: func}", "{UNARY: [func], BINARY: func}"})
    EXPECT_EQ(error(input(functions(), "", std::string("trainable_parameters: ") + all)),
              "no error")
        << all;
  for (char const* const part : {"[]", "radial", "{ALL: [func, radial]}", "UNARY"})
    EXPECT_THAT(error(input(functions(), "", std::string("trainable_parameters: ") + part)),
                HasSubstr("trainable_parameters"))
        << part;
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

TEST_F(Situation, KeysWithoutEffectAreListed) {
  FitInput const given =
      read(input("  functions: {ALL: {nradmax_by_orders: [3], lmax_by_orders: [0], coefs_init: "
                 "random}}\n"));
  EXPECT_THAT(given.ignored, testing::Contains("potential.functions.ALL.coefs_init"));
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
  FitResult const result =
      fit_potential(given.train, {}, given.basis, given.options, Communicator::alone());
  EXPECT_THAT(result.warnings, testing::Contains(HasSubstr("training errors of virials are")));
}

TEST_F(Situation, ACutoffBelowAllDistances) {
  FitInput const given =
      read("cutoff: 2\ndata: {filename: a.xyz}\npotential:\n  elements: [Al, Ni]\n" + functions() +
           "fit: {repulsion: none}\n");
  FitResult const result =
      fit_potential(given.train, {}, given.basis, given.options, Communicator::alone());
  EXPECT_THAT(result.warnings, testing::Contains(HasSubstr("choose a larger cutoff")));
  EXPECT_THAT(result.warnings, Not(testing::Contains(HasSubstr("structures that contain both"))));
}

TEST_F(Situation, VirialsThatANamedSolverDoesNotFit) {
  folder.write("a.xyz", "2\nLattice=\"6 0 0 0 6 0 0 0 6\" energy=-1 virial=\"1 0 0 0 1 0 0 0 1\" "
                        "Properties=species:S:1:pos:R:3\nAl 0 0 0\nNi 0 0 2.5\n");
  auto const warnings = [&](char const* loss) {
    FitInput const given = read(input(functions(), "", loss));
    return fit_potential(given.train, {}, given.basis, given.options, Communicator::alone())
        .warnings;
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
      fit_potential(given.train, given.test, given.basis, given.options, Communicator::alone());
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
      fit_potential(given.train, given.test, given.basis, given.options, Communicator::alone());
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
          fit_potential(given.train, given.test, given.basis, given.options, Communicator::alone());
      EXPECT_EQ(result.train.total.n_virials(), 48);
    });
  };
  EXPECT_EQ(fit_of("0 0 0 0 0 0"), "no error");
  EXPECT_THAT(fit_of("0.1 0 0 0 0 0"), AllOf(HasSubstr("8 frames"), HasSubstr("without a cell")));
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

TEST_F(Situation, ALimitOfFunctionsIsSharedAmongAllBlocks) {
  // Four elements: ALL gives 32 blocks, of which those of four elements have no functions of rank
  // 2.
  auto const basis = [&](std::string const& limit) {
    return read("cutoff: 6\ndata: {filename: a.xyz}\npotential:\n  elements: [Al, Cu, Mg, Ni]\n"
                "  functions: {" +
                limit +
                "ALL: {nradmax_by_orders: [6, 3], lmax_by_orders: [0, 2]}}\n"
                "fit: {repulsion: none}\n")
        .basis;
  };
  auto const limited = basis("number_of_functions_per_element: 80, ");
  std::map<std::vector<int>, int> of_block;
  for (BasisFunction const& f : limited->functions()) {
    std::set<int> others(f.species.begin(), f.species.end());
    others.erase(f.center);
    std::vector<int> key{f.center};
    key.insert(key.end(), others.begin(), others.end());
    ++of_block[key];
  }
  EXPECT_EQ(of_block.size(), 28u);
  for (auto const& [block, count] : of_block)
    EXPECT_EQ(count, 80 * 4 / 32);
  EXPECT_GT(basis("")->size(), limited->size());
}

TEST_F(Situation, ManyElements) {
  std::string list, text;
  for (char const* symbol :
       {"H", "He", "Li", "Be", "B",  "C",  "N",  "O", "F",  "Ne", "Na", "Mg", "Al", "Si", "P",
        "S", "Cl", "Ar", "K",  "Ca", "Sc", "Ti", "V", "Cr", "Mn", "Fe", "Co", "Ni", "Cu", "Zn"})
    list += (list.empty() ? "" : ", ") + std::string(symbol);
  FitInput const many =
      read("cutoff: 6\ndata: {filename: a.xyz}\npotential:\n  elements: [" + list +
           "]\n  functions: {ALL: {nradmax_by_orders: [2], lmax_by_orders: "
           "[0]}}\nfit: {repulsion: none}\n");
  EXPECT_EQ(many.basis->size(), 30 * 30 * 2);
}

TEST_F(Situation, EnumerationsThatWouldNotEnd) {
  auto const with = [&](std::string const& n, std::string const& l) {
    return error(
        input("  functions: {ALL: {nradmax_by_orders: " + n + ", lmax_by_orders: " + l + "}}\n"));
  };
  EXPECT_THAT(with("[5, 3, 3, 3, 3]", "[0, 12, 12, 12, 12]"),
              AllOf(HasSubstr("input.yaml:"), HasSubstr("too many")));
  EXPECT_THAT(with("[100, 100, 100, 100]", "[0, 1, 1, 1]"),
              AllOf(HasSubstr("input.yaml:"), HasSubstr("too many functions")));
  // A basis that can be enumerated is accepted, however few of its functions are kept.
  FitInput const one = read(input("  functions: {number_of_functions_per_element: 24, UNARY: "
                                  "{nradmax_by_orders: [2, 600], lmax_by_orders: [0, 1]}}\n"));
  EXPECT_EQ(one.basis->size(), 2 * 24);
}

TEST_F(Situation, MistakesAreFoundBeforeALargeBasisIsBuilt) {
  std::string const large = "  functions: {UNARY: {nradmax_by_orders: [1, 0, 3, 3], "
                            "lmax_by_orders: [0, 0, 0, 20]}}\n";
  FitInputOptions options;
  options.announce = [](std::string const& message) { throw std::runtime_error(message); };
  auto const message = [&](std::string const& text) {
    try {
      parse_fit_input(text, options);
    } catch (std::exception const& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  std::string const data = "cutoff: 6\ndata: {filename: " + folder.file("a.xyz"),
                    potential = "potential:\n  elements: [Al, Ni]\n" + large;
  EXPECT_THAT(message(data + "}\n" + potential), HasSubstr("about")); // the work is announced
  for (auto const& [text, key] :
       {std::pair{data + "}\n" + potential + "fit: {repulsion: x}\n", "repulsion"},
        {data + "}\n" + potential + "fit: {solver: {type: ridge, choose: validation}}\n", "solver"},
        {data + "}\n" + potential + "sweep: {points: 0}\n", "points"},
        {data + "}\n" + potential + "seed: x\n", "seed"},
        {data + ", reference_energy: {Al: 1}}\n" + potential, "Ni"},
        {data + ", test_filename: absent.xyz}\n" + potential, "absent.xyz"},
        {data + ", test_filename: a.xyz, test_size: 0.5}\n" + potential, "test_size"},
        {data + "}\n" + potential + "  deltaSplineBins: 7\n", "deltaSplineBins"}})
    EXPECT_THAT(message(text), AllOf(HasSubstr(key), Not(HasSubstr("about")))) << text;
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
