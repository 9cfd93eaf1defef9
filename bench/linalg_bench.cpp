#include "support/peak.hpp"

#include <kolace/linalg/triangular_factor.hpp>

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

/// Arguments: unknowns, rows of a batch. 2 m (n + 1)^2 FLOPs.
void fold_rows(benchmark::State& state) {
  int const n = static_cast<int>(state.range(0)), m = static_cast<int>(state.range(1));
  auto const rows = random_rows(m, n + 1);
  TriangularFactor factor(n);
  auto work = rows;
  factor.add_rows(work.data(), m, m);
  double square = 0, folded = 0; // the first column keeps its length
  for (int i = 0; i < m; ++i)
    square += rows[i] * rows[i];
  folded = factor(0, 0) * factor(0, 0);
  if (std::abs(folded / square - 1) > 1e-12)
    state.SkipWithError("the factor lost a column's length");
  for (auto _ : state) {
    state.PauseTiming();
    work = rows;
    state.ResumeTiming();
    factor.add_rows(work.data(), m, m);
  }
  count_work(state, 2. * m * (n + 1.) * (n + 1.), 0);
}
BENCHMARK(fold_rows)->ArgsProduct({{250, 930}, {700, 3000}})->Unit(benchmark::kMillisecond);

} // namespace
} // namespace kolace::bench
