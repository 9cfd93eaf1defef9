// SPDX-License-Identifier: BSD-3-Clause
#include "fit/situation.hpp"

#include <kolace/io/potential_file.hpp>

#include <map>
#include <set>

/// @file
/// Inputs as users write them: those of pacemaker and other programs, as found in
///   practice.

namespace kolace {
namespace {

using testing::AllOf;
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

TEST_F(Situation, TyposTabsAndDataFilesAsInputsGetAHint) {
  EXPECT_THAT(error("cutof: 6\n"), HasSubstr("cutof: unknown key, did you mean 'cutoff'?"));
  // Keys in the wrong section, however similar to one that is accepted there.
  EXPECT_THAT(
      error(input(functions(), "", "kappa: 0.3")),
      HasSubstr("fit.kappa: unknown key, which belongs in fit.loss (expected one of: loss"));
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

TEST_F(Situation, KeysWithoutEffectAreListed) {
  FitInput const given =
      read(input("  functions: {ALL: {nradmax_by_orders: [3], lmax_by_orders: [0], coefs_init: "
                 "random}}\n"));
  EXPECT_THAT(given.ignored, testing::Contains("potential.functions.ALL.coefs_init"));
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

} // namespace
} // namespace kolace
