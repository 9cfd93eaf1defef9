#pragma once

#include <kolace/core/errors.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace kolace::detail {

/// A YAML value as a tape: nodes in the order of the text, each knowing where it ends. Entries of a
/// map are key, value, key, value, ...
struct YamlTape {
  enum class Kind { scalar, list, map };
  struct Node {
    Kind kind;
    std::string_view text; ///< of a scalar, without quotes
    long line;
    std::size_t end; ///< first node behind this one
  };
  std::vector<Node> nodes;
};

/// One value on a tape, with the file's name for errors. Cheap to copy; the tape must live.
class TapeValue {
public:
  using Kind = YamlTape::Kind;
  TapeValue(std::string const& file, YamlTape const& tape, std::size_t index, std::string key = {})
      : file_(&file), tape_(&tape), index_(index), key_(std::move(key)) {}

  Kind kind() const { return node().kind; }
  long line() const { return node().line; }
  std::string_view text() const; ///< of a scalar
  [[noreturn]] void fail(std::string const& message) const;

  /// Value of a key in a map. @throws InputError where it is missing
  TapeValue required(std::string_view key) const;
  bool has(std::string_view key) const;
  /// Calls visit(TapeValue) for each value of a list.
  template <class Visit> void for_each(Visit const& visit) const {
    if (kind() != Kind::list)
      fail("a list is expected");
    for (std::size_t at = index_ + 1; at < node().end; at = tape_->nodes[at].end)
      visit(TapeValue(*file_, *tape_, at, key_));
  }

  double number() const; ///< finite
  int integer() const;   ///< of int's range
  std::vector<double> numbers() const;
  std::vector<int> integers() const;

private:
  YamlTape::Node const& node() const { return tape_->nodes[index_]; }
  std::size_t find(std::string_view key) const; ///< 0: none

  std::string const* file_;
  YamlTape const* tape_;
  std::size_t index_;
  std::string key_;
};

/// Reads a YAML mapping of mappings piece by piece: the small part of YAML that potential files
/// use (block and flow maps and lists, plain and quoted scalars, comments). Memory: the text and
/// one piece.
///
/// @param depth_of how deep entries of a top-level key are split: 0 gives its value as one piece, 1
///        each entry of a map (or item of a list) below it, 2 the entries of those
/// @param visit receives the keys on the way (as text) and the piece
/// @throws InputError with file and line
void for_each_piece(
    std::string const& file, std::string_view text,
    std::function<int(std::string_view key)> const& depth_of,
    std::function<void(std::vector<std::string> const& path, TapeValue const& piece)> const& visit);

} // namespace kolace::detail
