// SPDX-License-Identifier: BSD-3-Clause
#include "support/compare.hpp"
#include "support/error_message.hpp"
#include "support/sample_potentials.hpp"
#include "support/sample_structures.hpp"
#include "support/temporary_folder.hpp"
#include "support/tolerances.hpp"

#include <kolace/core/elements.hpp>
#include <kolace/core/errors.hpp>
#include <kolace/io/potential_file.hpp>
#include <kolace/model/c_basis.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <tuple>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace kolace {
namespace {

char const* const every_reference[] = {"C_K5_793",
                                       "C_K6_small",
                                       "C_chebpow",
                                       "AlNi_K4",
                                       "AlCuNi_K4",
                                       "Cu_distance_core_two_densities",
                                       "Cu_density_two_densities",
                                       "Cu_zbl",
                                       "Cu_sbessel_two_densities"};

using Factor = std::array<int, 3>; // mu, n, l
using Combination = std::vector<std::pair<Factor, int>>;

/// Functions of a file as polynomials in A: center, then factors with their m; m and -m count as
/// one.
std::map<std::tuple<int, int, Combination>, double> polynomials(YAML::Node const& file) {
  std::map<std::tuple<int, int, Combination>, double> result; // center, density, combination
  for (auto const& element : file["functions"])
    for (YAML::Node const& f : element.second) {
      int const rank = f["rank"].as<int>(), count = f["num_ms_combs"].as<int>();
      auto const mus = f["mus"].as<std::vector<int>>(), ns = f["ns"].as<std::vector<int>>(),
                 ls = f["ls"].as<std::vector<int>>(), ms = f["ms_combs"].as<std::vector<int>>();
      auto const c = f["ctildes"].as<std::vector<double>>();
      EXPECT_EQ(static_cast<int>(ms.size()), rank * count);
      int const n_densities = f["ndensity"].as<int>();
      EXPECT_EQ(static_cast<int>(c.size()), count * n_densities);
      for (int k = 0; k < count; ++k) {
        Combination plus, minus;
        int sum = 0;
        for (int t = 0; t < rank; ++t) {
          int const m = ms[k * rank + t];
          sum += m;
          plus.push_back({{mus[t], ns[t], ls[t]}, m});
          minus.push_back({{mus[t], ns[t], ls[t]}, -m});
        }
        EXPECT_EQ(sum, 0);
        std::sort(plus.begin(), plus.end());
        std::sort(minus.begin(), minus.end());
        for (int p = 0; p < n_densities; ++p)
          result[{f["mu0"].as<int>(), p, std::max(plus, minus)}] += c[k * n_densities + p];
      }
    }
  return result;
}

std::string yace_of(AcePotential const& potential) {
  std::ostringstream out;
  write_yace(out, potential);
  return out.str();
}

/// The sums over m equal those in the files of pacemaker's converter for the same potentials.
TEST(Yace, FunctionsAreThoseOfPacemakersConversion) {
  for (std::string const name : every_reference) {
    AcePotential const potential = read_potential(test::reference_file(name + ".yaml"));
    std::string const text = yace_of(potential);
    YAML::Node const ours = YAML::Load(text),
                     theirs = YAML::LoadFile(test::reference_file(name + ".yace"));
    auto const mine = polynomials(ours), expected = polynomials(theirs);
    double largest = 0;
    for (auto const& [key, value] : expected)
      largest = std::max(largest, std::abs(value));
    for (auto const& [key, value] : expected) {
      auto const found = mine.find(key);
      EXPECT_NEAR(found == mine.end() ? 0 : found->second, value, 1e-13 * largest) << name;
    }
    for (auto const& [key, value] : mine)
      EXPECT_TRUE(expected.contains(key) || std::abs(value) < 1e-13 * largest) << name;
    for (char const* key : {"elements", "deltaSplineBins", "embeddings", "bonds", "E0"})
      EXPECT_EQ(ours[key].size(), theirs[key].size()) << name << " " << key;
    EXPECT_EQ(ours["elements"].as<std::vector<std::string>>(),
              theirs["elements"].as<std::vector<std::string>>());
    EXPECT_LE(text.size(), std::filesystem::file_size(test::reference_file(name + ".yace")))
        << name;
  }
}

TEST(Yace, BondsAreThoseOfPacemakersConversion) {
  for (std::string const name : {"C_chebpow", "AlNi_K4", "AlCuNi_K4"}) {
    YAML::Node const ours =
                         YAML::Load(yace_of(read_potential(test::reference_file(name + ".yaml")))),
                     theirs = YAML::LoadFile(test::reference_file(name + ".yace"));
    std::map<std::vector<int>, YAML::Node> mine;
    for (auto const& bond : ours["bonds"])
      mine[bond.first.as<std::vector<int>>()] = bond.second;
    for (auto const& bond : theirs["bonds"]) {
      YAML::Node const& other = mine.at(bond.first.as<std::vector<int>>());
      for (char const* key : {"nradmax", "lmax", "nradbasemax"})
        EXPECT_EQ(other[key].as<int>(), bond.second[key].as<int>()) << name << " " << key;
      for (char const* key : {"rcut", "dcut", "rcut_in", "dcut_in", "prehc", "lambdahc"})
        EXPECT_EQ(other[key].as<double>(), bond.second[key].as<double>()) << name << " " << key;
      for (char const* key : {"radbasename", "inner_cutoff_type"})
        EXPECT_EQ(other[key].as<std::string>(), bond.second[key].as<std::string>()) << name;
      using Coefficients = std::vector<std::vector<std::vector<double>>>;
      EXPECT_EQ(other["radcoefficients"].as<Coefficients>(),
                bond.second["radcoefficients"].as<Coefficients>());
    }
  }
}

TEST(Yace, FreeAtomsAndSplinesHaveTheirFields) {
  AcePotential potential =
      test::random_potential({"Al", "Ni"}, {{3, 2}, {0, 1}}, test::paper_radial(4));
  potential.reference_energy = {-3.5, -245.33863645};
  potential.spline_width = 0.002;
  YAML::Node const file = YAML::Load(yace_of(potential));
  EXPECT_EQ(file["E0"].as<std::vector<double>>(), potential.reference_energy);
  EXPECT_EQ(file["deltaSplineBins"].as<double>(), 0.002);
}

TEST(Yace, EqualFactorsApartAreMergedToo) {
  // Factors (a, b, a): the same product as (a, a, b) with another coupling order.
  auto const basis = test::random_potential({"C"}, {{2, 2, 2}, {0, 2, 2}}, test::paper_radial(4));
  ModelSpecification spec = basis.basis->specification();
  spec.functions = {{0, {0, 0, 0}, {1, 1, 2}, {1, 1, 2}, {2}},
                    {0, {0, 0, 0}, {1, 2, 1}, {1, 2, 1}, {1}}};
  AcePotential potential = basis;
  potential.basis = std::make_shared<AceBasis const>(spec);
  potential.coefficients = {0.3, 0};
  auto const first = to_c_basis(potential);
  potential.coefficients = {0, 0.3};
  auto const second = to_c_basis(potential);
  ASSERT_EQ(first.size(), 1u);
  // For an even sum of l the coupling is a 3j symbol, symmetric in its columns.
  for (std::size_t k = 0; k < first[0].c.size(); ++k)
    EXPECT_NEAR(first[0].c[k], second[0].c[k], test::tolerance::coupling);
}

TEST(Yace, CanonicalBasesAreRefused) {
  AcePotential const potential =
      test::canonical_potential({"C"}, {{3, 2}, {0, 1}}, test::paper_radial(4));
  try {
    yace_of(potential);
    ADD_FAILURE();
  } catch (InputError const& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("canonical"));
  }
}

