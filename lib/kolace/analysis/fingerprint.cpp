// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/analysis/fingerprint.hpp>

#include <kolace/core/host_copy.hpp>
#include <kolace/core/spaces.hpp>
#include <kolace/core/tuning.hpp>
#include <kolace/neighbors/neighbors_view.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace kolace {
namespace {

template <class Space>
using Rows = Kokkos::View<double**, Kokkos::LayoutRight, typename Space::memory_space>;

/// One team per structure: adds the Gaussians of its pairs, then divides by the ideal gas.
///
/// A pair contributes to the bins within five widths: about 2 · 5 width / dr + 1 calls of erf, and
/// 28 bytes read. The row of a structure stays in cache.
template <class Space> struct FingerprintKernel {
  using Policy = Teams<Space, Tuning<Space>::fingerprint_team>;
  using Member = typename Policy::member_type;
  static constexpr double reach = 5; ///< in widths; 6e-7 of the Gaussian lies beyond

  NeighborsView<Space> pairs;
  Array<int const, Space> atom_offsets;
  Array<double const, Space> volumes;
  Rows<Space> rows;
  int first_row, n_elements, n_bins;
  double dr, width;

  Policy policy(Space const& space, int n_structures) const {
    return team_policy<Policy>(space, n_structures, Tuning<Space>::fingerprint_team, {}, *this);
  }

  KOKKOS_FUNCTION int pair_index(int a, int b) const {
    int const low = a < b ? a : b, high = a < b ? b : a;
    return low * n_elements - low * (low - 1) / 2 + high - low;
  }

  KOKKOS_FUNCTION void operator()(Member const& team) const {
    int const s = team.league_rank(), begin = atom_offsets(s), end = atom_offsets(s + 1);
    double* const row = &rows(static_cast<long>(first_row) + s, 0);
    int const length = rows.extent_int(1);
    Kokkos::parallel_for(Kokkos::TeamThreadRange(team, length), [&](int k) { row[k] = 0; });
    team.team_barrier();
    for (int i = begin; i < end; ++i) {
      int const first = static_cast<int>(pairs.row_offsets(i + 1) - pairs.row_offsets(i));
      std::size_t const offset = pairs.row_offsets(i);
      Kokkos::parallel_for(Kokkos::TeamThreadRange(team, first), [&](int p) {
        add_pair(row + n_bins *
                           pair_index(pairs.species(i), pairs.species(pairs.neighbors(offset + p))),
                 offset + p);
      });
    }
    team.team_barrier();
    normalize(team, s, begin, end, row);
  }

  KOKKOS_FUNCTION void add_pair(double* bins, std::size_t pair) const {
    double const x = pairs.displacements(pair, 0), y = pairs.displacements(pair, 1),
                 z = pairs.displacements(pair, 2);
    double const r = Kokkos::sqrt(x * x + y * y + z * z), scale = 1 / (width * Kokkos::sqrt(2.));
    int const low = static_cast<int>(Kokkos::floor((r - reach * width) / dr));
    int const high = static_cast<int>(Kokkos::floor((r + reach * width) / dr));
    int const first = low < 0 ? 0 : low, last = high < n_bins - 1 ? high : n_bins - 1;
    double left = Kokkos::erf((first * dr - r) * scale);
    for (int k = first; k <= last; ++k) {
      double const right = Kokkos::erf(((k + 1) * dr - r) * scale);
      double const share = 0.5 * (right - left);
      if constexpr (Tuning<Space>::fingerprint_team == 1)
        bins[k] += share; // one thread per structure, so no atomic is needed
      else
        Kokkos::atomic_add(bins + k, share);
      left = right;
    }
  }

  /// Pairs A-B and B-A are both counted, hence the factor 2 in the number of pairs of an ideal gas.
  KOKKOS_FUNCTION void normalize(Member const& team, int s, int begin, int end, double* row) const {
    for (int a = 0; a < n_elements; ++a)
      for (int b = a; b < n_elements; ++b) {
        int n_a = 0, n_b = 0;
        for (int i = begin; i < end; ++i) {
          n_a += pairs.species(i) == a;
          n_b += pairs.species(i) == b;
        }
        double* const bins = row + n_bins * pair_index(a, b);
        double const n_pairs = static_cast<double>(n_a) * n_b * (a == b ? 1 : 2);
        double const volume = volumes(s), step = dr;
        Kokkos::parallel_for(Kokkos::TeamThreadRange(team, n_bins), [&](int k) {
          double const r = (k + 0.5) * step;
          bins[k] = n_pairs == 0
                        ? 0
                        : bins[k] * volume / (4 * Kokkos::numbers::pi * r * r * step * n_pairs) - 1;
        });
      }
  }
};

int grid_bins(FingerprintOptions const& options) {
  if (!(options.dr > 0 && options.width > 0 && options.r_max >= 2 * options.dr &&
        options.r_max <= 50 && options.r_max / options.dr <= 100000 &&
        options.width <= options.r_max / 5))
    throw InputError("fingerprints require 0 < dr, 0 < width <= r_max / 5, 2 dr <= r_max <= 50 A "
                     "and at most 100000 bins");
  return static_cast<int>(std::lround(options.r_max / options.dr));
}

/// Rows scaled to unit length for the cosine metric, copies for the Euclidean one.
template <class Space>
Rows<Space> prepared(Space const& space, Rows<Space> const& values, FingerprintMetric metric) {
  int const length = values.extent_int(1);
  Rows<Space> const rows(
      Kokkos::view_alloc(space, Kokkos::WithoutInitializing, "kolace::analysis::prepared"),
      values.extent(0), values.extent(1));
  bool const cosine = metric == FingerprintMetric::cosine;
  Kokkos::parallel_for(
      "kolace::analysis::prepare", Kokkos::RangePolicy<Space>(space, 0, values.extent_int(0)),
      KOKKOS_LAMBDA(long s) { // the array may have more than 2^31 entries
        double square = 0;
        for (int k = 0; k < length; ++k)
          square += values(s, k) * values(s, k);
        double const scale = cosine && square > 0 ? 1 / Kokkos::sqrt(square) : 1;
        for (int k = 0; k < length; ++k)
          rows(s, k) = scale * values(s, k);
      });
  return rows;
}

template <class Space>
KOKKOS_INLINE_FUNCTION double row_distance(Rows<Space> const& a, long i, Rows<Space> const& b,
                                           long j, bool cosine) {
  double sum = 0;
  int const length = a.extent_int(1);
  for (int k = 0; k < length; ++k) {
    double const difference = a(i, k) - b(j, k);
    sum += difference * difference;
  }
  // For unit vectors, (1 - u . v) / 2 = |u - v|^2 / 4, which avoids cancellation.
  return cosine ? sum / 4 : Kokkos::sqrt(sum);
}

} // namespace

