#include <kolace/io/detail/yaml.hpp>

#include <kolace/io/detail/text.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <set>
#include <sstream>

namespace kolace::detail {
namespace {

/// yaml-cpp keeps the first of two equal keys and says nothing.
void refuse_duplicates(YAML::Node const& node, std::string const& path) {
  if (node.IsSequence())
    for (auto const& item : node)
      refuse_duplicates(item, path);
  if (!node.IsMap())
    return;
  std::set<std::string> seen;
  for (auto const& entry : node) {
    if (entry.first.IsScalar() && !seen.insert(entry.first.Scalar()).second)
      throw InputError({path, 0, entry.first.Mark().line + 1},
                       "the key '" + entry.first.Scalar() + "' stands twice");
    refuse_duplicates(entry.second, path);
  }
}

long line_of(YAML::Node const& node, long otherwise) {
  auto const mark = node.Mark();
  return mark.is_null() ? otherwise : mark.line + 1;
}

} // namespace

YamlValue YamlValue::load(std::string const& path) {
  if (!std::filesystem::is_regular_file(path))
    throw InputError(path + ": cannot be opened");
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file)
    throw InputError(path + ": cannot be opened");
  return parse(text.str(), path);
}

YamlValue YamlValue::parse(std::string const& text, std::string const& name) {
  try {
    std::vector<YAML::Node> const documents = YAML::LoadAll(text);
    if (documents.size() > 1)
      throw InputError(name + ": holds several YAML documents (---); one is expected");
    YAML::Node const node = documents.empty() ? YAML::Node() : documents[0];
    refuse_duplicates(node, name);
    return {name, "", node, 1};
  } catch (YAML::Exception const& error) {
    throw InputError({name, 0, error.mark.line + 1}, "not valid YAML: " + error.msg);
  }
}

void YamlValue::fail(std::string const& message) const {
  throw InputError({file_, 0, line_}, key_.empty() ? message : key_ + ": " + message);
}

YamlValue YamlValue::operator[](std::string const& key) const {
  std::string const path = key_.empty() ? key : key_ + "." + key;
  if (!is_map()) {
    if (defined())
      fail("a map of keys is expected");
    return {file_, path, YAML::Node(YAML::NodeType::Undefined), line_};
  }
  YAML::Node const child = node_[key];
  if (!child.IsDefined())
    return {file_, path, YAML::Node(YAML::NodeType::Undefined), line_};
  return {file_, path, child, line_of(child, line_)};
}

YamlValue YamlValue::required(std::string const& key) const {
  YamlValue const value = (*this)[key];
  if (!value.defined())
    fail("the key '" + key + "' is missing");
  return value;
}

std::vector<std::string> YamlValue::keys() const {
  std::vector<std::string> result;
  if (!is_map())
    fail("a map of keys is expected");
  for (auto const& entry : node_)
    result.push_back(entry.first.Scalar());
  return result;
}

std::vector<YamlValue> YamlValue::items() const {
  if (!is_list())
    fail("a list is expected");
  std::vector<YamlValue> result;
  for (std::size_t i = 0; i < node_.size(); ++i)
    result.emplace_back(file_, key_ + "[" + std::to_string(i) + "]", node_[i],
                        line_of(node_[i], line_));
  return result;
}

void YamlValue::accept_only(std::vector<std::string> const& accepted) const {
  for (std::string const& key : keys())
    if (std::find(accepted.begin(), accepted.end(), key) == accepted.end()) {
      std::string list;
      for (auto const& name : accepted)
        list += (list.empty() ? "" : ", ") + name;
      (*this)[key].fail("unknown key; accepted here: " + list);
    }
}

std::string YamlValue::text() const {
  if (!is_scalar())
    fail("one word or text is expected");
  return node_.Scalar();
}

double YamlValue::number() const {
  double value;
  if (!is_scalar() || !parse_double(node_.Scalar(), value))
    fail("a number is expected" + (is_scalar() ? ", got '" + node_.Scalar() + "'" : ""));
  if (!std::isfinite(value))
    fail("a finite number is expected");
  return value;
}

long YamlValue::integer() const {
  long value;
  if (!is_scalar() || !parse_integer(node_.Scalar(), value))
    fail("a whole number is expected" + (is_scalar() ? ", got '" + node_.Scalar() + "'" : ""));
  return value;
}

bool YamlValue::boolean() const {
  bool value;
  if (!is_scalar() || !YAML::convert<bool>::decode(node_, value))
    fail("true or false is expected");
  return value;
}

std::vector<double> YamlValue::numbers() const {
  std::vector<double> result;
  for (YamlValue const& item : items())
    result.push_back(item.number());
  return result;
}

std::vector<int> YamlValue::integers() const {
  std::vector<int> result;
  for (YamlValue const& item : items()) {
    long const value = item.integer();
    if (value < std::numeric_limits<int>::min() || value > std::numeric_limits<int>::max())
      item.fail("the number is too large");
    result.push_back(static_cast<int>(value));
  }
  return result;
}

std::vector<std::string> YamlValue::texts() const {
  if (is_scalar())
    return {text()};
  std::vector<std::string> result;
  for (YamlValue const& item : items())
    result.push_back(item.text());
  return result;
}

} // namespace kolace::detail