/// yaml -> yace -> evaluate gives the same result as yaml -> evaluate.
TEST(Yace, ReadingWhatWasWrittenEvaluatesTheSame) {
  test::TemporaryFolder const folder;
  Kokkos::DefaultExecutionSpace const space;
  for (std::string const name : every_reference) {
    AcePotential potential = read_potential(test::reference_file(name + ".yaml"));
    for (double& e : potential.reference_energy)
      e = -3.25;
    AcePotential const back = read_potential(folder.write("p.yace", yace_of(potential)));
    EXPECT_EQ(back.reference_energy, potential.reference_energy);
    EXPECT_EQ(back.spline_width, potential.spline_width);
    auto const& symbols = potential.basis->elements().symbols();
    std::vector<int> numbers;
    for (std::string const& symbol : symbols)
      numbers.push_back(*atomic_number(symbol));
    std::vector<Structure> structures;
    for (auto const& sample : test::sample_structures(numbers))
      structures.push_back(sample.structure);
    Evaluator<Kokkos::DefaultExecutionSpace> first(space, potential), second(space, back);
    auto const expected = predict(space, first, std::span<Structure const>(structures)),
               found = predict(space, second, std::span<Structure const>(structures));
    for (std::size_t k = 0; k < structures.size(); ++k)
      test::expect_equal(found[k], expected[k], 1e-12, name + " " + std::to_string(k));
    EXPECT_NEAR(yace_of(back).size() / (1. * yace_of(potential).size()), 1, 0.02) << name;
  }
}

