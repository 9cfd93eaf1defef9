// SPDX-License-Identifier: BSD-3-Clause
#include "fit/situation.hpp"

#include <kolace/evaluate/evaluator.hpp>
#include <kolace/io/potential_file.hpp>

/// @file
/// Potential files of other programs and of earlier versions, as found in practice.

namespace kolace {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;

std::string yaml_potential(std::string const& metadata, std::string const& radial,
                           std::string const& c) {
  return metadata +
         "species:\n  - speciesblock: Cu\n    nradmaxi: 2\n    lmaxi: 1\n    nradbaseij: 3\n"
         "    ndensityi: 1\n    npoti: FinnisSinclairShiftedScaled\n    parameters: [1, 1]\n"
         "    rcutij: 5\n    dcutij: 0.01\n    radbase: ChebExpCos\n    radparameters: [5.25]\n" +
         radial + "    nbody:\n      - {type: Cu Cu, nr: [1], nl: [0], c: " + c +
         "}\n      - {type: Cu Cu Cu, nr: [1, 2], nl: [1, 1], c: [0.25]}\n";
}

TEST_F(Situation, MetadataWithAShiftFurtherElementsOrAPreset) {
  auto const energy = [&](std::string const& reference) {
    return read_potential(folder.write("m.yaml", yaml_potential("metadata:\n  reference_energy: " +
                                                                    reference + "\n",
                                                                "", "[1]")))
        .reference_energy.at(0);
  };
  EXPECT_EQ(energy("'{\"Cu\": -1.5, \"shift\": 0.125, \"Zn\": 3}'"), -1.625);
  EXPECT_EQ(energy("{Cu: -1.5, Zn: 3, shift: 0.125}"), -1.625);
  EXPECT_EQ(energy("\"{'Cu': -1.5, 'shift': 0.125}\""), -1.625);
  EXPECT_EQ(energy("'0.5'"), 0.5);
  EXPECT_NEAR(energy("'\"VASP_PBE_500_0.125_0.1_NM\"'"), -0.06659418, 1e-12);
  EXPECT_NEAR(energy("VASP_PBE_500_0.125_0.1_NM"), -0.06659418, 1e-12);
  EXPECT_THROW(energy("some_other_preset"), InputError);
}

TEST_F(Situation, OlderYamlWithFlatCoefficients) {
  // Flat list in the order [k][n][l], compared with the same coefficients as nested lists
  // [n][l][k].
  std::string flat = "    radcoefficients: [", nested = "    radcoefficients: [";
  auto const value = [](int n, int l, int k) { return std::to_string(100 * n + 10 * l + k + 1); };
  for (int k = 0; k < 3; ++k)
    for (int n = 0; n < 2; ++n)
      for (int l = 0; l < 2; ++l)
        flat += (k + n + l ? ", " : "") + value(n, l, k);
  for (int n = 0; n < 2; ++n) {
    nested += n ? ", [" : "[";
    for (int l = 0; l < 2; ++l)
      nested +=
          (l ? ", [" : "[") + value(n, l, 0) + ", " + value(n, l, 1) + ", " + value(n, l, 2) + "]";
    nested += "]";
  }
  AcePotential const old =
      read_potential(folder.write("old.yaml", yaml_potential("", flat + "]\n", "0.5")));
  AcePotential const now =
      read_potential(folder.write("new.yaml", yaml_potential("", nested + "]\n", "[0.5]")));
  EXPECT_EQ(old.coefficients, now.coefficients);
  EXPECT_EQ(old.basis->specification().bonds[0].coefficients,
            now.basis->specification().bonds[0].coefficients);
  EXPECT_FALSE(now.basis->specification().bonds[0].coefficients.empty());
}

/// Sixteen linear densities equal one density with the sum of their coefficients; seventeen are too
/// many.
TEST_F(Situation, SixteenDensities) {
  auto const file = [&](int n) {
    std::string parameters, first, second;
    double sums[2] = {0, 0};
    for (int p = 0; p < n; ++p) {
      parameters += p ? ", 1, 1" : "1, 1";
      first += (p ? ", " : "") + std::to_string(0.125 * (p + 1));
      second += (p ? ", " : "") + std::to_string(0.25 - 0.0625 * p);
      sums[0] += 0.125 * (p + 1);
      sums[1] += 0.25 - 0.0625 * p;
    }
    std::string many = yaml_potential("", "", "[" + first + "]"),
                one = yaml_potential("", "", "[" + std::to_string(sums[0]) + "]");
    auto const put = [](std::string& text, std::string const& from, std::string const& to) {
      text.replace(text.find(from), from.size(), to);
    };
    put(many, "ndensityi: 1", "ndensityi: " + std::to_string(n));
    put(many, "parameters: [1, 1]", "parameters: [" + parameters + "]");
    put(many, "c: [0.25]", "c: [" + second + "]");
    put(one, "c: [0.25]", "c: [" + std::to_string(sums[1]) + "]");
    return std::pair(folder.write("many.yaml", many), folder.write("one.yaml", one));
  };
  Structure s;
  s.numbers = {29, 29, 29};
  s.positions = {{0, 0, 0}, {2.3, 0, 0}, {0.4, 2.1, 0.3}};
  Kokkos::DefaultExecutionSpace const space;
  auto const energy = [&](std::string const& name) {
    Evaluator<Kokkos::DefaultExecutionSpace> evaluator(space, read_potential(name));
    return predict(space, evaluator, {&s, 1}).front();
  };
  auto const [many, one] = file(16);
  EXPECT_EQ(read_potential(many).n_densities(), 16);
  Prediction const a = energy(many), b = energy(one);
  EXPECT_NE(b.energy, 0);
  EXPECT_NEAR(a.energy, b.energy, 1e-10 * std::abs(b.energy));
  for (int x = 0; x < 3; ++x)
    EXPECT_NEAR(a.forces[1][x], b.forces[1][x], 1e-10 * (1 + std::abs(b.forces[1][x])));
  std::string const more = file(17).first;
  EXPECT_THAT(test::error_message([&] { read_potential(more); }), HasSubstr("16"));
}

TEST_F(Situation, ZblBondsWithEmptyNamesAndNoCoreCutoff) {
  std::string text = yaml_potential("",
                                    "    r_in: 2\n    delta_in: 0.5\n    inner_cutoff_type: zbl\n"
                                    "    core-repulsion: [1, 1]\n    NameOfCutoffFunctionij: \"\"\n"
                                    "    rho_core_cut: 0\n    drho_core_cut: 0\n",
                                    "[0.5]");
  AcePotential const potential = read_potential(folder.write("z.yaml", text));
  Structure dimer;
  dimer.numbers = {29, 29};
  dimer.positions = {{0, 0, 0}, {0, 0, 1}};
  Kokkos::DefaultExecutionSpace const space;
  Evaluator<Kokkos::DefaultExecutionSpace> evaluator(space, potential);
  auto const energy = [&](double r) {
    dimer.positions[1][2] = r;
    return predict(space, evaluator, std::span<Structure const>(&dimer, 1)).front().energy;
  };
  // Below r_in - delta_in only ZBL acts: 29^2 e^2 / r times the screening function.
  EXPECT_GT(energy(0.5), 500);
  EXPECT_LT(energy(0.5), 29. * 29 * 14.4 / 0.5);
  EXPECT_GT(energy(0.5), energy(1.0));
  EXPECT_TRUE(std::isfinite(energy(3.0)));
}

std::string yace(std::string const& functions) {
  return "elements: [Cu]\nE0: [0]\ndeltaSplineBins: 0.001\nembeddings:\n  0: {ndensity: 1, "
         "FS_parameters: [1, 1], npoti: FinnisSinclairShiftedScaled, rho_core_cutoff: 100000, "
         "drho_core_cutoff: 250}\nbonds:\n  [0, 0]: {nradmax: 1, lmax: 2, nradbasemax: 1, "
         "radbasename: ChebExpCos, radparameters: [5.25], radcoefficients: [[[1], [1], [1]]], "
         "prehc: 0, lambdahc: 0, rcut: 5, dcut: 0.01, rcut_in: 0, dcut_in: 0, "
         "inner_cutoff_type: distance}\nfunctions:\n  0:\n" +
         functions;
}
/// The invariant of four equal factors with l = 2, times c, with further terms.
std::string quartic(double c, std::string const& m = "", std::string const& ctildes = "",
                    int more = 0) {
  std::string text =
      "    - {mu0: 0, rank: 4, ndensity: 1, num_ms_combs: " + std::to_string(6 + more) +
      ", mus: [0, 0, 0, 0], ns: [1, 1, 1, 1], ls: [2, 2, 2, 2], ms_combs: [2, 2, -2, -2, 2, 1, -1, "
      "-2, 2, 0, 0, -2, 1, 1, -1, -1, 1, 0, 0, -1, 0, 0, 0, 0" +
      m + "], ctildes: [";
  for (double const share : {4., -8., 4., 4., -4., 1.})
    text += (share == 4 && text.back() == '[' ? "" : ", ") + std::to_string(c * share);
  return text + ctildes + "]}\n";
}

TEST_F(Situation, EntriesListedTwiceAddUp) {
  AcePotential const once = read_potential(folder.write("1.yace", yace(quartic(0.03)))),
                     twice = read_potential(
                         folder.write("2.yace", yace(quartic(0.01) + quartic(0.02))));
  ASSERT_EQ(once.coefficients.size(), twice.coefficients.size());
  for (std::size_t b = 0; b < once.coefficients.size(); ++b)
    EXPECT_NEAR(once.coefficients[b], twice.coefficients[b], 1e-14);
}

TEST_F(Situation, TermsThatCancelChangeNothing) {
  // An m that occurs in no invariant, once with c and once with -c.
  std::string const m = ", 2, 1, -1, -2, 2, 1, -1, -2";
  AcePotential const plain = read_potential(folder.write("1.yace", yace(quartic(0.03)))),
                     padded = read_potential(
                         folder.write("2.yace", yace(quartic(0.03, m, ", 0.7, -0.7", 2))));
  for (std::size_t b = 0; b < plain.coefficients.size(); ++b)
    EXPECT_NEAR(plain.coefficients[b], padded.coefficients[b], 1e-14);
  // Large terms that cancel hide nothing: the sum is judged relative to itself.
  std::string wrong = yace(quartic(0.03, m, ", 7e5, -7e5", 2));
  wrong.replace(wrong.find("0.120000"), 8, "0.130000");
  EXPECT_THAT(test::error_message([&] { read_potential(folder.write("3.yace", wrong)); }),
              HasSubstr("not rotationally invariant"));
}

TEST_F(Situation, FewDigitsAreTakenAndReported) {
  std::vector<std::string> notes;
  std::string text = yace(quartic(0.03));
  text.replace(text.find("0.120000"), 8, "0.12000002");
  read_potential(folder.write("d.yace", text), &notes);
  EXPECT_THAT(notes, testing::Contains(HasSubstr("rotational invariance")));
  text.replace(text.find("0.12000002"), 10, "0.12002"); // as from seven decimals of small numbers
  EXPECT_NO_THROW(read_potential(folder.write("d.yace", text)));
  text.replace(text.find("0.12002"), 7, "0.1202");
  EXPECT_THROW(read_potential(folder.write("e.yace", text)), InputError);
}

TEST_F(Situation, FunctionsThatPromiseMoreThanTheFileHolds) {
  std::string twelve, high, zeros;
  for (int t = 0; t < 12; ++t) {
    twelve += t ? ", 1" : "1";
    high += t ? ", 20" : "20";
    zeros += t ? ", 0" : "0";
  }
  EXPECT_THAT(test::error_message([&] {
                read_potential(folder.write(
                    "h.yace", yace("    - {mu0: 0, rank: 12, ndensity: 1, num_ms_combs: 1, mus: [" +
                                   zeros + "], ns: [" + twelve + "], ls: [" + high +
                                   "], ms_combs: [" + zeros + "], ctildes: [1]}\n")));
              }),
              AllOf(HasSubstr("too many values of m"), ContainsRegex(":[0-9]+: ")));
}

TEST_F(Situation, KeysOfAYaceInAnyOrder) {
  std::string const text = yace(quartic(0.03));
  std::size_t const functions = text.find("functions:"), embeddings = text.find("embeddings:");
  std::string const turned = text.substr(functions) +
                             text.substr(embeddings, functions - embeddings) +
                             text.substr(0, embeddings);
  EXPECT_EQ(read_potential(folder.write("t.yace", turned)).coefficients,
            read_potential(folder.write("u.yace", text)).coefficients);
}

TEST_F(Situation, EnergiesOfFreeAtomsThatAYaceLacks) {
  std::vector<std::string> notes;
  std::string text = yace(quartic(0.03));
  read_potential(folder.write("0.yace", text), &notes);
  EXPECT_THAT(notes, testing::Contains(HasSubstr("no energies of free atoms (E0)")));
  notes.clear();
  text.replace(text.find("E0: [0]"), 7, "E0: [-1.5]");
  EXPECT_EQ(read_potential(folder.write("1.yace", text), &notes).reference_energy.at(0), -1.5);
  EXPECT_THAT(notes, testing::IsEmpty());
}

TEST_F(Situation, RadialFunctionsOfOtherProgramsAreNamed) {
  std::string text = yace(quartic(0.03));
  text.replace(text.find("ChebExpCos"), 10, "ACE.jl.base");
  EXPECT_THAT(test::error_message([&] { read_potential(folder.write("j.yace", text)); }),
              HasSubstr("ACEpotentials.jl"));
}

TEST_F(Situation, BrokenYamlEndsAtOnce) {
  for (std::string const& text :
       {std::string("{\"a\": 1},\n{\"b\": 2}\n"), std::string(","), std::string("a: 1\n]\nb: 2\n"),
        std::string("species: &a [*a]\n"), std::string("cutoff: 4\nseed: &a [*a]\n"),
        std::string(", c: [-393.1]}\n - {type: C C}\n")}) {
    EXPECT_THAT(error(text), AllOf(HasSubstr("input.yaml"), ContainsRegex(":[0-9]+: "))) << text;
    EXPECT_THROW(read_potential(folder.write("p.yaml", text)), InputError) << text;
  }
  std::string bomb = "cutoff: 4\nmetadata:\n  - &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int k = 1; k < 12; ++k) {
    bomb += "  - &a" + std::to_string(k) + " [";
    for (int i = 0; i < 10; ++i)
      bomb += (i ? ", *a" : "*a") + std::to_string(k - 1);
    bomb += "]\n";
  }
  EXPECT_THAT(error(bomb), HasSubstr("expand to"));
}

} // namespace
} // namespace kolace
