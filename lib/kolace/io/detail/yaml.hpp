#pragma once

#include <kolace/core/errors.hpp>

#include <yaml-cpp/yaml.h>

#include <string>
#include <vector>

namespace kolace::detail {

/// A YAML node together with its file and key path, so that every error names file, line and key.
class YamlValue {
public:
  /// @throws InputError if the file cannot be read or is no YAML
  static YamlValue load(std::string const& path);
  /// Text that stands elsewhere than in a file of its own; messages call it `name`.
  static YamlValue parse(std::string const& text, std::string const& name);

  YamlValue(std::string file, std::string key, YAML::Node node, long line)
      : file_(std::move(file)), key_(std::move(key)), node_(std::move(node)), line_(line) {}

  bool defined() const { return node_.IsDefined() && !node_.IsNull(); }
  bool is_map() const { return node_.IsDefined() && node_.IsMap(); }
  bool is_list() const { return node_.IsDefined() && node_.IsSequence(); }
  bool is_scalar() const { return node_.IsDefined() && node_.IsScalar(); }
  std::string const& key() const { return key_; }
  long line() const { return line_; }
  YAML::Node const& node() const { return node_; }

  [[noreturn]] void fail(std::string const& message) const;

  /// Entry of a map, possibly not defined().
  YamlValue operator[](std::string const& key) const;
  /// Entry of a map that must be there.
  YamlValue required(std::string const& key) const;
  std::vector<std::string> keys() const; ///< of a map, in file order
  std::vector<YamlValue> items() const;  ///< of a list
  bool has(std::string const& key) const { return (*this)[key].defined(); }
  /// Calls visit(YamlValue) for each value of a list.
  template <class Visit> void for_each(Visit const& visit) const {
    for (YamlValue const& item : items())
      visit(item);
  }
  /// @throws InputError naming the first key that is not among `accepted`, and those that are
  void accept_only(std::vector<std::string> const& accepted) const;

  std::string text() const;
  double number() const; ///< finite
  long integer() const;
  bool boolean() const;
  std::vector<double> numbers() const;
  std::vector<int> integers() const;
  std::vector<std::string> texts() const; ///< a list, or one word

private:
  std::string file_, key_;
  YAML::Node node_;
  long line_; ///< of the node, or of the map that lacks it
};

} // namespace kolace::detail