TEST(Yace, ElementsMayStandInAnyOrder) {
  test::TemporaryFolder const folder;
  AcePotential const potential =
      test::random_potential({"Al", "Ni"}, {{3, 2, 2}, {0, 2, 1}}, test::paper_radial(4));
  YAML::Node file = YAML::Load(yace_of(potential));
  // Swaps element indices 0 and 1 throughout the file.
  std::string text = "elements: [Ni, Al]\nE0: [-2, -1]\ndeltaSplineBins: 0.001\nembeddings:\n";
  auto const flow = [](YAML::Node node) {
    std::ostringstream out;
    YAML::Emitter emitter(out);
    emitter << YAML::Flow << node;
    std::string line = out.str();
    std::replace(line.begin(), line.end(), '\n', ' ');
    return line;
  };
  for (int const e : {0, 1})
    text += "  " + std::to_string(1 - e) + ": " + flow(file["embeddings"][e]) + "\n";
  text += "bonds:\n";
  for (auto const& bond : file["bonds"])
    text += "  [" + std::to_string(1 - bond.first[0].as<int>()) + ", " +
            std::to_string(1 - bond.first[1].as<int>()) + "]: " + flow(bond.second) + "\n";
  text += "functions:\n";
  for (int const e : {1, 0}) {
    text += "  " + std::to_string(1 - e) + ":\n";
    for (YAML::Node f : file["functions"][e]) {
      f["mu0"] = 1 - e;
      for (std::size_t t = 0; t < f["mus"].size(); ++t)
        f["mus"][t] = 1 - f["mus"][t].as<int>();
      text += "  - " + flow(f) + "\n"; // a list at the indentation of its key
    }
  }
  AcePotential const back = read_potential(folder.write("p.yace", text));
  EXPECT_EQ(back.reference_energy, (std::vector<double>{-1, -2}));
  Kokkos::DefaultExecutionSpace const space;
  AcePotential shifted = potential;
  shifted.reference_energy = {-1, -2};
  shifted.spline_width = back.spline_width;
  std::vector<Structure> const structures{test::cluster(6, {13, 28}, 3)};
  Evaluator<Kokkos::DefaultExecutionSpace> first(space, shifted), second(space, back);
  test::expect_equal(predict(space, second, std::span<Structure const>(structures))[0],
                     predict(space, first, std::span<Structure const>(structures))[0], 1e-12,
                     "order");
}

struct YaceText : testing::Test {
  test::TemporaryFolder folder;
  std::string good =
      yace_of(test::random_potential({"Al", "Ni"}, {{3, 2, 2}, {0, 2, 1}}, test::paper_radial(4)));

