// SPDX-License-Identifier: BSD-3-Clause
#include "support/cases.hpp"
#include "support/peak.hpp"

#include <kolace/evaluate/evaluator.hpp>
#include <kolace/fit/fit.hpp>
#include <kolace/fit/fit_data.hpp>
#include <kolace/io/extxyz.hpp>
#include <kolace/io/potential_file.hpp>

#include <benchmark/benchmark.h>

#include <filesystem>
#include <fstream>
#include <random>

extern "C" void dgeqrf_(int const* m, int const* n, double* a, int const* lda, double* tau,
                        double* work, int const* lwork, int* info);

namespace kolace::bench {
namespace {

/// Bundled carbon cells, or crystals if that data set is available next to this checkout.
Dataset training_data(bool crystals) {
  if (!crystals)
    return Dataset({std::string(KOLACE_CARBON_DATA) + "/diverse.extxyz",
                    std::string(KOLACE_CARBON_DATA) + "/diamond_like.extxyz"},
                   {});
  std::string const file =
      std::string(KOLACE_FURTHER_DATA) + "/carbon-crystals/carbon-crystals.extxyz";
  return std::filesystem::exists(file) ? Dataset({file}, {}) : Dataset();
}

FitOptions fit_options() {
  FitOptions options;
  options.kappa = 0.5;
  options.reference_energy.kind = ReferenceEnergy::Kind::given;
  return options;
}

/// Seconds that LAPACK takes to factorize the complete matrix.
double dgeqrf_seconds(Dataset const& data, std::shared_ptr<AceBasis const> const& basis,
                      long& n_rows) {
  FitOptions const options = fit_options();
  Context const context;
  FitData const fit_data(context, data, {}, *basis, options);
  int const n = basis->size() + 1;
  std::vector<std::vector<double>> columns(n);
  AssemblyStatistics statistics;
  stream_rows(
      context, data, fit_data.training(), basis, fit_data.rows(options),
      [&](RowBatch const& batch) {
        auto const rows = batch.host_rows();
        for (int j = 0; j < n; ++j) {
          double const* const column = &rows(0, j);
          columns[j].insert(columns[j].end(), column, column + batch.n_rows);
        }
      },
      statistics);
  int const m = static_cast<int>(columns[0].size());
  n_rows = m;
  std::vector<double> matrix(static_cast<std::size_t>(m) * n), tau(n), work(64 * n);
  int const lwork = static_cast<int>(work.size());
  int info = 0;
  return best_seconds(2, [&] {
    for (int j = 0; j < n; ++j) // a small part of the measured time
      std::copy(columns[j].begin(), columns[j].end(),
                matrix.begin() + static_cast<std::ptrdiff_t>(j) * m);
    dgeqrf_(&m, &n, matrix.data(), &m, tau.data(), work.data(), &lwork, &info);
  });
}

/// Time from extended XYZ to potential, N_f = 930, compared with LAPACK's factorization of the same
/// matrix alone.
void whole_fit(benchmark::State& state, bool crystals) {
  Dataset const data = training_data(crystals);
  if (data.empty()) {
    state.SkipWithError("the data set is not beside this checkout");
    return;
  }
  auto const basis = carbon_basis(930, 5);
  long n_rows = 0;
  double const alone = dgeqrf_seconds(data, basis, n_rows);
  Context const context;
  double seconds = 1e300;
  for (auto _ : state) {
    Kokkos::Timer timer;
    FitResult const result = fit_potential(context, data, {}, basis, fit_options());
    seconds = std::min(seconds, timer.seconds());
    if (result.rows_energy + result.rows_forces != n_rows)
      state.SkipWithError("the fit saw other rows");
  }
  state.counters["rows"] = static_cast<double>(n_rows);
  state.counters["dgeqrf_s"] = alone;
  state.counters["of_dgeqrf"] = seconds / alone;
}
BENCHMARK_CAPTURE(whole_fit, bundled, false)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(whole_fit, large_crystals, true)->Unit(benchmark::kMillisecond);

/// Energies and forces of many cells of six atoms in one batch, including the lists. Arguments:
/// number of functions, number of cells.
void forces_of_small_cells(benchmark::State& state) {
  Space const space;
  AcePotential const potential = carbon_potential(static_cast<int>(state.range(0)), 5);
  Structure const cell = part_of_cube(6);
  std::vector<Structure> const cells(state.range(1), cell);
  Evaluator<Space> evaluator(space, potential);
  auto const predictions = predict(space, evaluator, std::span<Structure const>(cells));
  if (std::abs(predictions.front().energy - predictions.back().energy) >
      1e-10 * std::abs(predictions.front().energy))
    state.SkipWithError("equal cells have different energies");
  auto const batch = StructureBatch<Space>::create(space, cells, potential.basis->elements());
  auto const results = AtomicResults<Space>::make(space, batch.n_atoms);
  double pairs = 0;
  for (auto _ : state) {
    auto const list = build_neighbor_list(space, batch, 5);
    evaluator(space, view_of(batch, list), results);
    space.fence("kolace::bench");
    pairs = static_cast<double>(list.neighbors.extent(0));
  }
  count_atoms(state, batch.n_atoms);
  state.counters["pairs/atom"] = pairs / batch.n_atoms;
  state.counters["ns/pair"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * pairs * 1e-9,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(forces_of_small_cells)
    ->ArgsProduct({{250, 930}, {1, 85, 1000}})
    ->Unit(benchmark::kMillisecond);

/// One large cell: share of the neighbor list in a call. Arguments: number of functions, cells
/// along an edge.
void list_and_forces(benchmark::State& state) {
  Space const space;
  AcePotential const potential = carbon_potential(static_cast<int>(state.range(0)), 5);
  Structure const structure = diamond(static_cast<int>(state.range(1)));
  auto const batch =
      StructureBatch<Space>::create(space, {&structure, 1}, potential.basis->elements());
  Evaluator<Space> evaluator(space, potential);
  auto const results = AtomicResults<Space>::make(space, batch.n_atoms);
  double first_list = 0, list_seconds = 0, seconds = 0;
  NeighborList<Space> list;
  Kokkos::Timer first;
  build_neighbor_list(space, batch, 5, list); // allocates memory, which later lists reuse
  space.fence("kolace::bench");
  first_list = first.seconds();
  for (auto _ : state) {
    Kokkos::Timer timer;
    build_neighbor_list(space, batch, 5, list);
    space.fence("kolace::bench");
    list_seconds += timer.seconds();
    evaluator(space, view_of(batch, list), results);
    space.fence("kolace::bench");
    seconds += timer.seconds();
  }
  // Newton's third law: the forces sum to zero.
  double sum = 0, largest = 0;
  auto const forces = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), results.forces);
  for (int i = 0; i < batch.n_atoms; ++i) {
    sum += forces(i, 0);
    largest = std::max(largest, std::abs(forces(i, 0)));
  }
  if (std::abs(sum) > 1e-9 * largest * batch.n_atoms)
    state.SkipWithError("forces do not sum to zero");
  count_atoms(state, batch.n_atoms);
  state.counters["list_share"] = list_seconds / seconds;
  state.counters["first_list_s"] = first_list;
}
BENCHMARK(list_and_forces)->Args({930, 12})->Unit(benchmark::kMillisecond);
BENCHMARK(list_and_forces)
    ->Name("large_list_and_forces")
    ->ArgsProduct({{250, 930}, {50}})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

/// Reads one frame of a simple cubic crystal of `side`^3 atoms, perfect (whole planes have equal
/// coordinates) or rattled: text and checks, without neighbors.
void read_frame(benchmark::State& state) {
  int const side = static_cast<int>(state.range(0));
  double const rattle = state.range(1) ? 0.05 : 0;
  std::string const path =
      (std::filesystem::temp_directory_path() / "kolace_bench_frame.extxyz").string();
  {
    constexpr double a = 2.6;
    std::mt19937 random(7);
    std::uniform_real_distribution<double> shift(-rattle, rattle);
    std::ofstream out(path);
    out << side * side * side << "\nLattice=\"" << side * a << " 0 0 0 " << side * a << " 0 0 0 "
        << side * a << "\" Properties=species:S:1:pos:R:3\n";
    for (int x = 0; x < side; ++x)
      for (int y = 0; y < side; ++y)
        for (int z = 0; z < side; ++z)
          out << "Cu " << x * a + shift(random) << ' ' << y * a + shift(random) << ' '
              << z * a + shift(random) << '\n';
  }
  for (auto _ : state) {
    ExtxyzReader reader(path);
    Frame frame;
    if (!reader.next(frame))
      state.SkipWithError("no frame");
    benchmark::DoNotOptimize(frame);
  }
  std::filesystem::remove(path);
  count_atoms(state, side * side * side);
}
BENCHMARK(read_frame)->ArgsProduct({{20}, {0, 1}})->Unit(benchmark::kMillisecond);
BENCHMARK(read_frame)
    ->Name("large_read_frame")
    ->ArgsProduct({{60, 100}, {0, 1}})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

/// Writes and reads a .yace of five elements with random coefficients; the functions read must be
/// as many as were written.
void read_yace(benchmark::State& state) {
  constexpr int n = 5;
  ElementSet const elements({"Al", "Co", "Cr", "Fe", "Ni"});
  int const triples = static_cast<int>(state.range(0));
  BlockLimits const limits{{8, 4, triples}, {0, 2, 2}};
  std::vector<std::optional<BlockLimits>> const every(n, limits);
  BondSpecification bond;
  bond.radial.cutoff = 5;
  bond.radial.cutoff_width = 0.01;
  AcePotential potential;
  potential.basis =
      build_basis(elements, std::vector<BondSpecification>(n * n, bond), make_blocks(n, every));
  std::mt19937 random(7);
  std::uniform_real_distribution<double> coefficient(-1, 1);
  for (int b = 0; b < potential.basis->size(); ++b)
    potential.coefficients.push_back(coefficient(random));
  potential.reference_energy.assign(n, 0.);
  std::string const path = (std::filesystem::temp_directory_path() / "kolace_bench.yace").string();
  Kokkos::Timer timer;
  {
    std::ofstream out(path);
    write_yace(out, potential);
  }
  state.counters["write_s"] = timer.seconds();
  double const megabytes = static_cast<double>(std::filesystem::file_size(path)) / 1e6;
  for (auto _ : state)
    if (read_potential(path).basis->size() != potential.basis->size())
      state.SkipWithError("another number of functions");
  std::filesystem::remove(path);
  state.counters["functions"] = potential.basis->size();
  state.counters["MB"] = megabytes;
  state.counters["MB/s"] = benchmark::Counter(megabytes * static_cast<double>(state.iterations()),
                                              benchmark::Counter::kIsRate);
}
BENCHMARK(read_yace)->Arg(1)->Unit(benchmark::kMillisecond);
BENCHMARK(read_yace)->Name("large_read_yace")->Arg(3)->Iterations(1)->Unit(benchmark::kMillisecond);

} // namespace
} // namespace kolace::bench
