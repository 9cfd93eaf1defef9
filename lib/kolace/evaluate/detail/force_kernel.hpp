// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/evaluate/atomic_results.hpp>
#include <kolace/evaluate/center_blocks.hpp>
#include <kolace/evaluate/detail/force_sum.hpp>
#include <kolace/evaluate/detail/pair_tables.hpp>
#include <kolace/evaluate/detail/register_blocks.hpp>

namespace kolace::detail {

/// One team per center: computes the forces of its pairs from dE/dA.
///
/// f_j = sum_nlm w_nlm [R' Y unit + R grad Y] + sum_k w_k g'_k unit (k: densities, or functions of
/// rank 1 that are not summed). Contracted over n first, then summed over harmonics
/// (sum_harmonics()): 4 N M + 10 M + 2 K FLOPs per pair plus the radial tables. Bytes: 32 read per
/// pair, 24 added to the neighbor's force.
template <class Space, class Scalar = double> struct ForceKernel {
  using Policy = Teams<Space, Tuning<Space>::pair_team, Kokkos::Static>;
  using Member = typename Policy::member_type;
  using Tables = PairTables<Space, PairDerivatives::radial, Scalar>;
  using T = typename Tables::T;
  static constexpr int capacity = Tables::capacity;
  static constexpr int width = Tables::width;
  using Rows = typename Tables::Rows;
  static constexpr int m_block = Tuning<Space>::contract_m; ///< harmonics contracted at a time

  DeviceBasis<Space, Scalar> basis;
  NeighborsView<Space> pairs;
  CenterBlocks<Space, Scalar> blocks;
  LaneTable<Space, Scalar> adjoints;
  typename ForceSum<Space>::Target forces;
  AtomicResults<Space> results;
  bool rank1_energy; ///< add the rank-1 energies, which the site kernel has left out; the rank-1
                     ///< weights are the coefficients
  PairStore<Space, Scalar> store; ///< pairs of the centers, if the atomic basis has stored them

  /// Sums over n of each thread's pairs, for all harmonics.
  using Contracted = LaneColumn<T, one_thread_per_center<Space> ? width : capacity>;

  /// Weights of the rows, forces of a segment's pairs, and sums over n of w R_nl and w R'_nl.
  struct Workspace {
    Tables tables;
    Scalar* weights;
    Rows force;
    Contracted values, slopes;

    KOKKOS_FORCEINLINE_FUNCTION Workspace(Scratch<Space>& scratch, ForceKernel const& kernel)
        : tables(scratch, kernel.basis),
          weights(scratch.template take<Scalar>(kernel.basis.layout.n_a_rows())),
          force(scratch.template take<Scalar>(3 * capacity)), values(take(scratch, kernel)),
          slopes(take(scratch, kernel)) {}

  private:
    KOKKOS_FORCEINLINE_FUNCTION static Contracted take(Scratch<Space>& scratch,
                                                       ForceKernel const& kernel) {
      int const width_of_rows = one_thread_per_center<Space> ? width : capacity;
      return Contracted(
          scratch.template take<Scalar>(kernel.basis.layout.n_harmonics() * width_of_rows));
    }
  };

  Policy policy(Space const& space) const {
    return workspace_policy(space, blocks.n_blocks * CenterBlocks<Space, Scalar>::block, *this);
  }

  KOKKOS_FUNCTION void operator()(Member const& team) const {
    int const slot = team.league_rank();
    int const center = blocks.center_of_lane(slot);
    if (center < 0)
      return;
    int const block = slot / CenterBlocks<Space, Scalar>::block,
              lane = slot % CenterBlocks<Space, Scalar>::block;
    Scratch<Space> scratch(team);
    Workspace const work(scratch, *this);
    typename ForceSum<Space>::Target::Access const sum(forces);
    bool const has_forces = results.forces.extent(0) > 0;
    Sums sums; // of this thread's pairs
    int const element = blocks.element(block), atom = pairs.atom(center);
    bool stored = false;
    if constexpr (PairStore<Space, Scalar>::enabled)
      stored = store.has(slot);
    if (!stored)
      work.tables.sort_row(basis, pairs, center);
    RowLayout const& layout = basis.layout;
    int const n_own = layout.n_max * layout.n_harmonics();
    for (int mu = 0; mu < basis.n_elements(); ++mu) {
      if constexpr (PairStore<Space, Scalar>::enabled)
        if (stored && store.count(slot, mu) == 0)
          continue;
      if (!stored && !work.tables.may_have_pairs(basis, mu))
        continue;
      copy_weights(team, work, &adjoints(block, 0, lane), layout.rank1_row(mu, 0), layout.n_radial);
      copy_weights(team, work, &adjoints(block, 0, lane), layout.a_row(mu, 1, 0), n_own);
      auto const visit = [&](int count) {
        team_for<Space>(team, (count + width - 1) / width,
                        [&](int pack) { pair_forces(work, mu, pack * width, sums); });
        team_wait<Space>(team);
        if (has_forces)
          team_for<Space>(team, count, [&](int p) {
            Rows const force = work.force.at(p);
            for (int d = 0; d < 3; ++d)
              sum.add(work.tables.neighbor[p], d, -force.lane(d));
          });
        if (results.pair_gradients.extent(0) > 0)
          store_gradients(team, work, center, atom, count);
        if (results.centroid_virials.extent(0) > 0)
          add_centroids(team, work, count);
      };
      int const bond = basis.bond(element, mu);
      if constexpr (PairStore<Space, Scalar>::enabled)
        if (stored) {
          work.tables.for_each_stored_segment(team, basis, store, slot, atom, mu, bond, visit);
          continue;
        }
      work.tables.for_each_segment(team, basis, pairs, center, mu, bond, visit);
    }
    double own[3], virial[6], energy;
    for (int d = 0; d < 3; ++d)
      own[d] = sum_over_team(team, sums.force[d]);
    for (int v = 0; v < 6; ++v)
      virial[v] = sum_over_team(team, sums.virial[v]);
    energy = rank1_energy ? sum_over_team(team, sums.energy) : 0;
    team_once<Space>(team, [&] {
      for (int d = 0; d < 3 && has_forces; ++d)
        sum.add(atom, d, own[d]);
      for (int v = 0; v < 6 && results.virials.extent(0) > 0; ++v)
        results.virials(atom, v) -= virial[v];
      if (rank1_energy && results.energies.extent(0) > 0)
        results.energies(atom) += energy;
    });
  }

  /// Makes the adjoints of `count` rows of a center adjacent; `from` points to its row 0.
  KOKKOS_FUNCTION void copy_weights(Member const& team, Workspace const& work, Scalar const* from,
                                    int first, int count) const {
    constexpr int stride = CenterBlocks<Space, Scalar>::block;
    Scalar const* const begin = from + static_cast<std::ptrdiff_t>(first) * stride;
    Scalar* const to = work.weights + first;
    team_for<Space>(team, count, [=](int k) { to[k] = begin[k * stride]; });
  }

  /// Stores the gradients of a segment's pairs, each of which belongs to this team alone.
  KOKKOS_FUNCTION void store_gradients(Member const& team, Workspace const& work, int center,
                                       int atom, int count) const {
    std::size_t const begin = pairs.row(center, atom).pair;
    team_for<Space>(team, count, [&](int p) {
      Rows const force = work.force.at(p);
      for (int d = 0; d < 3; ++d)
        results.pair_gradients(begin + work.tables.pair[p], d) += force.lane(d);
    });
  }

  /// Adds the centroid virials of a segment's pairs to their neighbors.
  KOKKOS_FUNCTION void add_centroids(Member const& team, Workspace const& work, int count) const {
    team_for<Space>(team, count, [&](int p) {
      Rows const force = work.force.at(p), r = work.tables.displacement.at(p);
      int const neighbor = work.tables.neighbor[p];
      for (int x = 0; x < 9; ++x)
        Kokkos::atomic_add(&results.centroid_virials(neighbor, x),
                           -r.lane(x / 3) * force.lane(x % 3));
    });
  }

  /// Sums over a thread's pairs, lanes apart; lanes after the last pair have zero force.
  struct Sums {
    T force[3] = {T(0.), T(0.), T(0.)};
    T virial[6] = {T(0.), T(0.), T(0.), T(0.), T(0.), T(0.)}; ///< r (x) force
    T energy = T(0.);                                         ///< rank-1 energy
  };

  KOKKOS_FUNCTION static double sum_over_team(Member const& team, T mine) {
    double sum = 0;
    if constexpr (one_thread_per_center<Space>)
      sum = lane_sum(mine);
    else
      Kokkos::parallel_reduce(
          Kokkos::TeamVectorRange(team, team.team_size()),
          [&](int, double& s) { s += lane_sum(mine); }, sum);
    return sum;
  }

  /// Computes the forces of pairs p, p + 1, ..; stores them in the workspace and adds them to the
  /// sums.
  KOKKOS_FUNCTION void pair_forces(Workspace const& work, int mu, int p, Sums& sums) const {
    RowLayout const& layout = basis.layout;
    Tables const& tables = work.tables;
    Scalar const* const rank1 = work.weights + layout.rank1_row(mu, 0);
    if (rank1_energy)
      sums.energy += sum_rank1(rank1, layout.n_radial, tables.rank1.at(p));
    T along = sum_rank1(rank1, layout.n_radial, tables.drank1.at(p));
    T const inverse = tables.inverse.at(p)[0];
    Rows const unit = tables.unit.at(p), displacement = tables.displacement.at(p),
               out = work.force.at(p);
    T const n[3] = {unit[0], unit[1], unit[2]};
    T across[3] = {T(0.), T(0.), T(0.)};
    if (layout.n_max > 0) {
      contract_all(work, work.weights + layout.a_row(mu, 1, 0), p);
      int const own = one_thread_per_center<Space> ? 0 : p;
      auto const values = work.values.at(own), slopes = work.slopes.at(own);
      HarmonicSums<T> const of_all = sum_harmonics(
          layout.l_max, basis.harmonics.data(), n[0], n[1], n[2],
          [&](int lm) { return values[lm]; }, [&](int lm) { return slopes[lm]; });
      T const* const g = of_all.gradient;
      along += of_all.along - inverse * (n[0] * g[0] + n[1] * g[1] + n[2] * g[2]);
      for (int x = 0; x < 3; ++x)
        across[x] = inverse * g[x];
    }
    T force[3];
    for (int x = 0; x < 3; ++x) {
      force[x] = along * n[x] + across[x];
      out.set(x, force[x]);
      sums.force[x] += force[x];
    }
    if (results.virials.extent(0) == 0)
      return;
    int const first[6] = {0, 1, 2, 1, 0, 0}, second[6] = {0, 1, 2, 2, 2, 1}; // Voigt
    for (int v = 0; v < 6; ++v)
      sums.virial[v] += displacement[first[v]] * force[second[v]];
  }

  /// sum_k weights[k] row_k, in four dependency chains.
  KOKKOS_FUNCTION static T sum_rank1(Scalar const* weights, int n, Rows row) {
    T a(0.), b(0.), c(0.), d(0.);
    int k = 0;
    for (; k + 4 <= n; k += 4) {
      a += T(weights[k]) * row[k];
      b += T(weights[k + 1]) * row[k + 1];
      c += T(weights[k + 2]) * row[k + 2];
      d += T(weights[k + 3]) * row[k + 3];
    }
    for (; k < n; ++k)
      a += T(weights[k]) * row[k];
    return (a + b) + (c + d);
  }

  /// Sums over n for all harmonics. Those of all l share one set of blocks if R_nl = g_n.
  KOKKOS_FUNCTION void contract_all(Workspace const& work, Scalar const* weights, int p) const {
    int const l_max = basis.layout.l_max, stride = basis.radial.stride;
    int const n_parts = stride == 0 ? 1 : l_max + 1;
    for (int part = 0; part < n_parts; ++part) {
      int const begin = part * part, end = harmonic_count(stride == 0 ? l_max : part);
      for_each_block<m_block>(end - begin, [&](auto size, int first) {
        contract<decltype(size)::value>(work, weights, part * stride, begin + first, p);
      });
    }
  }

  /// Sums over n for `count` harmonics, starting with number `lm`, with the radial functions from
  /// `row` on.
  template <int count>
  KOKKOS_FUNCTION void contract(Workspace const& work, Scalar const* weights, int row, int lm,
                                int p) const {
    int const nlm = basis.layout.n_harmonics();
    Rows const r = work.tables.r.from(row).at(p), dr = work.tables.dr.from(row).at(p);
    Scalar const* w = weights + lm;
    T value[count], slope[count];
    for (int m = 0; m < count; ++m)
      value[m] = slope[m] = T(0.);
    for (int n = 0; n < basis.layout.n_max; ++n, w += nlm) {
      T const r_n = r[n], dr_n = dr[n];
      for (int m = 0; m < count; ++m) {
        T const weight(w[m]);
        value[m] += weight * r_n;
        slope[m] += weight * dr_n;
      }
    }
    int const own = one_thread_per_center<Space> ? 0 : p;
    auto const values = work.values.from(lm).at(own), slopes = work.slopes.from(lm).at(own);
    for (int m = 0; m < count; ++m) {
      values.set(m, value[m]);
      slopes.set(m, slope[m]);
    }
  }
};

} // namespace kolace::detail
