#include "support/sample_potentials.hpp"
#include "support/sample_structures.hpp"
#include "support/tolerances.hpp"

#include <kolace/core/errors.hpp>
#include <kolace/io/potential_file.hpp>
#include <kolace/model/c_basis.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <map>
#include <sstream>

namespace kolace {
namespace {

using Factor = std::array<int, 3>; // mu, n, l
using Combination = std::vector<std::pair<Factor, int>>;

/// A file's functions as polynomials in A: centre, then factors with their m, m and -m as one.
std::map<std::pair<int, Combination>, double> polynomials(YAML::Node const& file) {
  std::map<std::pair<int, Combination>, double> result;
  for (auto const& element : file["functions"])
    for (YAML::Node const& f : element.second) {
      int const rank = f["rank"].as<int>(), count = f["num_ms_combs"].as<int>();
      auto const mus = f["mus"].as<std::vector<int>>(), ns = f["ns"].as<std::vector<int>>(),
                 ls = f["ls"].as<std::vector<int>>(), ms = f["ms_combs"].as<std::vector<int>>();
      auto const c = f["ctildes"].as<std::vector<double>>();
      EXPECT_EQ(static_cast<int>(ms.size()), rank * count);
      EXPECT_EQ(static_cast<int>(c.size()), count);
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
        result[{f["mu0"].as<int>(), std::max(plus, minus)}] += c[k];
      }
    }
  return result;
}

std::string yace_of(AcePotential const& potential) {
  std::ostringstream out;
  write_yace(out, potential);
  return out.str();
}

/// The same sums over m as in the files that pacemaker's converter made of the same potentials.
TEST(Yace, FunctionsAreThoseOfPacemakersConversion) {
  for (std::string const name : {"C_K5_793", "C_K6_small", "C_chebpow", "AlNi_K4", "AlCuNi_K4"}) {
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
  // Factors (a, b, a): the same product as (a, a, b), coupled in another order.
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
  // An even sum of l: the coupling is a 3j symbol, symmetric in its columns.
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

} // namespace
} // namespace kolace
