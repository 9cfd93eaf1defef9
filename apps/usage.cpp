// SPDX-License-Identifier: BSD-3-Clause
#include "usage.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <regex>
#include <set>
#include <sstream>

namespace kolace::apps {
namespace {

bool is_option(std::string const& argument) {
  return argument.size() > 1 && argument[0] == '-' &&
         !(argument[1] == '.' || (argument[1] >= '0' && argument[1] <= '9'));
}

/// A number as short as possible: 1.000100 becomes 1.0001.
std::string shortest(std::string const& number) {
  return fmt::format("{}", std::strtod(number.c_str(), nullptr));
}

/// First of the arguments that no option takes. CLI11 lists them in no particular order.
std::string unknown(std::string const& sentence, std::vector<std::string> const& arguments) {
  std::istringstream words(sentence.substr(sentence.find(": ") + 1));
  std::set<std::string> extras;
  for (std::string word; words >> word;)
    extras.insert(word);
  auto const first = std::find_if(arguments.begin(), arguments.end(),
                                  [&](std::string const& a) { return extras.contains(a); });
  std::string const name = first != arguments.end() ? *first : *extras.begin();
  return name + (is_option(name) ? ": unknown option" : ": unexpected argument");
}

/// Replacement for sentences that match; `parts` are the matched groups.
struct Sentence {
  char const* pattern;
  std::string (*text)(std::smatch const& parts);
};

std::string out_of_range(std::smatch const& m) {
  std::string const value = m.str(2), least = shortest(m.str(3)), most = shortest(m.str(4));
  bool const integer = m.str(3).find('.') == std::string::npos;
  // CLI::PositiveNumber is the range from the smallest to the largest double.
  std::string const expected =
      std::strtod(most.c_str(), nullptr) > 1e300
          ? "a number above 0"
          : fmt::format("{}{} to {}", integer ? "an integer from " : "", least, most);
  char* end = nullptr;
  std::strtod(value.c_str(), &end);
  return *end == '\0'
             ? fmt::format("{}: {} is out of range (expected {})", m.str(1), value, expected)
             : fmt::format("{}: cannot read '{}' (expected {})", m.str(1), value, expected);
}

std::string not_a_member(std::smatch const& m) {
  std::string members = m.str(3);
  for (std::size_t at = 0; (at = members.find(',', at)) != std::string::npos; at += 2)
    members.replace(at, 1, ", ");
  return fmt::format("{}: unknown value '{}' (expected one of {})", m.str(1), m.str(2), members);
}

std::string counted_values(std::string const& number) {
  return number == "1" ? "a value" : number + " values";
}

Sentence const sentences[] = {
    {R"((.+) is required)", [](auto const& m) { return m.str(1) + ": missing (required)"; }},
    {R"((.+): (\d+) required \S+ missing)",
     [](auto const& m) {
       return m.str(1) + (m.str(2) == "1" ? ": missing value"
                                          : fmt::format(": {} values are missing", m.str(2)));
     }},
    {R"((.+): (At least|At Most) (\d+) required but received (\d+))",
     [](auto const& m) {
       return fmt::format("{}: expected {} {}, got {}", m.str(1),
                          m.str(2) == "At least" ? "at least" : "at most", counted_values(m.str(3)),
                          m.str(4));
     }},
    {R"((.+): Value (\S+) not in range (\S+) to (\S+))", out_of_range},
    {R"((.+): (\S*) not in \{(.*)\})", not_a_member},
    {R"(Could not convert: (\S+) = (.*))",
     [](auto const& m) {
       return fmt::format("{}: cannot read '{}' (expected a number)", m.str(1), m.str(2));
     }},
    {R"((\S+) excludes (\S+))",
     [](auto const& m) { return fmt::format("{}: conflicts with {}", m.str(1), m.str(2)); }},
    {R"((\S+) requires (\S+))",
     [](auto const& m) { return fmt::format("{}: requires {} as well", m.str(1), m.str(2)); }},
};

} // namespace

std::string usage_message(CLI::ParseError const& error, std::vector<std::string> const& arguments) {
  std::string const text = error.what();
  if (dynamic_cast<CLI::ExtrasError const*>(&error))
    return unknown(text, arguments);
  for (Sentence const& sentence : sentences)
    if (std::smatch parts; std::regex_match(text, parts, std::regex(sentence.pattern)))
      return sentence.text(parts);
  return text;
}

} // namespace kolace::apps
