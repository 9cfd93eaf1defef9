// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/io/detail/yaml.hpp>

#include <kolace/io/detail/text.hpp>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <limits>
#include <numeric>

namespace kolace::detail {
YamlValue YamlValue::load(std::string const& path) {
  std::error_code failed;
  if (!std::filesystem::is_regular_file(path, failed))
    throw InputError(path + ": cannot be opened");
  return parse(read_file(path), path);
}

YamlValue YamlValue::parse(std::string const& text, std::string const& name) {
  return {name, std::make_shared<YamlNode const>(parse_yaml(text, name))};
}

void YamlValue::fail(std::string const& message) const {
  throw InputError({file_, 0, line_}, key_.empty() ? message : key_ + ": " + message);
}

YamlValue YamlValue::operator[](std::string const& key) const {
  std::string const path = key_.empty() ? key : key_ + "." + key;
  if (!is_map()) {
    if (defined())
      fail("expected a map of keys");
    return {*this, path, nullptr};
  }
  auto const& items = node_->items;
  for (std::size_t k = 0; k + 1 < items.size(); k += 2)
    if (items[k].text == key)
      return {*this, path, &items[k + 1]};
  return {*this, path, nullptr};
}

YamlValue YamlValue::required(std::string const& key) const {
  YamlValue const value = (*this)[key];
  if (!value.defined())
    fail("expected the key '" + key + "'");
  return value;
}

std::vector<std::string> YamlValue::keys() const {
  std::vector<std::string> result;
  if (!is_map())
    fail("expected a map of keys");
  for (std::size_t k = 0; k < node_->items.size(); k += 2)
    result.push_back(node_->items[k].text);
  return result;
}

std::vector<YamlValue> YamlValue::items() const {
  if (!is_list())
    fail("expected a list");
  std::vector<YamlValue> result;
  for (std::size_t i = 0; i < node_->items.size(); ++i)
    result.push_back(YamlValue(*this, key_ + "[" + std::to_string(i) + "]", &node_->items[i]));
  return result;
}

namespace {

/// Edit distance (Levenshtein), ignoring case.
std::size_t distance_of(std::string const& a, std::string const& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      bool const same = std::tolower(static_cast<unsigned char>(a[i])) ==
                        std::tolower(static_cast<unsigned char>(b[j]));
      std::size_t const replaced = diagonal + (same ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, replaced});
    }
  }
  return row.back();
}

} // namespace

void YamlValue::accept_only(
    std::vector<std::string> const& accepted,
    std::function<std::string(std::string const& key)> const& advice) const {
  for (std::string const& key : keys())
    if (std::find(accepted.begin(), accepted.end(), key) == accepted.end()) {
      std::string list;
      for (auto const& name : accepted)
        list += (list.empty() ? "" : ", ") + name;
      auto const nearest = std::min_element(accepted.begin(), accepted.end(),
                                            [&](std::string const& a, std::string const& b) {
                                              return distance_of(key, a) < distance_of(key, b);
                                            });
      bool const likely = nearest != accepted.end() && distance_of(key, *nearest) <= 2;
      std::string hint = advice ? advice(key) : "";
      if (hint.empty() && likely)
        hint = "did you mean '" + *nearest + "'?";
      (*this)[key].fail("unknown key" + (hint.empty() ? "" : ", " + hint) +
                        " (expected one of: " + list + ")");
    }
}

std::string YamlValue::text() const {
  if (!is_scalar())
    fail("expected a single value");
  return node_->text;
}

double YamlValue::number() const {
  double value;
  if (!is_scalar() || !parse_double(node_->text, value))
    fail("expected a number" + (is_scalar() ? ", got '" + node_->text + "'" : ""));
  if (!std::isfinite(value))
    fail("expected a finite number");
  return value;
}

long YamlValue::integer() const {
  long value;
  if (!is_scalar() || !parse_integer(node_->text, value))
    fail("expected an integer" + (is_scalar() ? ", got '" + node_->text + "'" : ""));
  return value;
}

bool YamlValue::boolean() const {
  std::string word = is_scalar() ? node_->text : "";
  std::transform(word.begin(), word.end(), word.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (word == "true" || word == "yes" || word == "on")
    return true;
  if (word != "false" && word != "no" && word != "off")
    fail("expected true or false");
  return false;
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
