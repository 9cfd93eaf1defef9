// SPDX-License-Identifier: BSD-3-Clause
#include "support/peak.hpp"

#include <kolace/linalg/streaming_qr.hpp>

#include <benchmark/benchmark.h>

#include <cmath>
#include <random>

namespace kolace::bench {
namespace {

std::vector<double> random_rows(int m, int n) {
  std::mt19937 random(3);
  std::uniform_real_distribution<double> unit(-1, 1);
  std::vector<double> rows(static_cast<std::size_t>(m) * n);
  for (double& x : rows)
    x = unit(random);
  return rows;
}

/// QR update. Arguments: number of unknowns, rows of a batch. 2 m (n + 1)^2 FLOPs.
void qr_update(benchmark::State& state) {
  int const n = static_cast<int>(state.range(0)), m = static_cast<int>(state.range(1));
  auto const rows = random_rows(m, n + 1);
  TriangularFactor factor(n);
  auto work = rows;
  factor.add_rows(work.data(), m, m);
  double square = 0, updated = 0; // the QR update preserves the norm of the first column
  for (int i = 0; i < m; ++i)
    square += rows[i] * rows[i];
  updated = factor(0, 0) * factor(0, 0);
  if (std::abs(updated / square - 1) > 1e-12)
    state.SkipWithError("the factor lost a column's length");
  for (auto _ : state) {
    state.PauseTiming();
    work = rows;
    state.ResumeTiming();
    factor.add_rows(work.data(), m, m);
  }
  count_work(state, 2. * m * (n + 1.) * (n + 1.), 0);
}
/// The same with the kernels for devices, on the default space.
void qr_update_in_kernels(benchmark::State& state) {
  Kokkos::DefaultExecutionSpace const space;
  int const n = static_cast<int>(state.range(0)), m = static_cast<int>(state.range(1));
  auto const values = random_rows(m, n + 1);
  Matrix<Kokkos::DefaultExecutionSpace> const rows("kolace::bench::rows", m, n + 1),
      source("kolace::bench::source", m, n + 1), r("kolace::bench::r", n + 1, n + 1);
  auto const host = Kokkos::create_mirror_view(source);
  std::copy(values.begin(), values.end(), host.data());
  Kokkos::deep_copy(source, host);
  double square = 0; // the QR update preserves the norm of the first column
  for (int i = 0; i < m; ++i)
    square += values[i] * values[i];
  auto const fold = [&] {
    detail::qr_update_in_kernels(space, r, rows, m);
    space.fence("kolace::bench");
  };
  Kokkos::deep_copy(rows, source);
  fold();
  auto const result = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), r);
  if (std::abs(result(0, 0) * result(0, 0) / square - 1) > 1e-12)
    state.SkipWithError("the factor lost a column's length");
  for (auto _ : state) {
    state.PauseTiming();
    Kokkos::deep_copy(rows, source);
    state.ResumeTiming();
    fold();
  }
  count_work(state, 2. * m * (n + 1.) * (n + 1.), 0);
}
BENCHMARK(qr_update_in_kernels)->ArgsProduct({{250, 930}, {3000}})->Unit(benchmark::kMillisecond);

BENCHMARK(qr_update)->ArgsProduct({{250, 930}, {700, 3000}})->Unit(benchmark::kMillisecond);

} // namespace
} // namespace kolace::bench