  std::string error(std::string const& text) {
    return test::error_message([&] { read_potential(folder.write("p.yace", text)); });
  }
  std::string with(std::string const& from, std::string const& to) const {
    std::string text = good;
    auto const at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  }
};

TEST_F(YaceText, IsNamedWithLineAndKey) {
  using testing::AllOf;
  using testing::ContainsRegex;
  using testing::HasSubstr;
  EXPECT_EQ(error(good), "no error");
  EXPECT_THAT(error(""), HasSubstr("empty"));
  EXPECT_THAT(error(good.substr(0, good.size() / 2)), ContainsRegex(":[0-9]+: "));
  EXPECT_THAT(error(good.substr(0, good.find("functions:"))), HasSubstr("functions"));
  EXPECT_THAT(error(with("elements: [Al, Ni]", "elements: [Al, Xx]")),
              AllOf(HasSubstr(":1: "), HasSubstr("Xx")));
  EXPECT_THAT(error(with("E0: [0, 0]", "E0: [0]")), AllOf(HasSubstr(":2: "), HasSubstr("E0")));
  EXPECT_THAT(error(with("ChebExpCos", "ChebExpSin")),
              AllOf(HasSubstr(":8: "), HasSubstr("radbasename"), HasSubstr("ChebExpSin")));
  EXPECT_THAT(error(with("  [0, 1]: {nradmax", "  [0, 0]: {nradmax")), HasSubstr("duplicate key"));
  EXPECT_THAT(error(with("  [1, 0]: ", "  [1, 7]: ")), HasSubstr("[1, 7]"));
  EXPECT_THAT(error(with("nradmax: 2", "nradmax: 3")), HasSubstr("radcoefficients"));
  EXPECT_THAT(error(with("rcut: 4", "rcut: 1e300")), HasSubstr("rcut"));
  EXPECT_THAT(error(with("rcut: 4", "rcut: nan")), HasSubstr("finite"));
  EXPECT_THAT(error(with("num_ms_combs: 1", "num_ms_combs: 2")), HasSubstr("ms_combs"));
  EXPECT_THAT(error(with("num_ms_combs: 1", "num_ms_combs: 99999999999999")),
              HasSubstr("num_ms_combs"));
  EXPECT_THAT(error(with("num_ms_combs: 1, mus: [0]", "num_ms_combs: 90000000, mus: [0]")),
              HasSubstr("expected"));
  EXPECT_THAT(error(with("ms_combs: [0, 0, 1, -1]", "ms_combs: [0, 0, 1, 1]")),
              AllOf(HasSubstr("sum to"), ContainsRegex(":[0-9]+: ")));
  EXPECT_THAT(error(with("ms_combs: [0, 0, 1, -1]", "ms_combs: [0, 0, 3, -3]")),
              HasSubstr("exceeds l"));
  EXPECT_THAT(
      error(with("ms_combs: [0, 0, 1, -1], ctildes: [", "ms_combs: [0, 0, 1, -1], ctildes: [9")),
      HasSubstr("rotationally invariant"));
  EXPECT_THAT(error(with("mus: [0], ns: [3]", "mus: [0], ns: [30]")), HasSubstr("30"));
  EXPECT_THAT(error(with("mus: [0], ns: [3]", "mus: [5], ns: [3]")), HasSubstr("mus"));
  EXPECT_THAT(error(with("{mu0: 0, rank: 1", "{mu0: 1, rank: 1")), HasSubstr("mu0"));
  EXPECT_THAT(error(with("{mu0: 0, rank: 1, ", "{mu0: 0, ")), HasSubstr("expected the key 'rank'"));
  EXPECT_THAT(error(with("ndensity: 1, FS_parameters: [1, 1]",
                         "ndensity: 2, FS_parameters: [1, 1, 1, 0.5]")),
              AllOf(HasSubstr("ndensity"), HasSubstr("2 (that of the embedding)")));
  EXPECT_THAT(error(with("FS_parameters: [1, 1]", "FS_parameters: [1]")),
              HasSubstr("1 parameters"));
  EXPECT_THAT(error(with("FS_parameters: [1, 1]", "FS_parameters: [1, -2]")),
              HasSubstr("exponent"));
  EXPECT_THAT(error(with("npoti: FinnisSinclairShiftedScaled", "npoti: Johnson")),
              HasSubstr("npoti"));
  EXPECT_THAT(error(with("deltaSplineBins: 0.001", "deltaSplineBins: 0")), HasSubstr("width"));
  EXPECT_THAT(error(std::string(100000, '[')), HasSubstr(":1: "));
  EXPECT_THAT(error("elements: [Al]\nbonds: " + std::string(100000, '{')), HasSubstr("deep"));
}

