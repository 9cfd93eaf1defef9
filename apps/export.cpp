#include "commands.hpp"
#include "messages.hpp"

#include <kolace/io/atomic_file.hpp>
#include <kolace/io/potential_file.hpp>

#include <fmt/format.h>

#include <filesystem>
#include <ostream>

namespace kolace::apps {
namespace {

struct ExportArguments {
  std::string potential, output;
};

void export_potential(ExportArguments const& arguments) {
  namespace fs = std::filesystem;
  fs::path const output(arguments.output);
  bool const yace = output.extension() == ".yace";
  if (!yace && output.extension() != ".yaml")
    throw InputError("-o " + arguments.output +
                     ": the ending says what is written: .yace (C basis, "
                     "for LAMMPS) or .yaml (B basis)");
  check_outputs({arguments.potential}, {arguments.output});
  AcePotential const potential = read_potential(arguments.potential);
  write_file(arguments.output, [&](std::ostream& out) {
    yace ? write_yace(out, potential) : write_potential(out, potential);
  });
  fmt::print("wrote {}: {} functions, {} kB\n", arguments.output, potential.basis->size(),
             fs::file_size(output) / 1024);
}

} // namespace

Run add_export(CLI::App& app) {
  auto arguments = std::make_shared<ExportArguments>();
  CLI::App* const command =
      app.add_subcommand("export", "Write a potential in another format: .yace for LAMMPS");
  command->add_option("potential", arguments->potential, "Potential file (.yaml or .yace)")
      ->required();
  command->add_option("-o,--output", arguments->output, "File to write; .yace or .yaml")
      ->required();
  command->footer("LAMMPS reads the .yace file:\n"
                  "  pair_style pace\n"
                  "  pair_coeff * * potential.yace C\n"
                  "Example: kolace export results/potential.yaml -o potential.yace");
  return [arguments] { export_potential(*arguments); };
}

} // namespace kolace::apps
