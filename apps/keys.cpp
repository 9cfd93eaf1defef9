// SPDX-License-Identifier: BSD-3-Clause
#include "commands.hpp"

#include <kolace/config/input_keys.hpp>
#include <kolace/core/errors.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <sstream>

namespace kolace::apps {
namespace {

constexpr std::size_t width = 98;

/// Breaks text into lines of at most `width` columns, each after the first indented.
std::string wrapped(std::string_view text, std::size_t indent) {
  std::istringstream words{std::string(text)};
  std::string result, word;
  for (std::size_t column = indent; words >> word; column += word.size() + 1) {
    if (column > indent && column + word.size() > width) {
      result += "\n" + std::string(indent, ' ');
      column = indent;
    }
    result += (column > indent ? " " : "") + word;
  }
  return result;
}

std::string type_and_default(InputKey const& key) {
  return fmt::format("{}{}{}", key.type,
                     key.default_value.empty() ? ""
                                               : fmt::format("; default: {}", key.default_value),
                     key.use == InputKey::Use::ignored ? "; no effect" : "");
}

std::string as_text(InputSection const& section) {
  constexpr std::size_t indent = 4;
  std::string text =
      fmt::format("{} ({})\n  {}\n", section.title,
                  section.path.empty() ? "input.yaml" : section.path, wrapped(section.text, 2));
  for (InputKey const& key : input_keys())
    if (key.section == section.path)
      text += fmt::format("\n  {}  [{}]\n    {}\n", key.name, type_and_default(key),
                          wrapped(key.text, indent));
  if (section.path == "fit.solver") {
    text += "\n  Solvers\n";
    for (InputSolver const& solver : input_solvers())
      text += fmt::format("\n  {}  [{}]\n    {}\n", solver.name, fmt::join(solver.keys, ", "),
                          wrapped(solver.text, indent));
  }
  return text;
}

/// A cell of a table in Markdown.
std::string cell(std::string_view text) {
  std::string result;
  for (char const c : text)
    result += c == '|' ? std::string("\\|") : std::string(1, c);
  return result;
}

std::string as_markdown(InputSection const& section) {
  std::string text = fmt::format(
      "# {}\n\n{}{}\n\n| key | type | default | meaning |\n|---|---|---|---|\n", section.title,
      section.path.empty() ? "" : fmt::format("Section `{}` of input.yaml. ", section.path),
      section.text);
  for (InputKey const& key : input_keys())
    if (key.section == section.path)
      text += fmt::format("| `{}` | {} | {} | {}{} |\n", key.name, cell(key.type),
                          cell(key.default_value),
                          key.use == InputKey::Use::ignored ? "*No effect.* " : "", cell(key.text));
  if (section.path == "fit.solver") {
    text += "\n| solver | keys | what is minimized |\n|---|---|---|\n";
    for (InputSolver const& solver : input_solvers())
      text += fmt::format("| `{}` | {} | {} |\n", solver.name, fmt::join(solver.keys, ", "),
                          cell(solver.text));
  }
  return text;
}

/// A section by its path, the last part of it, or one of its keys.
InputSection const& find_section(std::string const& name) {
  for (InputSection const& section : input_sections())
    if (section.path == name || section.path.ends_with("." + name) ||
        (name == "input.yaml" && section.path.empty()))
      return section;
  for (InputKey const& key : input_keys()) // a key: its section
    if (key.name == name)
      for (InputSection const& section : input_sections())
        if (section.path == key.section)
          return section;
  std::string names;
  for (InputSection const& section : input_sections())
    names += ", " + (section.path.empty() ? "input.yaml" : std::string(section.path));
  throw InputError("'" + name +
                   "': unknown section or key of input.yaml (sections: " + names.substr(2) + ")");
}

} // namespace

void print_keys(std::string const& section) {
  fmt::print("{}", as_text(find_section(section)));
}

Run add_keys(CLI::App& app) {
  struct Arguments {
    std::string section;
    bool markdown = false;
  };
  auto arguments = std::make_shared<Arguments>();
  CLI::App* const command = app.add_subcommand("keys", "Explain the keys of input.yaml");
  command->add_option("section", arguments->section,
                      "Section (data, potential, fit, loss, solver, ...) or key (default: all)");
  command->add_flag("--markdown", arguments->markdown, "Write tables in Markdown");
  command->footer("Example: kolace keys solver");
  return [arguments] {
    auto const print = [&](InputSection const& section) {
      fmt::print("{}\n", arguments->markdown ? as_markdown(section) : as_text(section));
    };
    if (!arguments->section.empty())
      return print(find_section(arguments->section));
    for (InputSection const& section : input_sections())
      print(section);
  };
}

} // namespace kolace::apps
