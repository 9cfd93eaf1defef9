// SPDX-License-Identifier: BSD-3-Clause
#include "module.hpp"

#include <kolace/core/device.hpp>
#include <kolace/core/version.hpp>

#include <Kokkos_Core.hpp>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <cstdlib>
#include <stdexcept>

#include <unistd.h>

namespace kolace::python {
namespace {

int wanted_threads = 0; ///< 0: from OMP_NUM_THREADS or the machine

void set_threads(int count) {
  constexpr int most = 512; // beyond it Kokkos' OpenMP backend aborts without a message
  if (count < 1 || count > most)
    throw nb::value_error("expected 1 to 512 threads");
  if (Kokkos::is_initialized() && count != Kokkos::DefaultHostExecutionSpace().concurrency())
    throw std::runtime_error(
        "the number of threads is fixed by the first computation; call set_threads before it");
  wanted_threads = count;
}

nb::dict build_information() {
  initialize();
  BuildInfo const build = build_info();
  nb::dict result;
  result["version"] = build.version;
  result["git_hash"] = build.git_hash;
  result["kokkos"] = build.kokkos_version;
  result["backend"] = build.backend;
  result["backends"] = build.backends;
  result["threads"] = build.threads;
  return result;
}

} // namespace

void initialize() {
  static pid_t owner = 0;
  if (Kokkos::is_initialized()) {
    if (owner == 0)
      owner = ::getpid();
    if (owner != ::getpid() && Kokkos::DefaultHostExecutionSpace().concurrency() > 1)
      throw std::runtime_error(
          "this process was forked after a computation of kolace, whose threads exist only in the "
          "parent; start processes by 'spawn' or 'forkserver' (multiprocessing.set_start_method), "
          "or compute with OMP_NUM_THREADS=1");
    return;
  }
  if (std::string const missing = kolace::missing_device(); !missing.empty())
    throw std::runtime_error(missing);
  owner = ::getpid();
  setenv("OMP_PROC_BIND", "false", 0); // Python's own threads need no binding
  Kokkos::InitializationSettings settings;
  if (wanted_threads > 0)
    settings.set_num_threads(wanted_threads);
  // Never finalized: numpy arrays that live until the interpreter ends use Kokkos' memory.
  Kokkos::initialize(settings);
}

} // namespace kolace::python

NB_MODULE(_kolace, module) {
  using namespace kolace::python;
  module.doc() = "Compiled part of kolace; use the functions of the package instead.";
  nb::exception<kolace::InputError>(module, "InputError", PyExc_ValueError);
  module.def("set_threads", &set_threads, nb::arg("count"));
  module.def("build_info", &build_information);
  add_evaluation(module);
  add_fitting(module);
}
