#include <kolace/core/elements.hpp>
#include <kolace/io/detail/comment_line.hpp>
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
      throw InputError(place, "Properties: groups of name:type:width with type S, R, I or L are "
                              "expected, got '" +
                                  text + "'");
    words += width;
    if (words > 100000)
      throw InputError(place, "Properties: more than 100000 words per atom");
    for (Property const& other : properties)
      if (other.name == parts[i])
        throw InputError(place, "Properties: '" + parts[i] + "' stands twice");
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
                       "Lattice: 9 numbers are expected, got " + std::to_string(words.size()));
    for (int k = 0; k < 9; ++k) {
      double& value = structure.cell.vectors[k / 3][k % 3];
      if (!parse_double(words[k], value) || !std::isfinite(value))
        throw InputError(structure.place,
                         "Lattice: '" + std::string(words[k]) + "' is not a finite number");
    }
    structure.cell.periodic = {true, true, true};
  }
  if (pbc) {
    std::string spaced; // "T T F" and "TTF" are both written
    for (char const c : *pbc)
      spaced += c == ',' || c == '[' || c == ']' ? ' ' : c;
    split_words(spaced, words);
    std::string const joined(*pbc);
    if (words.size() == 1 && joined.size() == 3)
      words = {std::string_view(joined).substr(0, 1), std::string_view(joined).substr(1, 1),
               std::string_view(joined).substr(2, 1)};
    for (int d = 0; d < 3; ++d)
      if (words.size() != 3 || !parse_logical(words[d], structure.cell.periodic[d]))
        throw InputError(structure.place, "pbc: three of T or F are expected, got '" + *pbc + "'");
  }
  if (!valid_periodicity(structure.cell))
    throw InputError(structure.place, "the cell is singular in its periodic directions");
}

} // namespace

ExtxyzReader::ExtxyzReader(std::string const& path, LabelKeys keys)
    : lines_(path), keys_(std::move(keys)) {}

bool ExtxyzReader::next(Frame& frame) {
  frame = Frame{};
  Structure& s = frame.structure;
  std::string_view line;
  std::vector<std::string_view> words;
  do { // blank lines may stand between frames and at the end
    if (!lines_.next(line)) {
      if (frame_number_ == 0)
        throw InputError(lines_.path() + ": the file holds no frame");
      return false;
    }
    split_words(line, words);
  } while (words.empty());
  s.place = {lines_.path(), ++frame_number_, lines_.line_number()};

  long n_atoms = 0;
  if (words.size() != 1 || !parse_integer(words[0], n_atoms) || n_atoms < 1) {
    std::string const got(line.substr(0, 60));
    Place const place = s.place;
    long ignored; // continue at the next line that can be a count
    while (lines_.next(line)) {
      split_words(line, words);
      if (words.size() == 1 && parse_integer(words[0], ignored)) {
        lines_.push_back();
        break;
      }
    }
    throw InputError(place, "the number of atoms (1 or more) is expected, got '" + got + "'");
  }
  if (!lines_.next(line))
    throw InputError(s.place, "the file ends before the comment line");
  s.place.line = lines_.line_number();

  std::string lattice, pbc, properties = "species:S:1:pos:R:3";
  bool has_lattice = false, has_pbc = false;
  std::string comment_error;
  try {
    std::set<std::string> seen;
    for (InfoEntry& entry : detail::parse_comment_line(line, s.place)) {
      if (!seen.insert(entry.key).second && entry.has_value)
        throw InputError(s.place, "the key '" + entry.key + "' stands twice");
      if (entry.key == "Lattice")
        lattice = entry.value, has_lattice = true;
      else if (entry.key == "Properties")
        properties = entry.value;
      else if (entry.key == "pbc")
        pbc = entry.value, has_pbc = true;
      else
        frame.info.push_back(std::move(entry));
    }
  } catch (InputError const& error) {
    comment_error = error.what();
  }
  read_atoms(frame, properties, n_atoms, comment_error);
  parse_cell(has_lattice ? &lattice : nullptr, has_pbc ? &pbc : nullptr, s);
  if (auto const pair = coincident_atoms(s, 1e-3))
    throw InputError(s.place, "atoms " + std::to_string(pair->first + 1) + " and " +
                                  std::to_string(pair->second + 1) + " are at one place");
  read_labels(frame, keys_, &label_counts_);
  return true;
}