template <class Space>
Fingerprints<Space> compute_fingerprints(Space const& space, Dataset const& dataset,
                                         ElementSet const& elements,
                                         FingerprintOptions const& options,
                                         std::function<void(long structures)> const& progress) {
  constexpr std::size_t atoms_per_batch = Tuning<Space>::atoms_per_batch;
  int const n_bins = grid_bins(options), n_pairs = elements.size() * (elements.size() + 1) / 2;
  Fingerprints<Space> result;
  result.values = Rows<Space>(
      Kokkos::view_alloc(space, Kokkos::WithoutInitializing, "kolace::analysis::fingerprints"),
      dataset.for_each_structure([](Frame&) {}).frames, n_bins * n_pairs);
  std::vector<Structure> structures;
  std::vector<double> volumes;
  std::size_t n_atoms = 0;
  int done = 0;
  auto const flush = [&] {
    if (structures.empty())
      return;
    auto const batch = StructureBatch<Space>::create(space, structures, elements);
    auto const list = build_neighbor_list(
        space, batch, options.r_max + FingerprintKernel<Space>::reach * options.width);
    FingerprintKernel<Space> const kernel{
        view_of(batch, list),
        batch.atom_offsets,
        copy_to_device(space, volumes, "kolace::analysis::volumes"),
        result.values,
        done,
        elements.size(),
        n_bins,
        options.dr,
        options.width};
    Kokkos::parallel_for("kolace::analysis::fingerprint", kernel.policy(space, batch.n_structures),
                         kernel);
    space.fence("kolace::analysis: the batch goes out of scope");
    done += batch.n_structures;
    if (progress)
      progress(done);
    structures.clear();
    volumes.clear();
    n_atoms = 0;
  };
  dataset.for_each_structure([&](Frame& frame) {
    Structure& s = frame.structure;
    bool const bulk = s.cell.periodic[0] && s.cell.periodic[1] && s.cell.periodic[2];
    result.n_open += !bulk;
    volumes.push_back(bulk ? volume(s.cell) : 10. * static_cast<double>(s.n_atoms()));
    n_atoms += s.n_atoms();
    structures.push_back(std::move(s));
    if (n_atoms >= atoms_per_batch)
      flush();
  });
  flush();
  return result;
}

