#pragma once

#include <kolace/core/config.hpp>

#include <string>
#include <vector>

namespace kolace {

/// What ran: library version, git hash, Kokkos version and execution space.
struct BuildInfo {
  std::string version;
  std::string git_hash;
  std::string kokkos_version;
  std::string backend;               ///< name of the default execution space
  int threads;                       ///< its concurrency; 0 before Kokkos is initialized
  std::vector<std::string> backends; ///< every execution space the library is compiled for
  bool mpi;
};

BuildInfo build_info();

} // namespace kolace
