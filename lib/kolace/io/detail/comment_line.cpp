// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/io/detail/comment_line.hpp>

#include <cctype>

namespace kolace::detail {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

/// Reads one key or value at `at` and advances `at` past it.
std::string read_text(std::string_view line, std::size_t& at, bool key, Place const& place) {
  std::string text;
  char const open = line[at];
  if (open == '"' || open == '\'' || (!key && (open == '{' || open == '['))) {
    char const close = open == '{' ? '}' : open == '[' ? ']' : open;
    int depth = 1;
    for (++at; at < line.size(); ++at) {
      char const c = line[at];
      if (open == '"' && c == '\\' && at + 1 < line.size()) {
        char const next = line[++at];
        if (next == 'n')
          text += '\n';
        else if (next == '"' || next == '\\')
          text += next;
        else
          (text += '\\') += next;
        continue;
      }
      if (open == '[' && c == '[')
        ++depth;
      if (c == close && --depth == 0) {
        ++at;
        return text;
      }
      text += c;
    }
    throw InputError(place, std::string("unclosed ") + open + " in the comment line");
  }
  while (at < line.size() && !is_blank(line[at]) && !(key && line[at] == '='))
    text += line[at++];
  return text;
}

/// True if the next word is a key with a value: letters, digits and underscores before a '='.
bool begins_with_key(std::string_view line) {
  std::size_t at = 0;
  while (at < line.size() &&
         (std::isalnum(static_cast<unsigned char>(line[at])) || line[at] == '_'))
    ++at;
  return at > 0 && at < line.size() && line[at] == '=';
}

bool needs_quotes(std::string const& text, bool key) {
  return text.empty() ||
         text.find_first_of(key ? " \t\"'\\\n=" : " \t\"'\\\n") != std::string::npos ||
         (!key && (text[0] == '{' || text[0] == '['));
}

std::string quoted(std::string const& text, bool key) {
  if (!needs_quotes(text, key))
    return text;
  std::string result = "\"";
  for (char const c : text) {
    if (c == '\n') {
      result += "\\n";
      continue;
    }
    if (c == '"' || c == '\\')
      result += '\\';
    result += c;
  }
  return result + '"';
}

} // namespace

std::vector<InfoEntry> parse_comment_line(std::string_view line, Place const& place) {
  std::vector<InfoEntry> entries;
  std::size_t at = 0;
  auto const skip_blanks = [&] {
    while (at < line.size() && is_blank(line[at]))
      ++at;
  };
  for (skip_blanks(); at < line.size(); skip_blanks()) {
    if (line[at] == '=')
      throw InputError(place, "'=' without a key in the comment line");
    InfoEntry entry;
    entry.key = read_text(line, at, true, place);
    std::size_t const after_key = at;
    skip_blanks(); // some codes write "key = value"
    if (at < line.size() && line[at] == '=') {
      bool const adjacent = at == after_key;
      std::size_t const after_sign = ++at;
      skip_blanks();
      if (adjacent && at > after_sign && begins_with_key(line.substr(at))) {
        at = after_sign; // "config_type= energy=-1": an empty value
      } else if (at < line.size()) {
        if (line[at] == '[' || line[at] == '{')
          entry.bracket = line[at];
        entry.value = read_text(line, at, false, place);
      }
    } else {
      at = after_key;
      entry.has_value = false;
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::string format_entry(InfoEntry const& entry) {
  std::string const key = quoted(entry.key, true);
  if (entry.bracket == '[')
    return key + "=[" + entry.value + "]";
  if (entry.bracket == '{')
    return key + "={" + entry.value + "}";
  return entry.has_value ? key + "=" + quoted(entry.value, false) : key;
}

} // namespace kolace::detail
