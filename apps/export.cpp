// SPDX-License-Identifier: BSD-3-Clause
#include "commands.hpp"
#include "messages.hpp"

#include <kolace/core/counted.hpp>
#include <kolace/io/atomic_file.hpp>
#include <kolace/io/potential_file.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <ostream>

namespace kolace::apps {
namespace {

struct ExportArguments {
  std::string potential, output;
  bool without_e0 = false;
};

void export_potential(ExportArguments const& arguments) {
  namespace fs = std::filesystem;
  fs::path const output(arguments.output);
  bool const yace = output.extension() == ".yace";
  if (!yace && output.extension() != ".yaml")
    throw InputError("-o " + arguments.output +
                     ": the file extension selects the format (expected .yace: C basis, for "
                     "LAMMPS, or .yaml: B basis)");
  check_outputs({arguments.potential}, {arguments.output});
  AcePotential potential = load_potential(arguments.potential);
  auto& energies = potential.reference_energy;
  if (arguments.without_e0)
    std::fill(energies.begin(), energies.end(), 0.);
  else if (yace && std::any_of(energies.begin(), energies.end(), [](double e) { return e != 0; }))
    fmt::print("energies in LAMMPS will include those of the free atoms ({} eV); pacemaker's "
               "converter leaves them out, as --without-e0 does\n",
               fmt::join(energies, ", "));
  write_file(arguments.output, [&](std::ostream& out) {
    yace ? write_yace(out, potential) : write_potential(out, potential);
  });
  fmt::print("wrote {}: {}, {} kB\n", arguments.output,
             counted(potential.basis->size(), "function"), fs::file_size(output) / 1024);
}

} // namespace

Run add_export(CLI::App& app) {
  auto arguments = std::make_shared<ExportArguments>();
  CLI::App* const command =
      app.add_subcommand("export", "Convert a potential to another format, e.g. .yace for LAMMPS");
  command
      ->add_option("potential", arguments->potential,
                   "Potential file (.yaml, .yace or .kolace.yaml)")
      ->required();
  command->add_option("-o,--output", arguments->output, "File to write (.yace or .yaml)")
      ->required();
  command->add_flag("--without-e0", arguments->without_e0,
                    "Leave out the energies of free atoms, as pacemaker's converter does");
  command->footer("LAMMPS reads the .yace file:\n"
                  "  pair_style pace\n"
                  "  pair_coeff * * potential.yace C\n"
                  "Example: kolace export results/potential.yaml -o potential.yace");
  return [arguments] { export_potential(*arguments); };
}

} // namespace kolace::apps
