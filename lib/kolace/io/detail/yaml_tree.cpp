// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/io/detail/yaml_tree.hpp>

#include <kolace/core/errors.hpp>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <map>
#include <set>
#include <sstream>

namespace kolace::detail {
namespace {

/// Builds the tree from the parser's events. In a broken document the parser may run forever,
/// emitting empty documents; the builder therefore stops it at the second document.
class TreeBuilder : public YAML::EventHandler {
public:
  TreeBuilder(std::string const& name, std::size_t n_bytes)
      : name_(name), most_nodes_(n_bytes + 100'000) {}

  YamlNode take() { return std::move(root_); }

  void OnDocumentStart(YAML::Mark const& mark) override {
    if (++n_documents_ > 1)
      fail(mark, "expected one YAML document; a second one begins here (---), or a bracket, comma "
                 "or indentation above is wrong");
  }
  void OnDocumentEnd() override {}

  void OnNull(YAML::Mark const& mark, YAML::anchor_t anchor) override { add(mark, {}, anchor); }
  void OnAlias(YAML::Mark const& mark, YAML::anchor_t anchor) override {
    auto const found = anchors_.find(anchor);
    if (found == anchors_.end())
      fail(mark, "an alias refers to the node that contains it");
    YamlNode copy = found->second;
    count(mark, size_of(copy) - 1);
    add(mark, std::move(copy), 0);
  }
  void OnScalar(YAML::Mark const& mark, std::string const&, YAML::anchor_t anchor,
                std::string const& value) override {
    YamlNode node;
    node.kind = YamlNode::Kind::scalar;
    node.text = value;
    add(mark, std::move(node), anchor);
  }
  void OnSequenceStart(YAML::Mark const& mark, std::string const&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, YamlNode::Kind::list, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(YAML::Mark const& mark, std::string const&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, YamlNode::Kind::map, anchor);
  }
  void OnMapEnd() override { close(); }

private:
  struct Open {
    YamlNode node;
    YAML::anchor_t anchor;
    YAML::Mark mark; ///< start of the node
    std::set<std::string> keys;
  };

  [[noreturn]] void fail(YAML::Mark const& mark, std::string const& message) const {
    throw InputError({name_, 0, mark.line + 1}, message);
  }

  void count(YAML::Mark const& mark, std::size_t nodes) {
    n_nodes_ += nodes;
    if (n_nodes_ > most_nodes_)
      fail(mark, "aliases expand to more than " + std::to_string(most_nodes_) + " values");
  }

  static std::size_t size_of(YamlNode const& node) {
    std::size_t size = 1;
    for (YamlNode const& item : node.items)
      size += size_of(item);
    return size;
  }

  void add(YAML::Mark const& mark, YamlNode node, YAML::anchor_t anchor) {
    count(mark, 1);
    node.line = mark.line + 1;
    if (anchor)
      anchors_[anchor] = node;
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    bool const is_key =
        parent.node.kind == YamlNode::Kind::map && parent.node.items.size() % 2 == 0;
    if (is_key) {
      if (node.kind != YamlNode::Kind::scalar)
        fail(mark, "expected a single value as key");
      if (!parent.keys.insert(node.text).second) // yaml-cpp would use the first one
        fail(mark, "duplicate key '" + node.text + "'");
    }
    parent.node.items.push_back(std::move(node));
  }

  void open(YAML::Mark const& mark, YamlNode::Kind kind, YAML::anchor_t anchor) {
    Open& child = open_.emplace_back();
    child.node.kind = kind;
    child.anchor = anchor;
    child.mark = mark;
  }

  void close() {
    Open child = std::move(open_.back());
    open_.pop_back();
    add(child.mark, std::move(child.node), child.anchor);
  }

  std::string const& name_;
  std::size_t most_nodes_, n_nodes_ = 0;
  int n_documents_ = 0;
  YamlNode root_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, YamlNode> anchors_;
};

} // namespace

namespace {

/// YAML's parser does not name the most frequent cause.
std::string tab_hint(std::string const& text, int line) {
  std::istringstream lines(text);
  std::string content;
  for (int k = 0; k <= line && std::getline(lines, content); ++k)
    if (k + 2 >= line && content.find('\t') != std::string::npos)
      return " (tabs are not allowed; use spaces)";
  return " (is a bracket, quote or colon missing, or an indentation wrong?)";
}

} // namespace

YamlNode parse_yaml(std::string const& text, std::string const& name) {
  std::istringstream stream(text);
  TreeBuilder builder(name, text.size());
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder))
      ;
  } catch (YAML::Exception const& error) {
    int const line = error.mark.is_null() ? 1 : error.mark.line + 1;
    throw InputError({name, 0, line}, "not valid YAML: " + error.msg + tab_hint(text, line));
  }
  return builder.take();
}

} // namespace kolace::detail
