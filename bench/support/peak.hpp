#pragma once

#include <kolace/core/spaces.hpp>
#include <kolace/linalg/dense.hpp>

#include <Kokkos_Core.hpp>
#include <benchmark/benchmark.h>

#include <algorithm>
#include <vector>

/// @file What the machine can do, measured in the run that is compared with it.

namespace kolace::bench {

/// Seconds of one call, the best of several.
template <class Work> double best_seconds(int calls, Work const& work) {
  double best = 1e300;
  for (int k = 0; k < calls; ++k) {
    Kokkos::Timer timer;
    work();
    best = std::min(best, timer.seconds());
  }
  return best;
}

/// GFLOP/s of a matrix product of 1024^3 by the host's BLAS, on its threads; 0 for a device.
inline double gemm_gflops() {
  static double const rate = [] {
    if (!is_host_space<Kokkos::DefaultExecutionSpace>)
      return 0.;
    int const n = 1024;
    std::vector<double> const a(n * n, 0.5), b(n * n, 0.25);
    std::vector<double> c(n * n);
    return 2e-9 * n * n * n /
           best_seconds(8, [&] { multiply(n, n, n, a.data(), n, b.data(), n, c.data(), n); });
  }();
  return rate;
}

/// GB/s of c = a + 3 b on the default space, 32 million numbers each, three streams counted.
inline double triad_gbytes() {
  static double const rate = [] {
    using Space = Kokkos::DefaultExecutionSpace;
    int const n = 1 << 25;
    Kokkos::View<double*, Space> const a("a", n), b("b", n), c("c", n);
    return 24e-9 * n / best_seconds(5, [&] {
             Kokkos::parallel_for(
                 "kolace::bench::triad", Kokkos::RangePolicy<Space>(0, n),
                 KOKKOS_LAMBDA(int i) { c(i) = a(i) + 3 * b(i); });
             Kokkos::fence("kolace::bench::triad");
           });
  }();
  return rate;
}

/// Counters GFLOP/s and GB/s of `flops` and `bytes` an iteration, each with its share of the peak.
inline void count_work(benchmark::State& state, double flops, double bytes) {
  using benchmark::Counter;
  double const n = static_cast<double>(state.iterations());
  if (flops > 0) {
    state.counters["GFLOP/s"] = Counter(1e-9 * n * flops, Counter::kIsRate);
    if (gemm_gflops() > 0)
      state.counters["of_gemm"] = Counter(1e-9 * n * flops / gemm_gflops(), Counter::kIsRate);
  }
  if (bytes > 0) {
    state.counters["GB/s"] = Counter(1e-9 * n * bytes, Counter::kIsRate);
    state.counters["of_triad"] = Counter(1e-9 * n * bytes / triad_gbytes(), Counter::kIsRate);
  }
}

/// Counter us/atom.
inline void count_atoms(benchmark::State& state, double n_atoms) {
  state.counters["us/atom"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * n_atoms * 1e-6,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

} // namespace kolace::bench
