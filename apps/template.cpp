// SPDX-License-Identifier: BSD-3-Clause
#include "commands.hpp"
#include "messages.hpp"

#include <kolace/analysis/pair_distribution.hpp>
#include <kolace/config/default_basis.hpp>
#include <kolace/core/counted.hpp>
#include <kolace/core/elements.hpp>
#include <kolace/dataset/dataset.hpp>
#include <kolace/io/atomic_file.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <filesystem>
#include <map>
#include <ostream>
#include <set>

namespace kolace::apps {
namespace {

struct TemplateArguments {
  std::vector<std::string> data;
  std::string output = "input.yaml";
  bool overwrite = false;
  LabelKeys keys;
};

/// Properties of the data for the comments of the file.
struct DataSummary {
  long n_structures = 0, n_atoms = 0, n_energies = 0, n_forces = 0, n_virials = 0;
  DataAmount amount;
  std::map<std::string, long> config_types;
  std::set<int> numbers, free_atoms;
};

DataSummary summarize(Dataset const& data) {
  DataSummary summary;
  summary.amount = amount_of(data);
  data.for_each([&](Frame& frame) {
    Structure const& s = frame.structure;
    ++summary.n_structures;
    summary.n_atoms += static_cast<long>(s.n_atoms());
    summary.n_energies += s.energy.has_value();
    summary.n_forces += 3 * static_cast<long>(s.forces.size());
    summary.n_virials += 6 * s.virial.has_value();
    summary.numbers.insert(s.numbers.begin(), s.numbers.end());
    if (s.n_atoms() == 1 && is_isolated_atom(s, 6))
      summary.free_atoms.insert(s.numbers.begin(), s.numbers.end());
    if (!s.config_type.empty())
      ++summary.config_types[s.config_type];
  });
  return summary;
}

/// A YAML scalar in double quotes.
std::string quoted(std::string const& text) {
  std::string result = "\"";
  for (char const c : text)
    result += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  return result + "\"";
}

std::vector<std::string> relative_names(TemplateArguments const& arguments) {
  namespace fs = std::filesystem;
  fs::path const folder = fs::absolute(arguments.output).parent_path();
  std::vector<std::string> names;
  for (std::string const& file : arguments.data)
    names.push_back(
        quoted(fs::absolute(file).lexically_normal().lexically_relative(folder).string()));
  return names;
}

void write_template(std::ostream& out, TemplateArguments const& arguments,
                    DataSummary const& summary, NeighborShells const& shells) {
  std::vector<std::string> symbols, free_atoms;
  for (int const number : summary.numbers)
    symbols.push_back(element_symbol(number));
  for (int const number : summary.free_atoms)
    free_atoms.push_back(element_symbol(number));
  DefaultBasis const basis = default_basis(static_cast<int>(symbols.size()), summary.amount);
  out << fmt::format(
      "# Input of kolace fit, written by kolace template for {} with {} of {}:\n# {}, {}, {}.\n",
      counted(summary.n_structures, "structure"), counted(summary.n_atoms, "atom"),
      fmt::join(symbols, ", "), counted(summary.n_energies, "energy"),
      counted(summary.n_forces, "force component"), counted(summary.n_virials, "virial component"));
  if (shells.first)
    out << fmt::format("# Nearest neighbors are about {:.2f} A apart (first maximum of the pair "
                       "distribution); the\n"
                       "# shortest distance is {:.2f} A.\n",
                       *shells.first, shells.shortest);
  out << fmt::format("\n"
                     "# Cutoff radius, A: {} The cost grows with its\n"
                     "# third power; long-range interactions require a larger one.\n"
                     "cutoff: {:.1f}\n"
                     "\n"
                     "data:\n"
                     "  filename: [{}]\n",
                     shells.first ? "beyond the second shell of neighbors."
                                  : "no neighbors were found in the data.",
                     suggested_cutoff(shells), fmt::join(relative_names(arguments), ", "));
  LabelKeys const defaults;
  for (auto const& [name, key, usual] :
       {std::tuple{"energy_key", arguments.keys.energy, defaults.energy},
        std::tuple{"forces_key", arguments.keys.forces, defaults.forces},
        std::tuple{"virial_key", arguments.keys.virial, defaults.virial},
        std::tuple{"stress_key", arguments.keys.stress, defaults.stress}})
    if (key != usual)
      out << fmt::format("  {}: {}\n", name, quoted(key));
  out << (summary.n_structures >= 20 ? "  test_size: 0.1          # fraction of structures, chosen "
                                       "at random, for the test set; or a file:\n"
                                       "  # test_filename: test.extxyz\n"
                                     : "  # test_filename: test.extxyz   # test set\n");
  if (summary.n_energies > 0)
    out << (free_atoms.size() == symbols.size()
                ? "  # Energies of free atoms are taken from the data (reference_energy: "
                  "isolated).\n"
                : fmt::format("  # The data contain {}, so {} is fitted. Set it if you know it:\n"
                              "  # reference_energy: {{{}: -1.0}}       # eV, one per element\n",
                              free_atoms.empty() ? "no free atoms"
                                                 : fmt::format("free atoms of {} only",
                                                               fmt::join(free_atoms, ", ")),
                              free_atoms.empty() ? "E0" : "E0 of the other elements",
                              fmt::join(symbols, ": -1.0, ")));
  out << fmt::format(
      "\npotential:\n  elements: [{}]\n  functions:\n    # Radial functions and largest l for "
      "products of 1, 2, ... neighbors (body order 2, 3, ...).\n    # {}; `kolace basis` "
      "counts those of other limits. Without this key, the basis is\n    # chosen by the number of "
      "labels, as this one was.\n    ALL: {{nradmax_by_orders: [{}], lmax_by_orders: [{}]}}\n",
      fmt::join(symbols, ", "), counted(basis.n_functions, "function"),
      fmt::join(basis.limits.nradmax, ", "), fmt::join(basis.limits.lmax, ", "));
  out << "\n"
         "# All of this is optional: without it, regularization and the weights of energies, "
         "forces and\n"
         "# virials are chosen by cross-validation, and a short-range repulsion is the reference "
         "potential.\n"
         "# fit:\n"
      << (summary.n_virials > 0
              ? "#   loss: {kappa: 0.3, kappa_virial: 0.1}      # fixed weights of forces and "
                "virials\n"
              : "#   loss: {kappa: 0.3}                         # fixed weight of forces\n")
      << "#   solver: {type: automatic, committee: 4}     # potentials whose spread is the "
         "predicted error\n";
  if (summary.config_types.size() > 1) {
    std::string weights;
    for (auto const& [name, count] : summary.config_types)
      weights += fmt::format("#       {}: {{energy: 1, forces: 1, virial: 1}}    # {}\n",
                             quoted(name), counted(count, "structure"));
    out << "#   weighting:\n#     config_type:                              # relative weights\n"
        << weights;
  }
}

void make_template(TemplateArguments const& arguments) {
  check_outputs(arguments.data, {arguments.output});
  if (path_exists(arguments.output) && !arguments.overwrite)
    throw InputError(arguments.output +
                     ": already exists; choose another file with -o, or add --overwrite");
  Dataset const data(arguments.data, reading(arguments.keys, false, 0));
  DataSummary const summary = summarize(data);
  if (summary.amount.n_labels == 0)
    throw InputError(arguments.data.front() +
                     ": no energies, forces or virials found; give their keys with --energy-key, "
                     "--forces-key, --virial-key or --stress-key");
  NeighborShells const shells = neighbor_shells({}, data);
  write_file(arguments.output,
             [&](std::ostream& out) { write_template(out, arguments, summary, shells); });
  fmt::print("wrote {}; next: kolace fit {} -o results\n", arguments.output, arguments.output);
}

} // namespace

Run add_template(CLI::App& app) {
  auto arguments = std::make_shared<TemplateArguments>();
  CLI::App* const command =
      app.add_subcommand("template", "Write a commented input.yaml for a data set");
  command->add_option("data", arguments->data, "Extended XYZ files (plain or gzip)")->required();
  command->add_option("-o,--output", arguments->output, "File to write")->capture_default_str();
  command->add_flag("--overwrite", arguments->overwrite, "Replace the file if it exists");
  add_label_options(*command, arguments->keys);
  command->footer(
      "The elements, the cutoff radius (from the neighbor shells) and the size of the basis are\n"
      "chosen from the data.\n"
      "Example: kolace template train.extxyz && kolace fit input.yaml -o results");
  return [arguments] { make_template(*arguments); };
}

} // namespace kolace::apps
