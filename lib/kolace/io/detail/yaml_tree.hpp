// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

namespace kolace::detail {

/// A YAML document as a tree. An alias becomes a copy of its anchor's node.
struct YamlNode {
  enum class Kind { null, scalar, list, map };
  Kind kind = Kind::null;
  long line = 0;
  std::string text;            ///< text of a scalar
  std::vector<YamlNode> items; ///< items of a list; of a map: key, value, key, value, ...
};

/// Parses one document. Time and memory are proportional to the length of the text: aliases cannot
/// multiply without bound, and no node can contain itself.
/// @param name file name for error messages
/// @throws InputError with file and line for invalid YAML, several documents, or duplicate keys in
/// a map
YamlNode parse_yaml(std::string const& text, std::string const& name);

} // namespace kolace::detail
