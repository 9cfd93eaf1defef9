// SPDX-License-Identifier: BSD-3-Clause
#include "support/compare.hpp"
#include "support/error_message.hpp"
#include "support/sample_potentials.hpp"
#include "support/sample_structures.hpp"
#include "support/temporary_folder.hpp"

#include <kolace/io/atomic_file.hpp>
#include <kolace/io/potential_file.hpp>

#include <gmock/gmock.h>

#include <sstream>

namespace kolace {
namespace {

using testing::HasSubstr;

void expect_same(AcePotential const& a, AcePotential const& b) {
  EXPECT_EQ(a.coefficients, b.coefficients);
  EXPECT_EQ(a.further_densities, b.further_densities);
  EXPECT_EQ(a.reference_energy, b.reference_energy);
  EXPECT_EQ(a.basis->functions(), b.basis->functions());
  EXPECT_EQ(a.basis->specification().bonds, b.basis->specification().bonds);
  EXPECT_EQ(a.basis->specification().embeddings, b.basis->specification().embeddings);
  EXPECT_EQ(a.basis->elements().symbols(), b.basis->elements().symbols());
  EXPECT_EQ(a.basis->is_canonical(), b.basis->is_canonical());
}

std::string text_of(AcePotential const& potential) {
  std::ostringstream out;
  write_potential(out, potential);
  return out.str();
}

TEST(PotentialFile, ReadingWhatWasWrittenIsTheSame) {
  test::TemporaryFolder const folder;
  for (auto const& symbols : {std::vector<std::string>{"C"}, {"Al", "Cu", "Ni"}}) {
    AcePotential potential =
        test::random_potential(symbols, {{5, 3, 2, 1}, {0, 3, 2, 1}}, test::paper_radial(4.3));
    potential.spline_width = 0.002;
    for (std::size_t e = 0; e < symbols.size(); ++e)
      potential.reference_energy[e] = -245.33863645 / (e + 3.);
    AcePotential const back = read_potential(folder.write("p.yaml", text_of(potential)));
    expect_same(back, potential);
    EXPECT_EQ(back.spline_width, 0.002);
    EXPECT_EQ(text_of(back), text_of(potential));
  }
}

TEST(PotentialFile, PacemakersFilesSurviveARoundTrip) {
  test::TemporaryFolder const folder;
  for (char const* name :
       {"C_K5_793", "C_K6_small", "C_chebpow", "AlNi_K4", "AlCuNi_K4", "Cu_density_two_densities",
        "Cu_distance_core_two_densities", "Cu_sbessel_two_densities", "Cu_zbl"}) {
    AcePotential const potential =
        read_potential(test::reference_file(std::string(name) + ".yaml"));
    expect_same(read_potential(folder.write("p.yaml", text_of(potential))), potential);
  }
}

TEST(PotentialFile, CanonicalBasesAreKeptAndMarked) {
  test::TemporaryFolder const folder;
  AcePotential const potential =
      test::canonical_potential({"Al", "Ni"}, {{4, 3, 2}, {0, 2, 1}}, test::paper_radial(4));
  std::string const text = text_of(potential);
  EXPECT_THAT(text, HasSubstr("\nbasis: canonical\n"));
  expect_same(read_potential(folder.write("p.kolace.yaml", text)), potential);
  std::string other = text;
  other.replace(other.find("canonical"), 9, "cannonical");
  try {
    read_potential(folder.write("p.kolace.yaml", other));
    ADD_FAILURE();
  } catch (InputError const& error) {
    EXPECT_THAT(error.what(), HasSubstr("basis"));
  }
}

TEST(PotentialFile, TransformedRadialFunctionsAreKept) {
  test::TemporaryFolder const folder;
  AcePotential potential =
      test::random_potential({"C"}, {{4, 3, 2}, {0, 2, 1}}, test::paper_radial(4));
  ModelSpecification spec = potential.basis->specification();
  BondSpecification& bond = spec.bonds[0];
  for (int k = 0; k < bond.nradmax * (bond.lmax + 1) * bond.radial.size; ++k)
    bond.coefficients.push_back(std::cos(k));
  potential.basis = std::make_shared<AceBasis const>(spec);
  expect_same(read_potential(folder.write("p.yaml", text_of(potential))), potential);
}

std::string message_of(std::string const& text) {
  test::TemporaryFolder const folder;
  return test::error_message([&] { read_potential(folder.write("p.yaml", text)); });
}

/// Text of a small potential with one part replaced.
std::string broken(std::string const& from, std::string const& to) {
  std::string text =
      text_of(test::random_potential({"C"}, {{3, 2, 2}, {0, 1, 1}}, test::paper_radial()));
  auto const at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(PotentialFile, BadFilesAreNamedWithLineAndKey) {
  EXPECT_EQ(message_of(broken("cos", "cos")), "no error");
  EXPECT_THAT(message_of(broken("radbase: ChebExpCos", "radbase: Gauss")),
              testing::AllOf(HasSubstr(":21: "), HasSubstr("radbase"), HasSubstr("Gauss")));
  EXPECT_THAT(message_of(broken("nradbaseij: 3", "nradbaseij: x")), HasSubstr("nradbaseij"));
  EXPECT_THAT(message_of(broken("rcutij: 5", "rcutij: .inf")), HasSubstr("rcutij"));
  EXPECT_THAT(message_of(broken("    rcutij: 5\n", "")), HasSubstr("expected the key 'rcutij'"));
  EXPECT_THAT(message_of(broken("lmaxi: 1", "lmaxi: 3")), HasSubstr("radcoefficients"));
  EXPECT_THAT(message_of(broken("type: C C C,", "type: C C Si,")), HasSubstr("Si"));
  EXPECT_THAT(message_of(broken("nr: [1, 1], nl: [0, 0]", "nr: [1, 1], nl: [0, 1]")),
              HasSubstr("even"));
  EXPECT_THAT(message_of(broken("nr: [1, 1], nl", "nr: [1, 9], nl")), HasSubstr("n = 9"));
  EXPECT_THAT(message_of(broken("nr: [1, 1], nl", "nr: [1], nl")), HasSubstr("same length"));
  EXPECT_THAT(message_of(broken("lint: [0]", "lint: [5]")), HasSubstr("couple"));
  EXPECT_THAT(message_of(broken("speciesblock: C", "speciesblock: Q")), HasSubstr("Q"));
  EXPECT_THAT(message_of(broken("ndensityi: 1", "ndensityi: 2")), HasSubstr("density"));
  EXPECT_THAT(message_of(broken("parameters: [1, 1]", "parameters: [1, 1, 1]")),
              HasSubstr("3 parameters"));
  EXPECT_THAT(message_of(broken("parameters: [1, 1]", "parameters: [1, 0]")),
              HasSubstr("exponent"));
  EXPECT_THAT(message_of(broken("reference_energy: '{\"C\"", "reference_energy: '{C")),
              HasSubstr("JSON"));
  EXPECT_THAT(message_of(broken("nr: [1, 1], nl: [0, 0]", "nr: [1, 9], nl: [0, 0]")),
              HasSubstr(":29: "));
  EXPECT_THAT(message_of(broken("nr: [2], nl: [0]", "nr: [1], nl: [0]")),
              testing::AllOf(HasSubstr(":27: "), HasSubstr("duplicate function")));
  EXPECT_THAT(message_of(broken("nr: [2], nl: [0]", "nr: [99999999999999], nl: [0]")),
              HasSubstr("nr"));
  EXPECT_THAT(message_of(broken("rcutij: 5", "rcutij: 1e999")), HasSubstr("rcutij"));
  EXPECT_THAT(message_of(broken("nradmaxi: 2", "nradmaxi: 2000000000")), HasSubstr("nradmaxi"));
  EXPECT_THAT(message_of("a: [1, 2"), HasSubstr("YAML"));
  EXPECT_THAT(message_of(broken("rcutij: 5\n", "rcutij: 5\n    rcutij: 4\n")),
              HasSubstr("duplicate key"));
  EXPECT_THAT(message_of(broken("rcutij: 5\n", "rcutij: 1000\n")), HasSubstr("rcutij"));
  EXPECT_THAT(message_of(broken("npoti: Finnis", "npoti: Blah")), HasSubstr("npoti"));
  EXPECT_THAT(message_of(broken("species:\n", "species:\n---\n")), HasSubstr("one YAML document"));
  EXPECT_THAT(message_of("a: 1"), HasSubstr("species"));
  EXPECT_THAT(message_of(""), HasSubstr("species"));
}

TEST(AtomicFile, LeavesTheOldFileWhenWritingFails) {
  test::TemporaryFolder const folder;
  std::string const path = folder.write("result", "old");
  EXPECT_THROW(write_file(path,
                          [](std::ostream& out) {
                            out << "half";
                            throw InputError("bad data");
                          }),
               InputError);
  std::ifstream in(path);
  std::string text;
  in >> text;
  EXPECT_EQ(text, "old");
  EXPECT_EQ(std::distance(
                std::filesystem::directory_iterator(std::filesystem::path(path).parent_path()), {}),
            1);
  EXPECT_THROW(write_file(folder.file("no/such/folder"), [](std::ostream&) {}), InputError);
}

TEST(AtomicFile, FollowsLinksAndWritesToDevices) {
  test::TemporaryFolder const folder;
  std::string const target = folder.write("target", "old");
  std::filesystem::create_symlink(target, folder.file("link"));
  write_file(folder.file("link"), [](std::ostream& out) { out << "new"; });
  EXPECT_TRUE(std::filesystem::is_symlink(folder.file("link")));
  std::string text;
  std::ifstream(target) >> text;
  EXPECT_EQ(text, "new");
  std::filesystem::create_symlink("/dev/null", folder.file("sink"));
  write_file(folder.file("sink"), [](std::ostream& out) { out << "gone"; });
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
}

} // namespace
} // namespace kolace
