// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/config.hpp>

#include <string>
#include <vector>

namespace kolace {

/// Build and run information: library version, git hash, Kokkos version and execution spaces.
struct BuildInfo {
  std::string version;               ///< of the library
  std::string git_hash;              ///< commit when CMake configured the build, or "unknown"
  std::string kokkos_version;        ///< version of Kokkos in the build, e.g. "4.7.03"
  std::string backend;               ///< name of the default execution space
  int threads;                       ///< concurrency of that space; 0 before Kokkos is initialized
  std::vector<std::string> backends; ///< every execution space the library is compiled for
  bool mpi;                          ///< true if the library is built with MPI
};

/// Information about this build; can be called before Kokkos is initialized.
BuildInfo build_info();

} // namespace kolace
