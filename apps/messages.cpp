#include "messages.hpp"

#include "commands.hpp"

#include <kolace/io/atomic_file.hpp>

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <ostream>

namespace kolace::apps {

void print_labels(LabelCounts const& labels) {
  for (auto const& [label, count] : labels)
    fmt::print("{} ({} frames)\n", label, count);
}

void warn_of_skipped(std::vector<std::string> const& messages) {
  if (messages.empty())
    return;
  std::string text = fmt::format("{} bad frames left out:", messages.size());
  for (auto const& message : messages)
    text += "\n  " + message;
  warn(text);
}

void add_label_options(CLI::App& command, LabelKeys& keys) {
  command.add_option("--energy-key", keys.energy, "Name of the energies (else found by itself)");
  command.add_option("--forces-key", keys.forces, "Name of the forces' column");
  command.add_option("--virial-key", keys.virial, "Name of the virials, eV");
  command.add_option("--stress-key", keys.stress,
                     "Name of the stresses, eV/A^3, positive in tension");
}

void warn(std::string const& message) {
  say("kolace: warning: " + message + "\n");
}

void write_plot(std::string const& svg, Plot const& plot) {
  write_file(svg, [&](std::ostream& out) { write_svg(out, plot); });
  std::filesystem::path script(svg);
  if (script.extension() != ".svg") // a device, say
    return;
  script.replace_extension(".gp");
  write_file(script.string(), [&](std::ostream& out) {
    write_gnuplot(out, plot, std::filesystem::path(svg).filename().string());
  });
}

void say(std::string const& text) {
  std::fputs(text.c_str(), stderr); // fmt::print throws where the stream is closed
}

} // namespace kolace::apps