template <class Space>
std::vector<double> distances_to(Space const& space, Fingerprints<Space> const& set,
                                 Fingerprints<Space> const& reference, int which,
                                 FingerprintMetric metric) {
  auto const rows = prepared<Space>(space, set.values, metric);
  auto const others = prepared<Space>(space, reference.values, metric);
  bool const cosine = metric == FingerprintMetric::cosine;
  Array<double, Space> const distances(
      Kokkos::view_alloc(space, Kokkos::WithoutInitializing, "kolace::analysis::distances"),
      set.n_structures());
  Kokkos::parallel_for(
      "kolace::analysis::distances", Kokkos::RangePolicy<Space>(space, 0, set.n_structures()),
      KOKKOS_LAMBDA(int s) { distances(s) = row_distance<Space>(rows, s, others, which, cosine); });
  auto const host = Kokkos::create_mirror_view(distances);
  Kokkos::deep_copy(space, host, distances);
  space.fence("kolace::analysis: distances are returned to the host");
  return {host.data(), host.data() + host.extent(0)};
}

template <class Space>
FarthestPoints farthest_points(Space const& space, Fingerprints<Space> const& set, int count,
                               FingerprintMetric metric, std::vector<int> const& among) {
  using Reducer = Kokkos::MaxFirstLoc<double, int, typename Space::memory_space>;
  using HostReducer = Kokkos::MaxFirstLoc<double, int>;
  using Best = typename Reducer::value_type;
  std::vector<int> list = among;
  if (list.empty()) {
    list.resize(set.n_structures());
    std::iota(list.begin(), list.end(), 0);
  }
  FarthestPoints result;
  int const n = static_cast<int>(list.size());
  count = std::min(count, n);
  if (count < 1)
    return result;
  auto const rows = prepared<Space>(space, set.values, metric);
  auto const index = copy_to_device(space, list, "kolace::analysis::among");
  bool const cosine = metric == FingerprintMetric::cosine;

  // Mean of the unscaled fingerprints.
  int const length = set.length();
  Rows<Space> mean("kolace::analysis::mean", 1, length);
  auto const values = set.values;
  constexpr int line = 8; // each thread sums the columns of one cache line
  Kokkos::parallel_for(
      "kolace::analysis::mean", Kokkos::RangePolicy<Space>(space, 0, (length + line - 1) / line),
      KOKKOS_LAMBDA(int block) {
        int const last = (block + 1) * line < length ? (block + 1) * line : length;
        for (int s = 0; s < n; ++s)
          for (int k = block * line; k < last; ++k)
            mean(0, k) += values(static_cast<long>(index(s)), k) / n;
      });
  auto const center = prepared<Space>(space, mean, metric);

  Array<double, Space> const nearest(
      Kokkos::view_alloc(space, Kokkos::WithoutInitializing, "kolace::analysis::nearest"), n);
  auto const search = [&](auto const& distance) {
    Best best{};
    Kokkos::parallel_reduce("kolace::analysis::farthest", Kokkos::RangePolicy<Space>(space, 0, n),
                            distance, HostReducer(best));
    return best;
  };
  Best best = search(KOKKOS_LAMBDA(int s, Best& found) {
    double const d = row_distance<Space>(rows, index(s), center, 0, cosine);
    nearest(s) = Kokkos::Experimental::infinity_v<double>;
    if (d > found.val || (d == found.val && s < found.loc))
      found.val = d, found.loc = s;
  });
  for (int k = 0; k < count; ++k) {
    int const chosen = list[best.loc];
    result.chosen.push_back(chosen);
    best = search(KOKKOS_LAMBDA(int s, Best& found) {
      double const d = row_distance<Space>(rows, index(s), rows, chosen, cosine);
      nearest(s) = d < nearest(s) ? d : nearest(s);
      if (nearest(s) > found.val || (nearest(s) == found.val && s < found.loc))
        found.val = nearest(s), found.loc = s;
    });
    result.covering_radius.push_back(best.val);
  }
  return result;
}

#define KOLACE_INSTANTIATE(Space)                                                                  \
  template Fingerprints<Space> compute_fingerprints(Space const&, Dataset const&,                  \
                                                    ElementSet const&, FingerprintOptions const&,  \
                                                    std::function<void(long)> const&);             \
  template std::vector<double> distances_to(Space const&, Fingerprints<Space> const&,              \
                                            Fingerprints<Space> const&, int, FingerprintMetric);   \
  template FarthestPoints farthest_points(Space const&, Fingerprints<Space> const&, int,           \
                                          FingerprintMetric, std::vector<int> const&);
KOLACE_FOR_EACH_EXECUTION_SPACE(KOLACE_INSTANTIATE)
#undef KOLACE_INSTANTIATE

} // namespace kolace