/// Every prefix of a file and every change of a single byte gives an error or a potential.
TEST_F(YaceText, DamageNeverCrashes) {
  std::string const text =
      yace_of(test::random_potential({"C"}, {{2, 1, 1}, {0, 1, 1}}, test::paper_radial(4)));
  for (std::size_t size = 0; size < text.size(); size += 7) {
    std::string const part = text.substr(0, size), message = error(part);
    // A file that is cut between two functions is still valid.
    if (part.empty() || std::string("} \n").find(part.back()) == std::string::npos) {
      EXPECT_NE(message, "no error") << size;
    }
  }
  std::srand(1);
  char const bytes[] = "[]{}:,-# \n\"'0a";
  for (int k = 0; k < 600; ++k) {
    std::string damaged = text;
    damaged[std::rand() % damaged.size()] = bytes[std::rand() % (sizeof bytes - 1)];
    error(damaged);
  }
}

/// Functions as block maps, over several lines, between comments, as a flow list, before the other
/// keys: the same potential.
TEST_F(YaceText, FunctionsMayHaveAnyLayout) {
  AcePotential const expected = read_potential(folder.write("good.yace", good));
  auto const functions = good.find("functions:\n"), second = good.find("  1:\n", functions);
  std::string const before = good.substr(0, functions);
  std::string blocks, broken, list;
  std::istringstream lines(good.substr(functions + 11, second - functions - 11));
  std::string line;
  while (std::getline(lines, line)) {
    auto const at = line.find("- {");
    if (at == std::string::npos) {
      broken += line + "\n";
      blocks += line + "\n";
      continue;
    }
    std::string const inside = line.substr(at + 3, line.rfind('}') - at - 3);
    list += (list.empty() ? "{" : ", {") + inside + "}";
    auto spread = [&](std::string const& separator) {
      std::string text;
      int depth = 0;
      for (std::size_t k = 0; k < inside.size(); ++k) {
        depth += inside[k] == '[' ? 1 : inside[k] == ']' ? -1 : 0;
        if (inside.compare(k, 2, ", ") == 0 && depth == 0) {
          text += separator;
          ++k;
        } else {
          text += inside[k];
        }
      }
      return text;
    };
    broken += "\n# a function\n    - {" + spread(", # next\n\n      ") + "\n      }\n";
    blocks += "    -\n      " + spread("\n      ") + "\n";
  }
  std::string const rest = good.substr(second);
  for (std::string const& text :
       {before + "functions:\n" + blocks + rest, before + "functions:\n" + broken + rest,
        before + "functions:\n  0: [" + list + "]\n" + rest,
        "functions:\n" + broken + rest + before,
        "functions:\n  0: [" + list + "]\n" + rest + before}) {
    AcePotential const found = read_potential(folder.write("p.yace", text));
    EXPECT_EQ(found.coefficients, expected.coefficients);
    ASSERT_EQ(found.basis->size(), expected.basis->size());
    for (int b = 0; b < found.basis->size(); ++b) {
      EXPECT_EQ(found.basis->functions()[b].n, expected.basis->functions()[b].n);
      EXPECT_EQ(found.basis->functions()[b].intermediates,
                expected.basis->functions()[b].intermediates);
    }
  }
  EXPECT_THAT(error(before + "functions:\n" + blocks + "      - extra\n" + rest),
              testing::ContainsRegex(":[0-9]+: "));
}

