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
/// rank 1 that are not summed). Contracted over n first, then with harmonics and solid gradients: 4
/// N M + 15 M + 2 K FLOPs per pair plus the tables. Bytes: 32 read per pair, 24 added to the
/// neighbor's force.
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

  /// Weights of the rows, forces of a segment's pairs, and one l contracted over n.
  struct Workspace {
    Tables tables;
    Scalar* weights;
    Rows force, contracted;

    KOKKOS_FORCEINLINE_FUNCTION Workspace(Scratch<Space>& scratch, ForceKernel const& kernel)
        : tables(scratch, kernel.basis),
          weights(scratch.template take<Scalar>(kernel.basis.layout.n_a_rows())),
          force(scratch.template take<Scalar>(3 * capacity)),
          contracted(
              scratch.template take<Scalar>((2 * kernel.basis.layout.l_max + 1) * capacity)) {}
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
      team_for<Space>(team, layout.n_radial + n_own, [&](int k) {
        int const row = k < layout.n_radial ? layout.rank1_row(mu, k)
                                            : layout.a_row(mu, 1, 0) + k - layout.n_radial;
        work.weights[row] = adjoints(block, row, lane);
      });
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
    Rows const contracted = work.contracted.at(p), y = tables.y.at(p);
    Scalar const* const rank1 = work.weights + layout.rank1_row(mu, 0);
    if (rank1_energy)
      sums.energy += sum_rank1(rank1, layout.n_radial, tables.rank1.at(p));
    // Along the unit vector: sum of the radial derivatives, minus sum of l times the values over r.
    T along = sum_rank1(rank1, layout.n_radial, tables.drank1.at(p)), inner(0.), gradient[3][2];
    for (auto& row : gradient)
      row[0] = row[1] = T(0.);
    for (int l = 0; l <= layout.l_max && layout.n_max > 0; ++l) {
      T part(0.);
      for_each_block<m_block>(2 * l + 1, [&](auto size, int first) {
        contract<decltype(size)::value>(work, work.weights + layout.a_row(mu, 1, 0), l, first, p,
                                        along, part);
      });
      inner += T(double(l)) * part;
      if (l > 0)
        add_solid_gradient(
            l, basis.harmonics.gradients.data(), [&](int m) { return contracted[l + m]; },
            [&](int m) { return y[harmonic_index(l - 1, m)]; }, gradient);
    }
    T const inverse = tables.inverse.at(p)[0];
    T const radial = along - inverse * inner;
    Rows const unit = tables.unit.at(p), displacement = tables.displacement.at(p),
               out = work.force.at(p);
    T force[3];
    for (int x = 0; x < 3; ++x) {
      force[x] = radial * unit[x] + inverse * (gradient[x][0] + gradient[x][1]);
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

  /// Sums over n for `count` harmonics of one l, starting with number `first`: contracted[m] =
  /// sum_n w_nlm R_nl. Adds the sums with R' times Y to `along`, those with R times Y to `part`.
  template <int count>
  KOKKOS_FUNCTION void contract(Workspace const& work, Scalar const* weights, int l, int first,
                                int p, T& along, T& part) const {
    int const nlm = basis.layout.n_harmonics(), lm = l * l + first;
    Rows const r = work.tables.r.from(l * basis.radial.stride).at(p);
    Rows const dr = work.tables.dr.from(l * basis.radial.stride).at(p);
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
    Rows const harmonics = work.tables.y.from(lm).at(p), out = work.contracted.from(first).at(p);
    T slopes[2] = {T(0.), T(0.)}, values[2] = {T(0.), T(0.)}; // short dependency chains
    for (int m = 0; m < count; ++m) {
      T const y = harmonics[m];
      slopes[m % 2] += slope[m] * y;
      values[m % 2] += value[m] * y;
    }
    for (int m = 0; m < count; ++m)
      out.set(m, value[m]);
    along += slopes[0] + slopes[1];
    part += values[0] + values[1];
  }
};

} // namespace kolace::detail
