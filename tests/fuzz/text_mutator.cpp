// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <vector>

/// @file
/// Mutations for text formats, whose grammar random bytes seldom satisfy: moves lines and
///   words as a whole, replaces numbers, and inserts brackets and keys of the formats.

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

namespace {

using Random = std::minstd_rand;

std::size_t below(Random& random, std::size_t n) {
  return n == 0 ? 0 : random() % n;
}

std::vector<std::string> lines_of(std::string const& text) {
  std::vector<std::string> lines(1);
  for (char const c : text)
    if (c == '\n')
      lines.emplace_back();
    else
      lines.back() += c;
  return lines;
}

/// Begin and end of the first word at or after a position.
std::pair<std::size_t, std::size_t> word_at(std::string const& text, std::size_t from) {
  char const* const ends = " \t\n,[]{}:\"'=";
  std::size_t const begin = text.find_first_not_of(ends, from);
  if (begin == text.npos)
    return {text.size(), text.size()};
  return {begin, std::min(text.find_first_of(ends, begin), text.size())};
}

char const* const numbers[] = {"0",    "-1",         "1",      "2",    "20",
                               "1000", "2147483648", "1e-300", "1e30", "1e308",
                               "nan",  "inf",        "0.1",    "-0.5", "99999999999999999999"};
char const* const words[] = {"{",
                             "}",
                             "[",
                             "]",
                             ",",
                             ": ",
                             "- ",
                             "&a ",
                             "*a",
                             "\n---\n",
                             "\"",
                             "'",
                             "#",
                             "ALL",
                             "UNARY",
                             "BINARY",
                             "elements: [C, H]",
                             "nradmax_by_orders: [4, 2]",
                             "lmax_by_orders: [0, 1]",
                             "type: C C",
                             "nr: [1, 1]",
                             "nl: [0, 0]",
                             "lint: [0]",
                             "c: [1]",
                             "radbase: SBessel",
                             "inner_cutoff_type: zbl",
                             "Lattice=\"4 0 0 0 4 0 0 0 4\"",
                             "pbc=\"T T T\"",
                             "Properties=species:S:1:pos:R:3:forces:R:3",
                             "energy=-1",
                             "ms_combs: [0, 0]",
                             "solver: ridge",
                             "repulsion: zbl",
                             "weighting: {type: EnergyBasedWeightingPolicy}",
                             "shift"};

void mutate(std::string& text, Random& random) {
  switch (below(random, 7)) {
  case 0: { // deletes a line
    auto lines = lines_of(text);
    lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(below(random, lines.size())));
    text.clear();
    for (auto const& line : lines)
      text += line + "\n";
    break;
  }
  case 1: // duplicates a line
  case 2: {
    auto lines = lines_of(text);
    std::string const line = lines[below(random, lines.size())];
    lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(below(random, lines.size() + 1)),
                 line);
    text.clear();
    for (auto const& each : lines)
      text += each + "\n";
    break;
  }
  case 3: { // replaces a word by a number
    auto const [begin, end] = word_at(text, below(random, text.size() + 1));
    text.replace(begin, end - begin, numbers[below(random, std::size(numbers))]);
    break;
  }
  case 4: { // replaces a word by another one of the text
    auto const [begin, end] = word_at(text, below(random, text.size() + 1));
    auto const [from, to] = word_at(text, below(random, text.size() + 1));
    std::string const other = text.substr(from, to - from);
    text.replace(begin, end - begin, other);
    break;
  }
  case 5: // inserts a token of the grammar
    text.insert(below(random, text.size() + 1), words[below(random, std::size(words))]);
    break;
  default: { // deletes a character
    if (!text.empty())
      text.erase(below(random, text.size()), 1);
    break;
  }
  }
}

} // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t most, unsigned seed) {
  Random random(seed);
  if (below(random, 3) == 0)
    return LLVMFuzzerMutate(data, size, most);
  std::string text(reinterpret_cast<char const*>(data), size);
  for (std::size_t k = below(random, 3) + 1; k > 0; --k)
    mutate(text, random);
  std::size_t const length = std::min(text.size(), most);
  std::memcpy(data, text.data(), length);
  return length;
}