/// A file of 14 MB with 65,000 functions of one kind; bench_end_to_end measures the time of such
/// files.
TEST(Yace, LargeFilesAreRead) {
  test::TemporaryFolder const folder;
  std::string const path = folder.file("large.yace");
  {
    AcePotential const small = test::random_potential(
        {"Al", "Co", "Cr", "Fe", "Ni"}, {{1, 1, 1}, {0, 1, 2}}, test::paper_radial(5));
    std::string text = yace_of(small);
    text.resize(text.find("functions:"));
    auto const replace_all = [&](std::string const& from, std::string const& to) {
      for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
        text.replace(at, from.size(), to);
    };
    // Radial functions for n up to 13.
    std::string identity = "[";
    for (int n = 0; n < 13; ++n) {
      identity += n ? ", [" : "[";
      for (int l = 0; l < 3; ++l) {
        identity += l ? ", [" : "[";
        for (int k = 0; k < 13; ++k)
          identity += std::string(k ? ", " : "") + (k == n ? "1" : "0");
        identity += "]";
      }
      identity += "]";
    }
    replace_all("radcoefficients: [[[1], [1], [1]]]", "radcoefficients: " + identity + "]");
    replace_all("nradmax: 1", "nradmax: 13");
    replace_all("nradbasemax: 1", "nradbasemax: 13");
    text += "functions:\n";
    // (l1 l2 l3) = (1 1 2), distinct factors: a single coupling, with coefficients taken from a
    // small basis.
    CBasisFunction pattern;
    for (CBasisFunction const& f : to_c_basis(small))
      if (f.l == std::vector<int>{1, 1, 2} && f.species[0] != f.species[1])
        pattern = f;
    ASSERT_EQ(pattern.rank(), 3);
    long count = 0;
    for (int center = 0; center < 5; ++center) {
      text += "  " + std::to_string(center) + ":\n";
      for (int pair = 0; pair < 10 && count < 13000 * (center + 1); ++pair) {
        int const a = pair % 5, b = (a + 1 + pair / 5) % 5;
        for (int n = 0; n < 13 * 13 * 13 && count < 13000 * (center + 1); ++n, ++count) {
          double const c = std::sin(1. + static_cast<double>(count));
          std::vector<double> values;
          for (double const x : pattern.c)
            values.push_back(c * x);
          auto const list = [](auto const& numbers) {
            return fmt::format("[{}]", fmt::join(numbers, ", "));
          };
          text += fmt::format("    - {{mu0: {}, rank: 3, ndensity: 1, num_ms_combs: {}, mus: [{}, "
                              "{}, {}], ns: [{}, {}, {}], ls: [1, 1, 2], ms_combs: {}, ctildes: "
                              "{}}}\n",
                              center, values.size(), std::min(a, b), std::max(a, b), a, n % 13 + 1,
                              n / 13 % 13 + 1, n / 169 + 1, list(pattern.m), list(values));
        }
      }
    }
    EXPECT_EQ(count, 65000);
    EXPECT_GT(text.size(), 13e6);
    std::ofstream(path) << text;
  }
  EXPECT_EQ(read_potential(path).basis->size(), 65000);
  // Several threads find different faults: the first in the file is told.
  std::ifstream in(path);
  std::ostringstream faulty;
  std::string line;
  for (long number = 1; std::getline(in, line); ++number) {
    if (number == 40000 || number == 40900 || number == 60000)
      line.replace(line.find("rank: 3"), 7, "rank: 0");
    faulty << line << "\n";
  }
  EXPECT_THAT(
      test::error_message([&] { read_potential(folder.write("faulty.yace", faulty.str())); }),
      testing::HasSubstr("faulty.yace:40000: functions.rank: "));
}

TEST(OldFormat, AceFilesAreRefusedClearly) {
  try {
    read_potential("old.ace");
    ADD_FAILURE();
  } catch (InputError const& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr(".yace"));
  }
}

} // namespace
} // namespace kolace
