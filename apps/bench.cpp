// SPDX-License-Identifier: BSD-3-Clause
#include "commands.hpp"
#include "messages.hpp"

#include <kolace/assembly/baseline.hpp>
#include <kolace/core/counted.hpp>
#include <kolace/core/elements.hpp>
#include <kolace/core/version.hpp>
#include <kolace/design/design_rows.hpp>
#include <kolace/evaluate/evaluator.hpp>
#include <kolace/io/extxyz.hpp>
#include <kolace/io/potential_file.hpp>
#include <kolace/structure/prototypes.hpp>

#include <Kokkos_Timer.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <optional>

namespace kolace::apps {
namespace {

struct BenchArguments {
  std::string potential, structure;
  bool json = false, single = false;
};

using Space = Kokkos::DefaultExecutionSpace;

/// Seconds of the first call and of the best one; calls are repeated at least three times and for
/// half a second (at most 1000 times).
struct Timing {
  double first = 0, best = 0;
};

template <class Work> Timing time(Space const& space, Work const& work) {
  Timing timing;
  Kokkos::Timer total;
  for (int call = 0; call < 3 || (total.seconds() < 0.5 && call < 1000); ++call) {
    Kokkos::Timer timer;
    work();
    space.fence("kolace::bench");
    double const seconds = timer.seconds();
    if (call == 0)
      timing.first = seconds;
    timing.best = call <= 1 ? seconds : std::min(timing.best, seconds);
  }
  return timing;
}

/// Structure to time: the first frame of a file, or a rattled crystal of the potential's first
/// element.
Structure choose_structure(std::string const& file, AcePotential const& potential) {
  ElementSet const& elements = potential.basis->elements();
  if (file.empty())
    return bulk(*atomic_number(elements.symbols()[0]), 0.05);
  ExtxyzReader reader(file);
  Frame frame;
  if (!reader.next(frame))
    throw InputError(file + ": contains no frames");
  return frame.structure;
}

/// Maximum number of atoms in a batch of rows, which must fit into 256 MB.
int largest_batch(int n_functions) {
  return std::max(1, static_cast<int>(256e6 / (24. * n_functions)));
}

/// Microseconds per atom for the design rows of a structure; none if the functions are not linear
/// or the rows exceed the largest batch.
std::optional<double> rows_us_per_atom(Space const& space, AcePotential const& potential,
                                       Structure const& structure) {
  auto const basis = without_core(*potential.basis);
  if (!basis->is_linear() || static_cast<int>(structure.n_atoms()) > largest_batch(basis->size()))
    return std::nullopt;
  auto const batch = StructureBatch<Space>::create(space, {&structure, 1}, basis->elements());
  auto const list = build_neighbor_list(space, batch, basis->cutoff());
  int const n = basis->size();
  Matrix<Space> const energy("kolace::bench::energy", 1, n),
      forces("kolace::bench::forces", 3 * batch.n_atoms, n);
  DesignAssembler<Space> assembler(space, basis);
  Timing const timing = time(space, [&] {
    assembler(space, batch, list, {true, true, false}, energy, forces, {});
  });
  return 1e6 * timing.best / batch.n_atoms;
}

void bench(BenchArguments const& arguments) {
  AcePotential const potential = load_potential(arguments.potential);
  Structure const structure = choose_structure(arguments.structure, potential);
  Space const space;
  auto const batch =
      StructureBatch<Space>::create(space, {&structure, 1}, potential.basis->elements());
  double const cutoff = potential.basis->cutoff();
  NeighborList<Space> list;
  Timing const neighbors = time(space, [&] { build_neighbor_list(space, batch, cutoff, list); });
  Kokkos::Timer setup_timer;
  Evaluator<Space> evaluator(space, potential,
                             arguments.single ? Precision::float32 : Precision::float64);
  space.fence("kolace::bench");
  double const setup = setup_timer.seconds();
  auto const results = AtomicResults<Space>::make(space, batch.n_atoms);
  auto const pairs = view_of(batch, list);
  Timing const evaluation = time(space, [&] { evaluator(space, pairs, results); });
  auto const rows = rows_us_per_atom(space, potential, structure);

  double const n = batch.n_atoms;
  BuildInfo const build = build_info();
  double const per_atom = static_cast<double>(list.neighbors.extent(0)) / n;
  if (arguments.json) {
    nlohmann::ordered_json const json{
        {"energy_forces_us_per_atom", 1e6 * evaluation.best / n},
        {"design_rows_us_per_atom", rows ? nlohmann::ordered_json(*rows) : nullptr},
        {"neighbors_us_per_atom", 1e6 * neighbors.best / n},
        {"precision", arguments.single ? "float32" : "float64"},
        {"n_atoms", batch.n_atoms},
        {"pairs_per_atom", per_atom},
        {"backend", build.backend},
        {"threads", build.threads},
        {"n_functions", potential.basis->size()},
        {"first_call_ms", 1e3 * evaluation.first},
        {"tables_ms", 1e3 * setup},
        {"version", build.version},
        {"git_hash", build.git_hash}};
    fmt::print("{}\n", json.dump(2));
    return;
  }
  fmt::print("{}, cutoff {:.4g} A; {} with {:.1f} neighbors each; {}, {}\n",
             counted(potential.basis->size(), "function"), cutoff, counted(batch.n_atoms, "atom"),
             per_atom, build.backend, counted(build.threads, "thread"));
  auto const line = [&](char const* what, double us) {
    fmt::print("{:<28} {:>10.3f} us/atom {:>12.0f} atoms/s\n", what, us, 1e6 / us);
  };
  line(arguments.single ? "energy, forces, in floats" : "energy, forces, virial",
       1e6 * evaluation.best / n);
  line("neighbor list", 1e6 * neighbors.best / n);
  if (rows)
    line("design rows (E, F)", *rows);
  else
    fmt::print("{:<28} not timed: {}\n", "design rows (E, F)",
               without_core(*potential.basis)->is_linear() ? "too many atoms for one batch"
                                                           : "the potential is not linear");
  fmt::print("{:<28} {:>10.3f} ms for tables, {:.3f} ms for the first evaluation\n", "once",
             1e3 * setup, 1e3 * evaluation.first);
}

} // namespace

Run add_bench(CLI::App& app, int& threads) {
  auto arguments = std::make_shared<BenchArguments>();
  CLI::App* const command =
      app.add_subcommand("bench", "Measure the speed of a potential on this machine");
  command
      ->add_option("potential", arguments->potential,
                   "Potential file (.yaml, .yace or .kolace.yaml)")
      ->required();
  command->add_option("--structure", arguments->structure,
                      "Extended XYZ file whose first frame is timed (default: about 500 atoms "
                      "of a rattled crystal of the potential's first element)");
  command
      ->add_option("--threads", threads,
                   "Number of threads of the OpenMP backend (default: OMP_NUM_THREADS)")
      ->check(CLI::Range(1, 4096));
  command->add_flag("--single", arguments->single,
                    "Evaluate in floats; sums over atoms remain doubles");
  command->add_flag("--json", arguments->json, "Print JSON");
  command->footer(
      "Times are the best of several calls after the first. Design rows are those of a fit to\n"
      "energies and forces; they are timed for linear potentials (without core repulsion).\n"
      "Example: kolace bench results/potential.yaml --threads 1");
  return [arguments] { bench(*arguments); };
}

} // namespace kolace::apps
