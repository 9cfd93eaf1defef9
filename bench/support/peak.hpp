// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/spaces.hpp>
#include <kolace/linalg/dense.hpp>

#include <Kokkos_Core.hpp>
#include <benchmark/benchmark.h>

#include <algorithm>
#include <vector>

/// @file
/// Peak rates of the machine, measured in the same run as the results that refer to them.

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

/// GFLOP/s of the host's BLAS for a 1024^3 matrix product with all its threads.
inline double host_gemm_gflops() {
  int const n = 1024;
  std::vector<double> const a(n * n, 0.5), b(n * n, 0.25);
  std::vector<double> c(n * n);
  return 2e-9 * n * n * n /
         best_seconds(8, [&] { multiply(n, n, n, a.data(), n, b.data(), n, c.data(), n); });
}

/// GFLOP/s of fused multiply-adds in registers on the default space, eight chains per thread: the
/// peak of a device without its matrix units.
inline double fma_gflops() {
  using Space = Kokkos::DefaultExecutionSpace;
  constexpr int n = 1 << 20, chains = 8, steps = 512;
  Kokkos::View<double*, Space> const sums("kolace::bench::sums", n);
  return 2e-9 * n * chains * steps / best_seconds(4, [&] {
           Kokkos::parallel_for(
               "kolace::bench::fma", Kokkos::RangePolicy<Space>(0, n), KOKKOS_LAMBDA(int i) {
                 double x[chains];
                 for (int c = 0; c < chains; ++c)
                   x[c] = i + c;
                 for (int k = 0; k < steps; ++k)
                   for (int c = 0; c < chains; ++c)
                     x[c] = x[c] * 0.999 + 0.5;
                 double sum = 0;
                 for (int c = 0; c < chains; ++c)
                   sum += x[c];
                 sums(i) = sum;
               });
           Kokkos::fence("kolace::bench::fma");
         });
}

/// Peak rate of the default space's processor in this run, GFLOP/s.
inline double peak_gflops() {
  static double const rate =
      is_host_space<Kokkos::DefaultExecutionSpace> ? host_gemm_gflops() : fma_gflops();
  return rate;
}

/// GB/s of c = a + 3 b on the default space with 32 million numbers per array, counting three
/// streams.
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

/// Sets counters GFLOP/s and GB/s for `flops` and `bytes` per iteration, each with its share of the
/// peak.
inline void count_work(benchmark::State& state, double flops, double bytes) {
  using benchmark::Counter;
  double const n = static_cast<double>(state.iterations());
  if (flops > 0) {
    state.counters["GFLOP/s"] = Counter(1e-9 * n * flops, Counter::kIsRate);
    state.counters["of_peak"] = Counter(1e-9 * n * flops / peak_gflops(), Counter::kIsRate);
  }
  if (bytes > 0) {
    state.counters["GB/s"] = Counter(1e-9 * n * bytes, Counter::kIsRate);
    state.counters["of_triad"] = Counter(1e-9 * n * bytes / triad_gbytes(), Counter::kIsRate);
  }
}

/// Sets the counter us/atom.
inline void count_atoms(benchmark::State& state, double n_atoms) {
  state.counters["us/atom"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * n_atoms * 1e-6,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

} // namespace kolace::bench
