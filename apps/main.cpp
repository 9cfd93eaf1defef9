// SPDX-License-Identifier: BSD-3-Clause
#include "commands.hpp"
#include "messages.hpp"
#include "usage.hpp"

#include <kolace/comm/communicator.hpp>
#include <kolace/core/config.hpp>
#include <kolace/core/counted.hpp>
#include <kolace/core/device.hpp>
#include <kolace/core/errors.hpp>
#include <kolace/core/version.hpp>
#include <kolace/io/atomic_file.hpp>
#include <kolace/linalg/kernels_version.hpp>

#include <Kokkos_Core.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <limits>
#include <new>
#include <optional>
#include <string_view>

#ifdef __GLIBC__
#include <malloc.h>
#endif
#ifdef __linux__
#include <sys/auxv.h>
#include <unistd.h>
#endif
#ifdef KOLACE_ENABLE_MPI
#include <mpi.h>
#endif

namespace {

/// Per process; beyond it Kokkos' OpenMP backend aborts without a message.
constexpr int most_threads = 512;

int wanted_threads(int chosen) {
  char const* const variable = std::getenv("OMP_NUM_THREADS");
  return chosen > 0 ? chosen : variable ? std::atoi(variable) : 0;
}

/// Threads need no binding; setting this explicitly avoids a warning of Kokkos.
void choose_thread_binding() {
  setenv("OMP_PROC_BIND", "false", 0);
}

/// The threads of GNU OpenMP spin for milliseconds before they sleep, and so take the cores from
/// other programs and from the serial parts of a fit. It reads its environment when it is loaded,
/// so the program starts itself once more, unless the user has chosen how threads wait.
void wait_without_spinning(char** argv) {
#if defined(__linux__) && defined(_OPENMP) && !defined(__clang__)
  // Without a base address the loader was started as a command, and /proc/self/exe is the loader.
  if (std::getenv("OMP_WAIT_POLICY") || std::getenv("GOMP_SPINCOUNT") || getauxval(AT_BASE) == 0)
    return;
  setenv("GOMP_SPINCOUNT", "1000", 1); // about 10 us, as between kernels
  // Not by the name /proc/self/exe, after which the process would be called "exe".
  char path[4096];
  ssize_t const length = readlink("/proc/self/exe", path, sizeof path - 1);
  if (length > 0) {
    path[length] = '\0';
    execv(path, argv); // returns if that fails: threads then spin
  }
#else
  static_cast<void>(argv);
#endif
}

/// Large arrays are freed and allocated again in each batch and solve. glibc returns them to the
/// system each time, and fresh pages cost up to half of the time of small fits: it keeps them
/// instead.
void keep_freed_memory() {
#ifdef __GLIBC__
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
#endif
}

#ifdef KOLACE_ENABLE_MPI
/// True if this process was started by mpirun or srun. Otherwise MPI is not needed, and
/// initializing it takes longer than small commands.
bool is_launched_by_mpi() {
  for (char const* const name : {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK", "PMI_SIZE",
                                 "MPI_LOCALNRANKS", "MV2_COMM_WORLD_SIZE", "ALPS_APP_PE"})
    if (std::getenv(name))
      return true;
  return false;
}
#endif

/// @param missing reason why Kokkos was not started; empty if it was
void print_version(std::string const& missing) {
  kolace::BuildInfo const build = kolace::build_info();
  fmt::print("kolace {} ({})\nKokkos {}, KokkosKernels {}\n", build.version, build.git_hash,
             build.kokkos_version, kolace::kokkos_kernels_version());
  fmt::print("backends {}; default {}{}; MPI {}\n", fmt::join(build.backends, ", "), build.backend,
             missing.empty() ? " with " + kolace::counted(build.threads, "thread") : ", " + missing,
             build.mpi ? "yes" : "no");
}

/// True if a command works on host data only, so that it runs without a GPU in a build for GPUs.
bool needs_no_device(std::string_view command) {
  return command == "basis" || command == "export" || command == "keys";
}

/// Runs the chosen command; errors are printed as one line, with exit code 1.
///
/// Invalid input fails on every rank alike, and rank 0 reports it; any other failure of one rank
/// aborts all ranks.
int run(std::function<void()> const& command) {
  kolace::Communicator const ranks;
  std::string message;
  try {
    command();
    return 0;
  } catch (kolace::InputError const& error) {
    if (ranks.is_root())
      kolace::apps::say(fmt::format("kolace: error: {}\n", error.what()));
    return 1;
  } catch (std::bad_alloc const&) {
    message = "not enough memory";
  } catch (std::exception const& error) {
    message = error.what();
  }
  kolace::apps::say(fmt::format("kolace: error: {}\n", message));
  ranks.abort(1);
  return 1;
}

} // namespace

