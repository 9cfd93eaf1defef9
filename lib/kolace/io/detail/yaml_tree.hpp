#pragma once

#include <string>
#include <vector>

namespace kolace::detail {

/// A YAML document as a tree. An alias is a copy of what it names.
struct YamlNode {
  enum class Kind { null, scalar, list, map };
  Kind kind = Kind::null;
  long line = 0;
  std::string text;            ///< of a scalar
  std::vector<YamlNode> items; ///< of a list; of a map: key, value, key, value, ...
};

/// Parses one document. Takes time and memory in proportion to the text: aliases cannot multiply
/// without end, nothing contains itself.
/// @param name of the file, for messages
/// @throws InputError with file and line: what is not YAML, several documents, equal keys in a map
YamlNode parse_yaml(std::string const& text, std::string const& name);

} // namespace kolace::detail
