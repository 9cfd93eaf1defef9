// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/errors.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace kolace::detail {

/// A YAML value as a tape: nodes in text order, each with the index of its end. A map is stored as
/// key, value, key, value, ...
struct YamlTape {
  enum class Kind { scalar, list, map };
  struct Node {
    Kind kind;
    std::string_view text; ///< text of a scalar, without quotes
    long line;
    std::size_t end; ///< index of the first node after this one
  };
  std::vector<Node> nodes;
};

/// One value on a tape, with the file name for errors. Cheap to copy; the tape must outlive it.
class TapeValue {
public:
  using Kind = YamlTape::Kind;
  TapeValue(std::string const& file, YamlTape const& tape, std::size_t index, std::string key = {})
      : file_(&file), tape_(&tape), index_(index), key_(std::move(key)) {}

  Kind kind() const { return node().kind; }
  long line() const { return node().line; }
  std::string_view text() const; ///< text of a scalar
  [[noreturn]] void fail(std::string const& message) const;

  /// Value of a key in a map. @throws InputError if it is missing
  TapeValue required(std::string_view key) const;
  bool has(std::string_view key) const;
  /// Calls visit(TapeValue) for each value of a list.
  template <class Visit> void for_each(Visit const& visit) const {
    if (kind() != Kind::list)
      fail("expected a list");
    for (std::size_t at = index_ + 1; at < node().end; at = tape_->nodes[at].end)
      visit(TapeValue(*file_, *tape_, at, key_));
  }

  double number() const; ///< finite
  int integer() const;   ///< within the range of int
  std::vector<double> numbers() const;
  std::vector<int> integers() const;

private:
  YamlTape::Node const& node() const { return tape_->nodes[index_]; }
  std::size_t find(std::string_view key) const; ///< index of the value; 0: none

  std::string const* file_;
  YamlTape const* tape_;
  std::size_t index_;
  std::string key_;
};

/// An item of a block list that is not parsed yet: the lines from its dash to the next line that is
/// indented no deeper. Items can be parsed on several threads; the text must outlive them.
struct UnparsedItem {
  std::string_view text; ///< of the file up to the end of the item
  std::size_t at;        ///< after the dash
  std::size_t line_start;
  long line;
  int column; ///< of the dash

  /// @param tape receives the nodes; may be used again for the next item
  /// @param key that messages name
  /// @throws InputError with file and line
  TapeValue parse(std::string const& file, std::string const& key, YamlTape& tape) const;
};

using KeyPath = std::vector<std::string>; ///< keys of nested maps, as text

/// Reads a YAML mapping of mappings piece by piece. Supports the part of YAML that potential files
/// use (block and flow maps and lists, plain and quoted scalars, comments). Needs memory for the
/// text and one piece.
///
/// @param depth_of how deep the value of a top-level key is split: 0 into one piece, 1 into the
/// entries of the map (or items of the list) below it, 2 into the entries of those
/// @param visit receives the keys on the path and the piece
/// @param visit_item receives items of block lists instead of `visit`, if it is there
/// @throws InputError with file and line
void for_each_piece(
    std::string const& file, std::string_view text,
    std::function<int(std::string_view key)> const& depth_of,
    std::function<void(KeyPath const& path, TapeValue const& piece)> const& visit,
    std::function<void(KeyPath const& path, UnparsedItem const& item)> const& visit_item = {});

} // namespace kolace::detail