int main(int argc, char** argv) {
  wait_without_spinning(argv);
  keep_freed_memory();
  CLI::App app("Linear Atomic Cluster Expansion (ACE) potentials: fit, evaluate, analyze.\n"
               "Reads pacemaker's input.yaml (linear part); reads and writes its .yaml and .yace "
               "potentials.");
  app.name("kolace");
  app.require_subcommand(0, 1);
  app.set_help_flag("-h,--help", "Print this help and exit");
  app.footer("Example: kolace fit input.yaml -o results\n"
             "         kolace SUBCOMMAND --help explains each subcommand.\n"
             "Exit codes: 0 success, 1 error, 2 wrong usage.");
  bool version = false;
  int threads = 0;
  app.add_flag("--version", version, "Print version and backends");

  std::pair<char const*, kolace::apps::Run> const commands[] = {
      {"template", kolace::apps::add_template(app)},
      {"keys", kolace::apps::add_keys(app)},
      {"fit", kolace::apps::add_fit(app)},
      {"assemble", kolace::apps::add_assemble(app)},
      {"merge", kolace::apps::add_merge(app)},
      {"activeset", kolace::apps::add_activeset(app)},
      {"evaluate", kolace::apps::add_evaluate(app)},
      {"dimer", kolace::apps::add_dimer(app)},
      {"sweep", kolace::apps::add_sweep(app)},
      {"select", kolace::apps::add_select(app)},
      {"export", kolace::apps::add_export(app)},
      {"bodyorder", kolace::apps::add_bodyorder(app)},
      {"basis", kolace::apps::add_basis(app)},
      {"bench", kolace::apps::add_bench(app, threads)}};
  if (argc == 4 && std::string_view(argv[1]) == "fit" &&
      (std::string_view(argv[2]) == "--help" || std::string_view(argv[2]) == "-h"))
    return run([&] { kolace::apps::print_keys(argv[3]); });
  try {
    app.parse(argc, argv);
  } catch (CLI::ParseError const& error) {
    if (error.get_exit_code() == 0) // help
      return app.exit(error);
    bool const no_command = app.get_subcommands().empty() && argc > 1 && argv[1][0] != '-';
    kolace::apps::say(
        no_command
            ? fmt::format("kolace: error: unknown subcommand '{}'; kolace --help lists them\n",
                          argv[1])
            : fmt::format("kolace: error: {}; --help lists the options\n",
                          kolace::apps::usage_message(error, {argv + 1, argv + argc})));
    return 2;
  }
  if (!version && app.get_subcommands().empty()) {
    kolace::apps::say(app.help());
    return 2;
  }

  if (int const wanted = wanted_threads(threads); wanted > most_threads) {
    kolace::apps::say(fmt::format(
        "kolace: error: OMP_NUM_THREADS or --threads: expected at most {} threads, got {}\n",
        most_threads, wanted));
    return 1;
  }
  choose_thread_binding();
  kolace::remove_temporaries_on_signals();
#ifdef KOLACE_ENABLE_MPI
  bool const with_mpi = is_launched_by_mpi();
  if (with_mpi)
    MPI_Init(nullptr, nullptr);
#endif
  int code = 0;
  try {
    Kokkos::InitializationSettings settings;
    if (threads > 0)
      settings.set_num_threads(threads);
    std::string const missing = kolace::missing_device();
    std::optional<Kokkos::ScopeGuard> kokkos;
    if (missing.empty())
      kokkos.emplace(settings);
    if (version)
      print_version(missing);
    for (auto const& [name, command] : commands)
      if (app.got_subcommand(name)) {
        if (!missing.empty() && !needs_no_device(name))
          throw kolace::InputError(
              missing +
              "; 'kolace basis', 'kolace export', 'kolace keys' and --help work without one");
        code = run(command);
      }
  } catch (std::exception const& error) {
    kolace::apps::say(fmt::format("kolace: error: {}\n", error.what()));
    code = 1;
  }
  if (std::fflush(stdout) != 0) {
    kolace::apps::say("kolace: error: standard output cannot be written\n");
    code = 1;
  }
#ifdef KOLACE_ENABLE_MPI
  if (with_mpi)
    MPI_Finalize();
#endif
  return code;
}