/// Reads all lines of the frame, also behind an error, so that reading can continue; then throws
/// it.
void ExtxyzReader::read_atoms(Frame& frame, std::string const& properties, long n_atoms,
                              std::string error) {
  Structure& s = frame.structure;
  std::vector<Property> layout;
  int words_per_line = 0, species_word = -1, number_word = -1, position_word = -1;
  std::vector<std::pair<int, std::size_t>> column_of_word; // first word -> column
  if (error.empty()) {
    try {
      layout = parse_properties(properties, s.place);
    } catch (InputError const& e) {
      error = e.what();
    }
    for (Property const& p : layout) {
      if (p.name == "species" && p.type == 'S' && p.width == 1)
        species_word = words_per_line;
      else if (p.name == "pos" && p.type == 'R' && p.width == 3)
        position_word = words_per_line;
      else {
        if (p.name == "Z" && p.type == 'I' && p.width == 1)
          number_word = words_per_line;
        column_of_word.emplace_back(words_per_line, frame.columns.size());
        frame.columns.push_back({p.name, p.type, p.width, {}});
      }
      words_per_line += p.width;
    }
    if (error.empty() && (position_word < 0 || (species_word < 0 && number_word < 0)))
      error = s.place.text() + ": Properties must name species:S:1 (or Z:I:1) and pos:R:3";
  }
  std::string_view line;
  std::vector<std::string_view> words;
  for (long i = 0; i < n_atoms; ++i) {
    Place const place{s.place.file, s.place.frame, lines_.line_number() + 1};
    if (!lines_.next(line)) {
      throw InputError(error.empty() ? place.text() + ": the file ends after " + std::to_string(i) +
                                           " of " + std::to_string(n_atoms) + " atoms"
                                     : error);
    }
    split_words(line, words);
    auto const fail = [&](std::string const& message) {
      if (error.empty())
        error = place.text() + ": " + message;
    };
    long count;
    if (words.size() == 1 && words_per_line > 1 && parse_integer(words[0], count)) {
      lines_.push_back(); // the next frame begins here
      fail("the frame ends after " + std::to_string(i) + " of " + std::to_string(n_atoms) +
           " atoms");
      break;
    }
    if (!error.empty())
      continue;
    if (static_cast<int>(words.size()) != words_per_line) {
      fail(std::to_string(words_per_line) + " words are expected, got " +
           std::to_string(words.size()));
      continue;
    }
    std::optional<int> number;
    long z = 0;
    if (species_word >= 0)
      number = atomic_number(words[species_word]);
    else if (parse_integer(words[number_word], z) && z >= 1 && z <= 118)
      number = static_cast<int>(z);
    if (!number) {
      fail("'" + std::string(words[species_word >= 0 ? species_word : number_word]) +
           "' is not a chemical element");
      continue;
    }
    Vec3 x;
    for (int d = 0; d < 3; ++d) {
      auto const word = words[position_word + d];
      if (!parse_double(word, x[d]))
        fail("a number is expected, got '" + std::string(word) + "'");
      else if (!std::isfinite(x[d]))
        fail("the position " + std::string(word) + " is not finite");
    }
    s.numbers.push_back(*number);
    s.positions.push_back(x);
    for (auto const& [first, column] : column_of_word) {
      Column& c = frame.columns[column];
      for (int w = 0; w < c.width; ++w) {
        double value;
        if (c.type == 'R' && !parse_double(words[first + w], value))
          fail("a number is expected for " + c.name + ", got '" + std::string(words[first + w]) +
               "'");
        c.words.emplace_back(words[first + w]);
      }
    }
  }
  if (!error.empty())
    throw InputError(error);
}

} // namespace kolace
