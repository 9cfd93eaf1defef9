// SPDX-License-Identifier: BSD-3-Clause
#include "support/sample_structures.hpp"
#include "support/temporary_folder.hpp"

#include <kolace/dataset/dataset.hpp>

#include <gtest/gtest.h>

#include <zlib.h>

#include <random>
#include <sstream>

namespace kolace {
namespace {

std::vector<Frame> read_all(std::string const& path, LabelKeys const& keys = {}) {
  ExtxyzReader reader(path, keys);
  std::vector<Frame> frames;
  Frame frame;
  while (reader.next(frame))
    frames.push_back(frame);
  return frames;
}

std::string text_of(std::vector<Frame> const& frames) {
  std::ostringstream out;
  for (Frame const& frame : frames)
    write_extxyz(out, frame);
  return out.str();
}

TEST(Extxyz, ReadsWhatAseWrites) {
  test::TemporaryFolder const folder;
  auto const frames = read_all(folder.write(
      "a.xyz",
      "2\n"
      "Lattice=\"1.0 2 3 4 5.5 6 7 8 -9\" Properties=species:S:1:pos:R:3:forces:R:3:tags:I:1:"
      "magmoms:R:1:fixed:L:1 energy=-1.25e1 config_type=\"two words\" flag "
      "note='it\"s' list=[1, 2, 3] old={4 5 6} escaped=\"a \\\"b\\\" \\\\\" pbc=\"T F T\"\n"
      "C 0.1 +0.2 -3e-1 1 2 3 7 0.5 T\n"
      "Si 1.1 1.2 1.3 4 5 6 8 -0.5 F\n"));
  ASSERT_EQ(frames.size(), 1u);
  Frame const& f = frames[0];
  Structure const& s = f.structure;
  // One vector per row.
  EXPECT_EQ(s.cell.vectors, (Mat3{Vec3{1, 2, 3}, Vec3{4, 5.5, 6}, Vec3{7, 8, -9}}));
  EXPECT_EQ(s.cell.periodic, (std::array{true, false, true}));
  EXPECT_EQ(s.numbers, (std::vector{6, 14}));
  EXPECT_EQ(s.positions, (std::vector{Vec3{0.1, 0.2, -0.3}, Vec3{1.1, 1.2, 1.3}}));
  EXPECT_EQ(s.forces, (std::vector{Vec3{1, 2, 3}, Vec3{4, 5, 6}}));
  EXPECT_EQ(s.energy, -12.5);
  EXPECT_FALSE(s.virial);
  EXPECT_EQ(s.config_type, "two words");
  EXPECT_FALSE(f.find_info("flag")->has_value);
  EXPECT_EQ(f.find_info("note")->value, "it\"s");
  EXPECT_EQ(f.find_info("list")->value, "1, 2, 3");
  EXPECT_EQ(f.find_info("old")->value, "4 5 6");
  EXPECT_EQ(f.find_info("escaped")->value, "a \"b\" \\");
  EXPECT_EQ(f.find_column("tags")->words, (std::vector<std::string>{"7", "8"}));
}

TEST(Extxyz, PlainXyzIsAnOpenCluster) {
  test::TemporaryFolder const folder;
  auto const frames = read_all(folder.write("a.xyz", "1\nany comment at all\nC 1 2 3\n"));
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_FALSE(any_periodic(frames[0].structure.cell));
  EXPECT_FALSE(frames[0].structure.energy);
}

TEST(Extxyz, AnEmptyValueDoesNotTakeTheNextKey) {
  test::TemporaryFolder const folder;
  auto const frames =
      read_all(folder.write("a.xyz", "1\nconfig_type= energy=-1.5\nC 0 0 0\n"
                                     "1\nconfig_type = bulk energy = -2.5\nC 0 0 0\n"
                                     "1\nenergy=-3.5 comment= a=b= config_type=\nC 0 0 0\n"
                                     "1\nconfig_type= bulk energy= -4.5 remark= 1.5=x\nC 0 0 0\n"));
  ASSERT_EQ(frames.size(), 4u);
  EXPECT_EQ(frames[0].structure.config_type, "");
  EXPECT_EQ(frames[1].structure.config_type, "bulk");
  EXPECT_EQ(frames[2].structure.config_type, "");
  EXPECT_EQ(frames[3].structure.config_type, "bulk");
  for (int k = 0; k < 4; ++k) {
    ASSERT_TRUE(frames[k].structure.energy) << k;
    EXPECT_EQ(*frames[k].structure.energy, -1.5 - k);
  }
}

TEST(Extxyz, AcceptsColumnsInAnyOrderAndAtomicNumbers) {
  test::TemporaryFolder const folder;
  auto const frames = read_all(
      folder.write("a.xyz", "1\nProperties=forces:R:3:pos:R:3:id:I:1:species:S:1\n1 2 3 4 5 6 9 C\n"
                            "1\nProperties=Z:I:1:pos:R:3\n28 1 2 3\n\n\n"));
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[0].structure.positions[0], (Vec3{4, 5, 6}));
  EXPECT_EQ(frames[0].structure.forces[0], (Vec3{1, 2, 3}));
  EXPECT_EQ(frames[1].structure.numbers[0], 28);
}

TEST(Extxyz, CrlfAndGzipReadTheSame) {
  test::TemporaryFolder const folder;
  std::string const text =
      "2\nLattice=\"5 0 0 0 5 0 0 0 5\" energy=-1 note=end\nC 0 0 0\nC 1 1 1\n";
  std::string crlf;
  for (char const c : text + text)
    (crlf += c == '\n' ? "\r" : "") += c;
  auto const plain = read_all(folder.write("a.xyz", text + text));
  auto const dos = read_all(folder.write("b.xyz", crlf));
  gzFile const gz = gzopen(folder.file("c.xyz.gz").c_str(), "wb");
  gzwrite(gz, text.data(), static_cast<unsigned>(text.size()));
  gzwrite(gz, text.data(), static_cast<unsigned>(text.size()));
  gzclose(gz);
  auto const zipped = read_all(folder.file("c.xyz.gz"));
  ASSERT_EQ(plain.size(), 2u);
  ASSERT_EQ(dos.size(), 2u);
  ASSERT_EQ(zipped.size(), 2u);
  for (int k = 0; k < 2; ++k) {
    EXPECT_TRUE(same_content(plain[k], dos[k]));
    EXPECT_TRUE(same_content(plain[k], zipped[k]));
  }
}

TEST(Extxyz, ReadingWhatWasWrittenIsTheSameBitForBit) {
  test::TemporaryFolder const folder;
  std::mt19937_64 random(11);
  std::vector<Frame> frames;
  for (auto const& sample : test::sample_structures({6, 14, 79})) {
    if (sample.name == "far_apart")
      continue;
    Structure s = sample.structure;
    auto const any = [&] { // random doubles of many magnitudes that use all bits
      return std::ldexp(static_cast<double>(random()), static_cast<int>(random() % 80) - 100);
    };
    s.energy = -any();
    s.virial = Voigt{any(), any(), any(), any(), any(), any()};
    s.config_type = "type|with \"quotes\" and \\ " + sample.name;
    s.energy_weight = any();
    s.force_weight = any();
    for (std::size_t i = 0; i < s.n_atoms(); ++i) {
      s.forces.push_back({any(), -any(), any()});
      s.force_weights.push_back(any());
    }
    Frame frame = make_frame(s);
    frame.info.push_back({"bare", "", false});
    frame.info.push_back({"list", "[1, 2], [3, 4]", true, '['});
    frame.info.push_back({"old", "1 2", true, '{'});
    frame.info.push_back({"empty", "", true});
    frame.info.push_back({"key with = and blank", "[not a list", true});
    frame.info.push_back({"lines", "one\ntwo", true});
    Column column{"label", 'S', 2, {}};
    for (std::size_t i = 0; i < 2 * s.n_atoms(); ++i)
      column.words.push_back("w" + std::to_string(i));
    frame.columns.push_back(column);
    frames.push_back(frame);
  }
  auto const back = read_all(folder.write("a.xyz", text_of(frames)));
  ASSERT_EQ(back.size(), frames.size());
  for (std::size_t k = 0; k < frames.size(); ++k)
    EXPECT_TRUE(same_content(back[k], frames[k])) << k;
  EXPECT_EQ(text_of(back), text_of(frames));
}

TEST(Extxyz, BundledDataSurviveARoundTrip) {
  test::TemporaryFolder const folder;
  for (char const* name : {"dimers", "diverse", "diamond_like", "atom"}) {
    auto const frames = read_all(std::string(KOLACE_CARBON_DATA) + "/" + name + ".extxyz");
    auto const back = read_all(folder.write("a.xyz", text_of(frames)));
    ASSERT_EQ(back.size(), frames.size());
    for (std::size_t k = 0; k < frames.size(); ++k)
      EXPECT_TRUE(same_content(back[k], frames[k])) << name << k;
  }
}

TEST(Dataset, StreamsManyFramesWithoutHoldingThem) {
  test::TemporaryFolder const folder;
  std::string text;
  for (int k = 0; k < 20000; ++k)
    text += "1\nenergy=" + std::to_string(k) + "\nC 0 0 " + std::to_string(k) + "\n";
  Dataset const data({folder.write("a.xyz", text), folder.file("a.xyz")}, {});
  for (int pass = 0; pass < 2; ++pass) {
    long count = 0;
    auto const result = data.for_each([&](Frame& frame) {
      EXPECT_EQ(*frame.structure.energy, static_cast<double>(count % 20000));
      ++count;
    });
    EXPECT_EQ(count, 40000);
    EXPECT_EQ(result.labels.at("energy from 'energy'"), 40000);
  }
  long even = 0;
  data.subset([](long i) { return i % 2 == 0; }).for_each([&](Frame&) { ++even; });
  EXPECT_EQ(even, 20000);
}

} // namespace
} // namespace kolace
