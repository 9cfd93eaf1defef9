// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/core/version.hpp>

#include <Kokkos_Core.hpp>
#include <benchmark/benchmark.h>

int main(int argc, char** argv) {
  Kokkos::ScopeGuard const kokkos(argc, argv);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv))
    return 1;
  kolace::BuildInfo const build = kolace::build_info();
  benchmark::AddCustomContext("kolace", build.version + " " + build.git_hash);
  benchmark::AddCustomContext("kokkos", build.kokkos_version);
  benchmark::AddCustomContext("backend",
                              build.backend + ", " + std::to_string(build.threads) + " threads");
  return benchmark::RunSpecifiedBenchmarks() > 0 ? 0 : 1;
}
