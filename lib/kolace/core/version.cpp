// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/core/spaces.hpp>
#include <kolace/core/version.hpp>

#include <Kokkos_Core.hpp>

namespace kolace {
namespace {

std::string dotted(int version) {
  return std::to_string(version / 10000) + "." + std::to_string(version / 100 % 100) + "." +
         std::to_string(version % 100);
}

} // namespace

BuildInfo build_info() {
  BuildInfo info;
  info.version = KOLACE_VERSION_STRING;
  info.git_hash = KOLACE_GIT_HASH;
  info.kokkos_version = dotted(KOKKOS_VERSION);
  info.backend = Kokkos::DefaultExecutionSpace::name();
  info.threads = Kokkos::is_initialized() ? Kokkos::DefaultExecutionSpace().concurrency() : 0;
#define KOLACE_ADD_NAME(Space) info.backends.emplace_back(Space::name());
  KOLACE_FOR_EACH_EXECUTION_SPACE(KOLACE_ADD_NAME)
#undef KOLACE_ADD_NAME
#ifdef KOLACE_ENABLE_MPI
  info.mpi = true;
#else
  info.mpi = false;
#endif
  return info;
}

} // namespace kolace
