// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/config.hpp>

#include <string>
#include <vector>

namespace kolace {

/// Build and run information: library version, git hash, Kokkos version and execution spaces.
struct BuildInfo {
  std::string version;
  std::string git_hash;
  std::string kokkos_version;
  std::string backend;               ///< name of the default execution space
  int threads;                       ///< concurrency of that space; 0 before Kokkos is initialized
  std::vector<std::string> backends; ///< every execution space the library is compiled for
  bool mpi;
};

BuildInfo build_info();

} // namespace kolace
