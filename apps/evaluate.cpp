#include "commands.hpp"
#include "messages.hpp"
#include "progress.hpp"

#include <kolace/evaluate/evaluator.hpp>
#include <kolace/fit/metrics.hpp>
#include <kolace/fit/report.hpp>
#include <kolace/io/atomic_file.hpp>
#include <kolace/io/dataset.hpp>
#include <kolace/io/detail/text.hpp>
#include <kolace/io/potential_file.hpp>

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <ostream>

namespace kolace::apps {
namespace {

struct EvaluateArguments {
  std::string potential, output;
  std::vector<std::string> data, committee;
  bool exact = false, skip_bad_frames = false;
  LabelKeys keys;
};

/// The frame with the predictions in place of any earlier ones.
void add_prediction(Frame& frame, Prediction const& p) {
  using detail::shortest;
  std::erase_if(frame.info, [](InfoEntry const& entry) {
    return entry.key == "kolace_energy" || entry.key == "kolace_virial";
  });
  std::erase_if(frame.columns, [](Column const& column) {
    return column.name == "kolace_forces" || column.name == "kolace_energies";
  });
  frame.info.push_back({"kolace_energy", shortest(p.energy), true});
  frame.info.push_back({"kolace_virial", detail::nine_numbers(p.virial), true});
  Column forces{"kolace_forces", 'R', 3, {}}, energies{"kolace_energies", 'R', 1, {}};
  for (std::size_t i = 0; i < p.forces.size(); ++i) {
    for (double const f : p.forces[i])
      forces.words.push_back(shortest(f));
    energies.words.push_back(shortest(p.energies[i]));
  }
  frame.columns.push_back(std::move(forces));
  frame.columns.push_back(std::move(energies));
}

/// How far the members of a committee are from the potential: root mean squares.
void add_spread(Frame& frame, Prediction const& p, std::vector<Prediction> const& members) {
  using detail::shortest;
  std::erase_if(frame.info, [](auto const& entry) { return entry.key == "kolace_energy_std"; });
  std::erase_if(frame.columns,
                [](auto const& column) { return column.name == "kolace_forces_std"; });
  double const count = static_cast<double>(members.size());
  double energy = 0;
  std::vector<double> forces(p.forces.size(), 0.);
  for (Prediction const& member : members) {
    energy += std::pow(member.energy - p.energy, 2) / count;
    for (std::size_t i = 0; i < forces.size(); ++i)
      for (int x = 0; x < 3; ++x)
        forces[i] += std::pow(member.forces[i][x] - p.forces[i][x], 2) / count;
  }
  frame.info.push_back({"kolace_energy_std", shortest(std::sqrt(energy)), true});
  Column column{"kolace_forces_std", 'R', 1, {}};
  for (double const f : forces)
    column.words.push_back(shortest(std::sqrt(f)));
  frame.columns.push_back(std::move(column));
}

void write_predictions(std::ostream& out, Dataset const& data, AcePotential const& potential,
                       std::vector<AcePotential> const& committee) {
  using Space = Kokkos::DefaultExecutionSpace;
  Space const space;
  Evaluator<Space> evaluator(space, potential);
  std::vector<Evaluator<Space>> members;
  for (AcePotential const& member : committee)
    members.emplace_back(space, member);
  std::vector<Frame> frames;
  std::size_t n_atoms = 0;
  auto const flush = [&] {
    std::vector<Structure> structures;
    for (Frame const& frame : frames)
      structures.push_back(frame.structure);
    auto const predictions = predict(space, evaluator, std::span<Structure const>(structures));
    std::vector<std::vector<Prediction>> spread(frames.size());
    for (Evaluator<Space>& member : members) {
      auto theirs = predict(space, member, std::span<Structure const>(structures));
      for (std::size_t k = 0; k < frames.size(); ++k)
        spread[k].push_back(std::move(theirs[k]));
    }
    for (std::size_t k = 0; k < frames.size(); ++k) {
      if (!std::isfinite(predictions[k].energy))
        throw InputError(frames[k].structure.place,
                         "the potential gives an energy that is not finite");
      add_prediction(frames[k], predictions[k]);
      if (!members.empty())
        add_spread(frames[k], predictions[k], spread[k]);
      write_extxyz(out, frames[k]);
    }
    frames.clear();
    n_atoms = 0;
  };
  data.for_each([&](Frame& frame) {
    n_atoms += frame.structure.n_atoms();
    frames.push_back(std::move(frame));
    if (n_atoms >= 1024)
      flush();
  });
  if (!frames.empty())
    flush();
}

void evaluate(EvaluateArguments const& arguments) {
  AcePotential potential = read_potential(arguments.potential);
  if (!arguments.committee.empty() && arguments.output.empty())
    throw InputError("--committee writes its spread into the frames: name a file with -o");
  std::vector<AcePotential> committee;
  for (std::string const& file : arguments.committee) {
    committee.push_back(read_potential(file));
    if (committee.back().basis->elements().symbols() != potential.basis->elements().symbols())
      throw InputError(file + ": has other elements than " + arguments.potential);
  }
  if (arguments.exact) {
    potential.spline_width = 0;
    for (AcePotential& member : committee)
      member.spline_width = 0;
  }
  std::vector<std::string> inputs = arguments.data;
  inputs.push_back(arguments.potential);
  inputs.insert(inputs.end(), arguments.committee.begin(), arguments.committee.end());
  check_outputs(inputs, {arguments.output});
  Dataset const data =
      checked(Dataset(arguments.data, {arguments.keys, arguments.skip_bad_frames, {}}),
              potential.basis->elements());
  Communicator const ranks;
  if (!arguments.output.empty() && ranks.is_root())
    write_file(arguments.output,
               [&](std::ostream& out) { write_predictions(out, data, potential, committee); });
  ProgressBar bar(!ranks.is_root());
  long n_atoms = 0;
  data.for_each([&](Frame& frame) { n_atoms += static_cast<long>(frame.structure.n_atoms()); });
  ErrorTable const errors = measure_errors(data, potential, nullptr, ranks, [&](long done) {
    bar.update("evaluate", done, n_atoms / ranks.size());
  });
  if (!ranks.is_root())
    return;
  ErrorSums const& total = errors.total;
  print_labels(errors.pass.labels);
  warn_of_skipped(errors.pass.skipped);
  if (total.n_energies() + total.n_forces() + total.n_virials() > 0)
    fmt::print("{}{}", error_header(), format_errors(errors, "all frames"));
  else
    fmt::print("{} frames, {} atoms; the data have no labels to compare with\n", total.n_structures,
               total.n_atoms);
  if (!arguments.output.empty())
    fmt::print("wrote {}\n", arguments.output);
}

} // namespace

Run add_evaluate(CLI::App& app) {
  auto arguments = std::make_shared<EvaluateArguments>();
  CLI::App* const command = app.add_subcommand(
      "evaluate", "Energies, forces and virials of structures, and errors where they have labels");
  command->add_option("potential", arguments->potential, "Potential file (.yaml or .yace)")
      ->required();
  command->add_option("data", arguments->data, "Extended XYZ files (gzip too)")->required();
  command->add_option("-o,--output", arguments->output,
                      "Write the frames with kolace_energy (eV), kolace_virial (eV, nine numbers), "
                      "kolace_forces (eV/A) and kolace_energies (eV)");
  command->add_option("--committee", arguments->committee,
                      "Potentials drawn from the posterior (fit.solver.committee): -o gets their "
                      "root-mean-square deviations, kolace_energy_std (eV) and kolace_forces_std "
                      "(eV/A)");
  command->add_flag("--exact", arguments->exact,
                    "Evaluate the radial functions themselves, not the spline tables that the file "
                    "asks for and LAMMPS uses");
  command->add_flag("--skip-bad-frames", arguments->skip_bad_frames,
                    "Leave out frames that cannot be used");
  add_label_options(*command, arguments->keys);
  command->footer(
      "Example: kolace evaluate results/potential.yaml test.extxyz -o predicted.extxyz");
  return [arguments] { evaluate(*arguments); };
}

} // namespace kolace::apps
