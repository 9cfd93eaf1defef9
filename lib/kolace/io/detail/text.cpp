// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/io/detail/text.hpp>

#include <kolace/core/errors.hpp>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace kolace::detail {
namespace {

template <class T> bool parse_all(std::string_view token, T& value) {
  if (!token.empty() && token.front() == '+')
    token.remove_prefix(1);
  if (token.empty() || token.front() == '+')
    return false;
  auto const [end, error] = std::from_chars(token.data(), token.data() + token.size(), value);
  return error == std::errc() && end == token.data() + token.size();
}

} // namespace

std::string read_file(std::string const& path) {
  std::error_code none; // pipes have no size
  auto const size_of_file = std::filesystem::file_size(path, none);
  std::ifstream file(path, std::ios::binary);
  std::string text;
  while (file) {
    std::size_t const size = text.size();
    text.resize(size > 0 ? 2 * size : none ? 65536 : size_of_file + 1);
    file.read(text.data() + size, static_cast<std::streamsize>(text.size() - size));
    text.resize(size + static_cast<std::size_t>(file.gcount()));
  }
  if (!file.eof() || file.bad())
    throw InputError(path + ": cannot be opened");
  return text;
}

bool parse_double(std::string_view token, double& value) {
  return parse_all(token, value);
}
bool parse_integer(std::string_view token, long& value) {
  return parse_all(token, value);
}

void split_words(std::string_view line, std::vector<std::string_view>& words) {
  words.clear();
  auto const is_blank = [](char c) { return c == ' ' || c == '\t'; };
  char const *at = line.data(), *const end = at + line.size();
  while (true) {
    while (at != end && is_blank(*at))
      ++at;
    if (at == end)
      return;
    char const* const first = at;
    while (at != end && !is_blank(*at))
      ++at;
    words.emplace_back(first, at - first);
  }
}

std::string shortest(double value) {
  char buffer[32];
  auto const result = std::to_chars(buffer, buffer + sizeof buffer, value);
  return std::string(buffer, result.ptr);
}

std::string list_of(std::vector<double> const& values) {
  std::string text = "[";
  for (std::size_t i = 0; i < values.size(); ++i)
    text += (i ? ", " : "") + shortest(values[i]);
  return text + "]";
}

std::string nine_numbers(Voigt const& tensor) {
  std::string text;
  for (int const v : {0, 5, 4, 5, 1, 3, 4, 3, 2})
    text += (text.empty() ? "" : " ") + shortest(tensor[v]);
  return text;
}

} // namespace kolace::detail
