// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/lane_shuffles.hpp>
#include <kolace/evaluate/center_blocks.hpp>
#include <kolace/evaluate/detail/pair_tables.hpp>

namespace kolace::detail {

/// One team per center: fills the tables of a segment of neighbors, then sums over its pairs. The
/// sums keep the lanes of their pairs apart until the last segment, since adding up lanes costs
/// more than the terms of a sum. Sums of values are added up in registers if the first segment is
/// the last, as nearly always.
///
/// FLOPs per center and pair, N = n_max, M = (l_max+1)^2, c components: 2 N M (1 + 2 c) + 3 c M,
/// plus the tables (PairTables). Bytes: 32 read per pair; (1 + c) (N M + K) doubles written per
/// center.
template <class Space, int components, class Scalar> struct AtomicBasisKernel {
  using Policy = Teams<Space, Tuning<Space>::pair_team>;
  using Member = typename Policy::member_type;
  using Tables =
      PairTables<Space, components == 0 ? PairDerivatives::none : PairDerivatives::all, Scalar>;
  using T = typename Tables::T;
  static constexpr int width = Tables::width;
  static constexpr int n_sums = 1 + components;
  static constexpr int stride = CenterBlocks<Space, Scalar>::block; ///< of rows of a LaneTable
  /// Numbers of radial functions and harmonics whose sums are kept in registers.
  static constexpr int n_block = components == 0 ? Tuning<Space>::sum_n : components == 9 ? 2 : 5;
  static constexpr int m_block = components == 0 ? Tuning<Space>::sum_m : 1;

  DeviceBasis<Space, Scalar> basis;
  NeighborsView<Space> pairs;
  CenterBlocks<Space, Scalar> blocks;
  LaneTable<Space, Scalar> values, derivatives;
  bool rank1;                          ///< compute the rows of rank 1
  PairStore<Space, Scalar> pair_store; ///< receives the pairs

  /// Sums over pairs, lanes apart: [row][1 + component].
  using Sums = LaneColumn<T, width>;
  struct Workspace {
    Tables tables;
    Sums sums;

    KOKKOS_FUNCTION Workspace(Scratch<Space>& scratch, AtomicBasisKernel const& kernel)
        : tables(scratch, kernel.basis, kernel.rank1),
          sums(scratch.template take<Scalar>(n_sums * kernel.n_element_rows() * width)) {}
  };

  /// A segment of the pairs with one element, and what becomes of its sums.
  struct Segment {
    int n_packs;
    bool first;   ///< sums begin with zero
    bool last;    ///< sums over lanes are stored in `rows`
    Scalar* rows; ///< of a LaneTable: the first R_nl Y_lm of the element
  };

  /// Number of rows of one neighbor element: g_k, then R_nl Y_lm by n.
  KOKKOS_FUNCTION int n_element_rows() const {
    return basis.layout.n_radial + basis.layout.n_max * basis.layout.n_harmonics();
  }
  Policy policy(Space const& space) const {
    return workspace_policy(space, blocks.n_blocks * CenterBlocks<Space, Scalar>::block, *this);
  }

  KOKKOS_FUNCTION void operator()(Member const& team) const {
    int const slot = team.league_rank();
    int const center = blocks.center_of_lane(slot);
    long const block = slot / CenterBlocks<Space, Scalar>::block; // tables may exceed 2^31 entries
    int const lane = slot % CenterBlocks<Space, Scalar>::block;
    RowLayout const& layout = basis.layout;
    int const n_rows = layout.n_a_rows();
    if (center < 0) {
      team_for<Space>(team, n_rows, [&](int row) {
        values(block, row, lane) = 0;
        for (int c = 0; c < components; ++c)
          derivatives(block, c * n_rows + row, lane) = 0;
      });
      return;
    }
    Scratch<Space> scratch(team);
    Workspace const work(scratch, *this);
    int const n_own = n_element_rows();
    int const element = blocks.element(block);
    work.tables.sort_row(basis, pairs, center);
    typename PairStore<Space, Scalar>::Writer stored{pair_store, slot};
    for (int mu = 0; mu < basis.n_elements(); ++mu) {
      auto const row_of = [&](int k) {
        return k < layout.n_radial ? layout.rank1_row(mu, k)
                                   : layout.a_row(mu, 1, 0) + k - layout.n_radial;
      };
      Segment segment{0, true, false,
                      &values(block, 0, lane) + layout.a_row(mu, 1, 0) * std::ptrdiff_t{stride}};
      if (work.tables.may_have_pairs(basis, mu))
        work.tables.for_each_segment(team, basis, pairs, center, mu, basis.bond(element, mu),
                                     [&](int count) {
                                       stored.add(work.tables, count);
                                       segment.n_packs = (count + width - 1) / width;
                                       segment.last = components == 0 && work.tables.at_end();
                                       accumulate(team, work, segment);
                                       segment.first = false;
                                     });
      stored.end(mu);
      if (segment.first) { // no pairs
        team_for<Space>(team, n_own, [&](int k) {
          values(block, row_of(k), lane) = 0;
          for (int c = 0; c < components; ++c)
            derivatives(block, c * n_rows + row_of(k), lane) = 0;
        });
        continue;
      }
      team_wait<Space>(team);
      for (int c = 0; c < n_sums; ++c) {
        Scalar* const to =
            c == 0 ? &values(block, 0, lane) : &derivatives(block, (c - 1) * n_rows, lane);
        add_lanes(team, work, c, 0, layout.n_radial, to + layout.rank1_row(mu, 0) * stride);
        if (!segment.last)
          add_lanes(team, work, c, layout.n_radial, n_own - layout.n_radial,
                    to + layout.a_row(mu, 1, 0) * stride);
      }
      team_wait<Space>(team);
    }
    stored.finish();
  }

  /// Adds up the lanes of component c of `count` sums, for as many sums as there are lanes at a
  /// time, and stores the results in rows of a LaneTable.
  KOKKOS_FUNCTION void add_lanes(Member const& team, Workspace const& work, int c, int first,
                                 int count, Scalar* to) const {
    team_for<Space>(team, (count + width - 1) / width, [&](int part) {
      int const begin = part * width, n = count - begin;
      T sum[width];
      if (n >= width) {
        for (int k = 0; k < width; ++k)
          sum[k] = work.sums[(first + begin + k) * n_sums + c];
        T const added = lane_sums(sum);
        for (int k = 0; k < width; ++k)
          to[(begin + k) * stride] = lane_get(added, k);
      } else {
        for (int k = 0; k < n; ++k)
          to[(begin + k) * stride] = lane_sum(work.sums[(first + begin + k) * n_sums + c]);
      }
    });
  }

  /// Adds one segment to the sums; each row is owned by one thread.
  KOKKOS_FUNCTION void accumulate(Member const& team, Workspace const& work,
                                  Segment const& segment) const {
    RowLayout const& layout = basis.layout;
    int const n_packs = segment.n_packs;
    if (segment.first && !rank1)
      team_for<Space>(team, n_sums * layout.n_radial, [&](int k) { work.sums.set(k, T(0.)); });
    team_for<Space>(team, rank1 ? layout.n_radial : 0, [&](int k) {
      T sum[n_sums];
      load(work.sums, k, segment.first, sum);
      typename Tables::Rows const value = work.tables.rank1.from(k);
      typename Tables::Rows const slope = components > 0 ? work.tables.drank1.from(k) : value;
      for (int p = 0; p < n_packs * width; p += width) {
        sum[0] += value.at(p)[0];
        if constexpr (components > 0) {
          T f[components];
          expand(work.tables, p, slope.at(p)[0], f);
          for (int c = 0; c < components; ++c)
            sum[1 + c] += f[c];
        }
      }
      store(work.sums, k, sum);
    });
    if (layout.n_max > 0) {
      if constexpr (Tuning<Space>::thread_per_harmonic)
        sum_tasks(team, work, segment);
      else
        for (int l = 0; l <= layout.l_max; ++l)
          sum_degree(team, work, l, segment);
    }
    team_wait<Space>(team);
  }

  /// Sums products of the radial functions with the harmonics: a thread takes one harmonic and one
  /// block of radial functions at a time.
  KOKKOS_FUNCTION void sum_tasks(Member const& team, Workspace const& work,
                                 Segment const& segment) const {
    int const n_max = basis.layout.n_max, n_harmonics = basis.layout.n_harmonics();
    int const n_parts = (n_max + n_block - 1) / n_block;
    team_for<Space>(team, n_parts * n_harmonics, [&](int task) {
      int const lm = task % n_harmonics, n_part = task / n_harmonics;
      int l = 0;
      while ((l + 1) * (l + 1) <= lm)
        ++l;
      int const n = n_max * n_part / n_parts, n_count = n_max * (n_part + 1) / n_parts - n;
      choose_n<1, 1>(n_count, work, l, lm, n, segment, team.team_rank() % segment.n_packs);
    });
  }

  /// Sums products of the radial functions with the harmonics of one l, in blocks of nearly equal
  /// size.
  KOKKOS_FUNCTION void sum_degree(Member const& team, Workspace const& work, int l,
                                  Segment const& segment) const {
    int const n_max = basis.layout.n_max, size = 2 * l + 1;
    int const n_parts = (n_max + n_block - 1) / n_block, m_parts = (size + m_block - 1) / m_block;
    team_for<Space>(team, m_parts, [&](int m_part) {
      int const m = size * m_part / m_parts, m_count = size * (m_part + 1) / m_parts - m;
      for (int n_part = 0; n_part < n_parts; ++n_part) {
        int const n = n_max * n_part / n_parts, n_count = n_max * (n_part + 1) / n_parts - n;
        choose_m<1>(m_count, n_count, work, l, l * l + m, n, segment, 0);
      }
    });
  }

  template <int M, class... Arguments>
  KOKKOS_FUNCTION void choose_m(int m_count, int n_count, Arguments&&... arguments) const {
    if (M == m_count)
      choose_n<M, 1>(n_count, arguments...);
    else if constexpr (M < m_block)
      choose_m<M + 1>(m_count, n_count, arguments...);
  }
  template <int M, int N, class... Arguments>
  KOKKOS_FUNCTION void choose_n(int n_count, Arguments&&... arguments) const {
    if (N == n_count)
      sum_products<M, N>(arguments...);
    else if constexpr (N < n_block)
      choose_n<M, N + 1>(n_count, arguments...);
  }

  /// Sums products of N radial functions with M harmonics.
  /// @param start first pack of pairs; the threads of a device begin with different ones, which lie
  /// in different banks of its shared memory
  template <int M, int N>
  KOKKOS_FUNCTION void sum_products(Workspace const& work, int l, int lm, int n,
                                    Segment const& segment, int start) const {
    using Rows = typename Tables::Rows;
    Tables const& tables = work.tables;
    int const nlm = basis.layout.n_harmonics(), row = basis.layout.n_radial + n * nlm + lm;
    Rows const r = tables.r.from(l * basis.radial.stride + n);
    Rows const dr = components > 0 ? tables.dr.from(l * basis.radial.stride + n) : r;
    Rows const y = tables.y.from(lm);
    T sum[N][M][n_sums];
    int const n_packs = segment.n_packs;
    for (int k = 0; k < N; ++k)
      for (int m = 0; m < M; ++m)
        load(work.sums, row + k * nlm + m, segment.first, sum[k][m]);
    for (int pack = 0; pack < n_packs; ++pack) {
      int p = pack * width;
      if constexpr (Tuning<Space>::thread_per_harmonic) {
        p += start * width;
        p -= p < n_packs * width ? 0 : n_packs * width;
      }
      if constexpr (components == 0) {
        T harmonic[M];
        for (int m = 0; m < M; ++m)
          harmonic[m] = y.at(p)[m];
        for (int k = 0; k < N; ++k) {
          T const value = r.at(p)[k];
          for (int m = 0; m < M; ++m)
            sum[k][m][0] += value * harmonic[m];
        }
      } else {
        for (int m = 0; m < M; ++m) {
          T const harmonic = y.at(p)[m];
          T along[components], across[components];
          expand(tables, p, harmonic, along);
          T const gradient[3] = {tables.gradient[0].at(p)[lm + m], tables.gradient[1].at(p)[lm + m],
                                 tables.gradient[2].at(p)[lm + m]};
          extend(tables, p, gradient, across);
          for (int k = 0; k < N; ++k) {
            T const value = r.at(p)[k], slope = dr.at(p)[k];
            sum[k][m][0] += value * harmonic;
            for (int c = 0; c < components; ++c) { // two statements: two fused operations
              sum[k][m][1 + c] += slope * along[c];
              sum[k][m][1 + c] += value * across[c];
            }
          }
        }
      }
    }
    if (segment.last) {
      store_lane_sums(sum, segment.rows + (n * nlm + lm) * stride, nlm * stride);
      return;
    }
    for (int k = 0; k < N; ++k)
      for (int m = 0; m < M; ++m)
        store(work.sums, row + k * nlm + m, sum[k][m]);
  }

  /// Stores the lane sums of values in rows of a LaneTable; `step`: from one n to the next.
  template <int N, int M>
  KOKKOS_FUNCTION static void store_lane_sums(T const (&sum)[N][M][n_sums], Scalar* to, int step) {
    for (int begin = 0; begin < N * M; begin += width) {
      T part[width];
      for (int i = 0; i < width; ++i)
        part[i] = begin + i < N * M ? sum[(begin + i) / M][(begin + i) % M][0] : T(0.);
      T const added = lane_sums(part);
      for (int i = 0; i < width && begin + i < N * M; ++i)
        to[(begin + i) / M * step + (begin + i) % M * stride] = lane_get(added, i);
    }
  }

  KOKKOS_FUNCTION static void load(Sums sums, int row, bool zero, T (&sum)[n_sums]) {
    for (int c = 0; c < n_sums; ++c)
      sum[c] = zero ? T(0.) : sums[row * n_sums + c];
  }
  KOKKOS_FUNCTION static void store(Sums sums, int row, T const (&sum)[n_sums]) {
    for (int c = 0; c < n_sums; ++c)
      sums.set(row * n_sums + c, sum[c]);
  }

  /// Components for the vector v = factor · unit vector: v_x, v_y, v_z, then r (x) v in Voigt
  /// order.
  KOKKOS_FUNCTION static void expand(Tables const& tables, int p, T factor,
                                     T (&result)[components > 0 ? components : 1]) {
    typename Tables::Rows const unit = tables.unit.at(p);
    T const vector[3] = {factor * unit[0], factor * unit[1], factor * unit[2]};
    extend(tables, p, vector, result);
  }

  KOKKOS_FUNCTION static void extend(Tables const& tables, int p, T const (&vector)[3],
                                     T (&result)[components > 0 ? components : 1]) {
    if constexpr (components >= 3)
      for (int c = 0; c < 3; ++c)
        result[c] = vector[c];
    if constexpr (components == 9) {
      typename Tables::Rows const r = tables.displacement.at(p);
      T const x = r[0], y = r[1], z = r[2];
      result[3] = x * vector[0];
      result[4] = y * vector[1];
      result[5] = z * vector[2];
      result[6] = y * vector[2];
      result[7] = x * vector[2];
      result[8] = x * vector[1];
    }
  }
};

} // namespace kolace::detail
