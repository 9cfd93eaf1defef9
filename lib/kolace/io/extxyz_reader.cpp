// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/core/elements.hpp>
#include <kolace/io/detail/comment_line.hpp>
#include <kolace/io/detail/frame_text.hpp>
#include <kolace/io/detail/text.hpp>
#include <kolace/io/extxyz.hpp>

#include <cmath>
#include <set>

namespace kolace {
namespace {

using detail::parse_double;
using detail::parse_integer;
using detail::split_words;

/// One entry of Properties: name:type:width.
struct Property {
  std::string name;
  char type;
  int width;
};

std::vector<Property> parse_properties(std::string const& text, Place const& place) {
  std::vector<std::string> parts;
  std::size_t at = 0;
  while (at <= text.size()) {
    std::size_t const end = std::min(text.find(':', at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  std::vector<Property> properties;
  long words = 0;
  for (std::size_t i = 0; i + 2 < parts.size() || i < parts.size(); i += 3) {
    long width = 0;
    if (i + 2 >= parts.size() || parts[i + 1].size() != 1 ||
        std::string("SRIL").find(parts[i + 1]) == std::string::npos ||
        !parse_integer(parts[i + 2], width) || width < 1 || width > 1000000)
      throw InputError(
          place, "Properties: expected groups of name:type:width with type S, R, I or L, got '" +
                     text + "'");
    words += width;
    if (words > 100000)
      throw InputError(place, "Properties: more than 100000 words per atom");
    for (Property const& other : properties)
      if (other.name == parts[i])
        throw InputError(place, "Properties: duplicate '" + parts[i] + "'");
    properties.push_back({parts[i], parts[i + 1][0], static_cast<int>(width)});
  }
  return properties;
}

bool parse_logical(std::string_view word, bool& value) {
  if (word == "T" || word == "True" || word == "true" || word == "TRUE" || word == "1")
    return value = true, true;
  if (word == "F" || word == "False" || word == "false" || word == "FALSE" || word == "0")
    return value = false, true;
  return false;
}

void parse_cell(std::string const* lattice, std::string const* pbc, Structure& structure) {
  std::vector<std::string_view> words;
  if (lattice) {
    split_words(*lattice, words);
    if (words.size() != 9)
      throw InputError(structure.place,
                       "Lattice: expected 9 numbers, got " + std::to_string(words.size()));
    for (int k = 0; k < 9; ++k) {
      double& value = structure.cell.vectors[k / 3][k % 3];
      if (!parse_double(words[k], value) || !std::isfinite(value))
        throw InputError(structure.place,
                         "Lattice: '" + std::string(words[k]) + "' is not a finite number");
    }
    structure.cell.periodic = {true, true, true};
  }
  if (pbc) {
    std::string spaced; // both "T T F" and "TTF" occur
    for (char const c : *pbc)
      spaced += c == ',' || c == '[' || c == ']' ? ' ' : c;
    split_words(spaced, words);
    std::string const joined(*pbc);
    if (words.size() == 1 && joined.size() == 3)
      words = {std::string_view(joined).substr(0, 1), std::string_view(joined).substr(1, 1),
               std::string_view(joined).substr(2, 1)};
    for (int d = 0; d < 3; ++d)
      if (words.size() != 3 || !parse_logical(words[d], structure.cell.periodic[d]))
        throw InputError(structure.place, "pbc: expected three of T or F, got '" + *pbc + "'");
  }
  if (!valid_periodicity(structure.cell))
    throw InputError(structure.place, "the cell is singular in its periodic directions");
}

/// Positions of the words in an atom's line.
struct LineLayout {
  int n_words = 0, species = -1, number = -1, position = -1;
  std::vector<std::pair<int, std::size_t>> columns; ///< first word -> index in Frame::columns
};

/// Layout of the lines according to Properties; adds the frame's columns.
LineLayout layout_of(std::string const& properties, Frame& frame) {
  LineLayout layout;
  for (Property const& p : parse_properties(properties, frame.structure.place)) {
    if (p.name == "species" && p.type == 'S' && p.width == 1)
      layout.species = layout.n_words;
    else if (p.name == "pos" && p.type == 'R' && p.width == 3)
      layout.position = layout.n_words;
    else {
      if (p.name == "Z" && p.type == 'I' && p.width == 1)
        layout.number = layout.n_words;
      layout.columns.emplace_back(layout.n_words, frame.columns.size());
      frame.columns.push_back({p.name, p.type, p.width, {}});
    }
    layout.n_words += p.width;
  }
  if (layout.position < 0 || (layout.species < 0 && layout.number < 0))
    throw InputError(frame.structure.place,
                     "Properties: expected species:S:1 (or Z:I:1) and pos:R:3");
  return layout;
}

void add_atom(LineLayout const& layout, std::vector<std::string_view> const& words,
              Place const& place, Frame& frame) {
  if (static_cast<int>(words.size()) != layout.n_words)
    throw InputError(place, "expected " + std::to_string(layout.n_words) + " words, got " +
                                std::to_string(words.size()));
  std::optional<int> number;
  long z = 0;
  if (layout.species >= 0)
    number = atomic_number(words[layout.species]);
  else if (parse_integer(words[layout.number], z) && z >= 1 && z <= 118)
    number = static_cast<int>(z);
  if (!number)
    throw InputError(
        place, "'" + std::string(words[layout.species >= 0 ? layout.species : layout.number]) +
                   "' is not a chemical element");
  Vec3 x;
  for (int d = 0; d < 3; ++d) {
    std::string const word(words[layout.position + d]);
    if (!parse_double(word, x[d]))
      throw InputError(place, "expected a number, got '" + word + "'");
    if (!std::isfinite(x[d]))
      throw InputError(place, "the position " + word + " is not finite");
  }
  frame.structure.numbers.push_back(*number);
  frame.structure.positions.push_back(x);
  for (auto const& [first, column] : layout.columns) {
    Column& c = frame.columns[column];
    for (int w = 0; w < c.width; ++w) {
      double value;
      if (c.type == 'R' && !parse_double(words[first + w], value))
        throw InputError(place, "expected a number for " + c.name + ", got '" +
                                    std::string(words[first + w]) + "'");
      c.words.emplace_back(words[first + w]);
    }
  }
}

} // namespace

Frame detail::parse_frame(FrameText const& text, LabelKeys const& keys, LabelCounts& counts) {
  if (!text.error.empty())
    throw InputError(text.error);
  Frame frame;
  Structure& s = frame.structure;
  s.place = text.place;
  std::string lattice, pbc, properties = "species:S:1:pos:R:3";
  bool has_lattice = false, has_pbc = false;
  std::set<std::string> seen;
  for (InfoEntry& entry : parse_comment_line(text.comment, s.place)) {
    if (!seen.insert(entry.key).second && entry.has_value)
      throw InputError(s.place, "duplicate key '" + entry.key + "'");
    if (entry.key == "Lattice")
      lattice = entry.value, has_lattice = true;
    else if (entry.key == "Properties")
      properties = entry.value;
    else if (entry.key == "pbc")
      pbc = entry.value, has_pbc = true;
    else
      frame.info.push_back(std::move(entry));
  }
  LineLayout const layout = layout_of(properties, frame);
  std::vector<std::string_view> words;
  std::string_view rest = text.atoms;
  Place place = s.place;
  for (long i = 0; i < text.n_lines; ++i) {
    ++place.line;
    std::size_t const end = rest.find('\n');
    split_words(rest.substr(0, end), words);
    rest.remove_prefix(end + 1);
    add_atom(layout, words, place, frame);
  }
  if (text.n_lines < text.n_atoms) {
    ++place.line;
    throw InputError(place, (text.ends_file ? "the file ends after " : "the frame ends after ") +
                                std::to_string(text.n_lines) + " of " +
                                std::to_string(text.n_atoms) + " atoms");
  }
  parse_cell(has_lattice ? &lattice : nullptr, has_pbc ? &pbc : nullptr, s);
  if (auto const pair = coincident_atoms(s, 1e-3))
    throw InputError(s.place, "atoms " + std::to_string(pair->first + 1) + " and " +
                                  std::to_string(pair->second + 1) + " coincide");
  read_labels(frame, keys, &counts);
  return frame;
}

struct ExtxyzReader::State {
  explicit State(std::string const& path) : splitter(path) {}

  detail::FrameSplitter splitter;
  detail::FrameText text{};
};

ExtxyzReader::ExtxyzReader(std::string const& path, LabelKeys keys)
    : state_(std::make_unique<State>(path)), keys_(std::move(keys)) {}
ExtxyzReader::~ExtxyzReader() = default;
ExtxyzReader::ExtxyzReader(ExtxyzReader&&) noexcept = default;

bool ExtxyzReader::next(Frame& frame) {
  frame = Frame{};
  if (!state_->splitter.next(state_->text))
    return false;
  frame = detail::parse_frame(state_->text, keys_, label_counts_);
  return true;
}

long ExtxyzReader::frames_read() const {
  return state_->splitter.n_frames();
}

} // namespace kolace
