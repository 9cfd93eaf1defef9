// SPDX-License-Identifier: BSD-3-Clause
#include "support/error_message.hpp"
#include "support/temporary_folder.hpp"

#include <kolace/dataset/dataset.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kolace {
namespace {

using testing::HasSubstr;

std::string const good = "2\nLattice=\"5 0 0 0 5 0 0 0 5\" energy=-1\nC 0 0 0\nC 1 1 1\n";

std::string const cubic = "Lattice=\"5 0 0 0 5 0 0 0 5\"";

struct Bad {
  char const* name;
  std::string text;  ///< one bad frame
  std::string place; ///< expected place, after two good frames
  std::string message;
};

std::vector<Bad> bad_frames() {
  return {
      {"short line", "2\n" + cubic + "\nC 0 0 0\nC 1 1\n", ":12: frame 3", "4 words"},
      {"long line", "1\n" + cubic + "\nC 0 0 0 0\n", ":11: frame 3", "4 words"},
      {"not a number", "1\n" + cubic + "\nC 0 zero 0\n", ":11: frame 3", "got 'zero'"},
      {"half a number", "1\n" + cubic + "\nC 0 1.5x 0\n", ":11: frame 3", "got '1.5x'"},
      {"nan position", "1\n" + cubic + "\nC 0 nan 0\n", ":11: frame 3", "not finite"},
      {"infinite position", "1\n" + cubic + "\nC 0 0 -inf\n", ":11: frame 3", "not finite"},
      {"overflow", "1\n" + cubic + "\nC 0 0 1e999\n", ":11: frame 3", "expected a number"},
      {"unknown element", "1\n" + cubic + "\nXx 0 0 0\n", ":11: frame 3", "'Xx'"},
      {"coincident atoms", "2\n" + cubic + "\nC 0.5 1 1\nC 0.5 1 1\n", ":10: frame 3", "coincide"},
      {"coincident atoms by an image", "2\n" + cubic + "\nC 0 1 1\nC 5 1 -4\n", ":10: frame 3",
       "coincide"},
      {"singular cell", "1\nLattice=\"1 0 0 2 0 0 0 0 1\"\nC 0 0 0\n", ":10: frame 3", "singular"},
      {"zero cell", "1\nLattice=\"0 0 0 0 0 0 0 0 0\"\nC 0 0 0\n", ":10: frame 3", "singular"},
      {"periodic without cell", "1\npbc=\"T T T\"\nC 0 0 0\n", ":10: frame 3", "singular"},
      {"eight lattice numbers", "1\nLattice=\"1 0 0 0 1 0 0 0\"\nC 0 0 0\n", ":10: frame 3",
       "9 numbers"},
      {"nan lattice", "1\nLattice=\"1 0 0 0 nan 0 0 0 1\"\nC 0 0 0\n", ":10: frame 3", "finite"},
      {"bad pbc", "1\n" + cubic + " pbc=\"T X F\"\nC 0 0 0\n", ":10: frame 3", "pbc"},
      {"bad properties", "1\nProperties=species:S:1:pos:R\nC 0 0 0\n", ":10: frame 3",
       "name:type:width"},
      {"no positions", "1\nProperties=species:S:1:x:R:3\nC 0 0 0\n", ":10: frame 3", "pos:R:3"},
      {"open quote", "1\nLattice=\"1 0 0\nC 0 0 0\n", ":10: frame 3", "unclosed"},
      {"energy is text", "1\nenergy=low\nC 0 0 0\n", ":10: frame 3", "got 'low'"},
      {"energy is nan", "1\nenergy=nan\nC 0 0 0\n", ":10: frame 3", "not finite"},
      {"two forces an atom", "1\nProperties=species:S:1:pos:R:3:forces:R:2\nC 0 0 0 1 2\n",
       ":10: frame 3", "3 numbers per atom"},
      {"force is nan", "1\nProperties=species:S:1:pos:R:3:forces:R:3\nC 0 0 0 1 2 nan\n",
       ":10: frame 3", "not finite"},
      {"virial of seven", "1\n" + cubic + " virial=\"1 2 3 4 5 6 7\"\nC 0 0 0\n", ":10: frame 3",
       "9 or 6 numbers"},
      {"negative weight", "1\nenergy_weight=-1\nC 0 0 0\n", ":10: frame 3", "negative"},
      {"empty properties", "1\nProperties=\"\" energy=-3\nC 0 0 0\n", ":10: frame 3",
       "name:type:width"},
      {"more columns than an int holds",
       [] {
         std::string text = "1\nProperties=species:S:1:pos:R:3";
         for (int k = 0; k < 4294; ++k)
           text += ":q" + std::to_string(k) + ":R:1000000";
         return text + ":r:R:967296\nC 0 0 0\n";
       }(),
       ":10: frame 3", "100000 words"},
      {"two energies", "1\nenergy=-5 energy=-7\nC 0 0 0\n", ":10: frame 3",
       "duplicate key 'energy'"},
      {"two positions", "1\nProperties=species:S:1:pos:R:3:pos:R:3\nC 0 0 0 1 1 1\n",
       ":10: frame 3", "duplicate 'pos'"},
      {"force is a list", "1\nProperties=species:S:1:pos:R:3:forces:S:3\nC 0 0 0 1,9 0 0\n",
       ":10: frame 3", "one number"},
      {"nearly singular cell", "1\nLattice=\"10 0 0 10 0.000001 0 0 0 10\"\nC 0 0 0\n",
       ":10: frame 3", "singular"},
      {"count of zero", "0\n\n", ":9: frame 3", "number of atoms"},
      {"count is text", "two\n" + cubic + "\nC 0 0 0\n", ":9: frame 3", "number of atoms"},
      {"too few atoms before the next frame", "3\n" + cubic + "\nC 0 0 0\nC 1 1 1\n",
       ":13: frame 3", "after 2 of 3 atoms"},
  };
}

std::string message_of(std::string const& path) {
  return test::error_message([&] { Dataset({path}, {}).for_each([](Frame&) {}); });
}

TEST(BadInput, IsNamedWithFileFrameAndLine) {
  test::TemporaryFolder const folder;
  for (Bad const& bad : bad_frames()) {
    std::string const path = folder.write("train.extxyz", good + good + bad.text + good);
    std::string const message = message_of(path);
    EXPECT_THAT(message, HasSubstr("train.extxyz" + bad.place + ":")) << bad.name;
    EXPECT_THAT(message, HasSubstr(bad.message)) << bad.name;
  }
}

TEST(BadInput, CanBeSkippedAndIsCounted) {
  test::TemporaryFolder const folder;
  std::string text = good;
  for (Bad const& bad : bad_frames())
    text += bad.text + good;
  Dataset const data({folder.write("a.xyz", text)}, {{}, true});
  long frames = 0;
  auto const pass = data.for_each([&](Frame& frame) {
    EXPECT_EQ(frame.structure.n_atoms(), 2u);
    ++frames;
  });
  EXPECT_EQ(frames, static_cast<long>(bad_frames().size()) + 1);
  EXPECT_EQ(pass.skipped.size(), bad_frames().size());
}

TEST(BadInput, TruncatedFilesSayWhere) {
  test::TemporaryFolder const folder;
  EXPECT_THAT(message_of(folder.write("a", good + "3\n" + cubic + "\nC 0 0 0\n")),
              HasSubstr(":8: frame 2: the file ends after 1 of 3 atoms"));
  EXPECT_THAT(message_of(folder.write("a", good + "3\n")), HasSubstr("before the comment line"));
  EXPECT_THAT(message_of(folder.write("a", "")), HasSubstr("contains no frames"));
  EXPECT_THAT(message_of(folder.write("a", "\n \n")), HasSubstr("contains no frames"));
  EXPECT_THAT(message_of(folder.write("a", "999999999999\n\nC 0 0 0\n")),
              HasSubstr("the file ends"));
  EXPECT_THAT(message_of(folder.file("absent")), HasSubstr("cannot be opened"));
  EXPECT_THAT(message_of("/tmp"), HasSubstr("folder"));
  EXPECT_THAT(message_of(folder.write("a.gz", "\x1f\x8b\x08\x00 damaged")), HasSubstr("damaged"));
}

} // namespace
} // namespace kolace
