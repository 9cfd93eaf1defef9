// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/errors.hpp>
#include <kolace/io/detail/yaml_tree.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace kolace::detail {

/// A value in a YAML document with its file and key path, so that every error can name file, line
/// and key.
class YamlValue {
public:
  /// @throws InputError if the file cannot be read or is not YAML
  static YamlValue load(std::string const& path);
  /// Parses a text that is not a file; error messages call it `name`.
  static YamlValue parse(std::string const& text, std::string const& name);

  bool defined() const { return node_ && node_->kind != YamlNode::Kind::null; }
  bool is_map() const { return is(YamlNode::Kind::map); }
  bool is_list() const { return is(YamlNode::Kind::list); }
  bool is_scalar() const { return is(YamlNode::Kind::scalar); }
  std::string const& key() const { return key_; }
  long line() const { return line_; }

  [[noreturn]] void fail(std::string const& message) const;

  /// Entry of a map; check defined().
  YamlValue operator[](std::string const& key) const;
  /// Entry of a map. @throws InputError if it is missing
  YamlValue required(std::string const& key) const;
  std::vector<std::string> keys() const; ///< keys of a map, in file order
  std::vector<YamlValue> items() const;  ///< items of a list
  bool is_flat_list() const {            ///< true for a non-empty list whose first item is a scalar
    return is_list() && !node_->items.empty() &&
           node_->items.front().kind == YamlNode::Kind::scalar;
  }
  /// True if this is a map with such an entry.
  bool has(std::string const& key) const { return is_map() && (*this)[key].defined(); }
  /// Calls visit(YamlValue) for each value of a list.
  template <class Visit> void for_each(Visit const& visit) const {
    for (YamlValue const& item : items())
      visit(item);
  }
  /// @param advice says what to do about a key that is not accepted; empty text: nothing special
  /// @throws InputError with the first key that is not in `accepted`, and the list of accepted keys
  void accept_only(std::vector<std::string> const& accepted,
                   std::function<std::string(std::string const& key)> const& advice = {}) const;

  std::string text() const;
  double number() const; ///< finite
  long integer() const;
  bool boolean() const;
  std::vector<double> numbers() const;
  std::vector<int> integers() const;
  std::vector<std::string> texts() const; ///< items of a list, or a single word

private:
  YamlValue(YamlValue const& parent, std::string key, YamlNode const* node)
      : file_(parent.file_), key_(std::move(key)), root_(parent.root_), node_(node),
        line_(node ? node->line : parent.line_) {}
  YamlValue(std::string file, std::shared_ptr<YamlNode const> root)
      : file_(std::move(file)), root_(std::move(root)), node_(root_.get()), line_(1) {}

  bool is(YamlNode::Kind kind) const { return node_ && node_->kind == kind; }

  std::string file_, key_;
  std::shared_ptr<YamlNode const> root_;
  YamlNode const* node_; ///< node within the root; null: missing
  long line_;            ///< line of the node, or of the map if it is missing
};

} // namespace kolace::detail
