// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/design/detail/reverse_tables.hpp>
#include <kolace/evaluate/detail/pair_tables.hpp>

namespace kolace::detail {

/// Forces on an atom a from its neighbors' functions, computed by gathering and hence without
/// atomics: a complete list contains every pair (i -> a) as (a -> i) with r reversed.
///
/// With D = dB/dA_nlm at neighbor i and Y(-r) = (-1)^l Y(r):
///   F_a += (-1)^l sum_i sum_m D_m(i) [R'_nl unit Y_lm + R_nl grad Y_lm](r_ai).
/// D does not depend on the slot's own n, so the sums [n][x][node] over the neighbors serve all
/// functions.
///
/// FLOPs per atom with P pairs: sum over groups of size · P · (8 (2l+1) + 3 + 12 n_count), or of
/// size · P · (3 + 6 n_count) for l = 0; then 6 per slot. Loads 8 (2l+1) bytes per node and pair
/// (the neighbors' packed rows, from cache).
template <class Space> struct ReverseRowsKernel {
  using Policy = Teams<Space, Tuning<Space>::pair_team>;
  using Member = typename Policy::member_type;
  using Tables = PairTables<Space, PairDerivatives::all>;
  using T = typename Tables::T;
  using Rows = typename Tables::Rows;
  using PackedRows = Kokkos::View<double**, Kokkos::LayoutRight, typename Space::memory_space>;
  using PackedColumn = LaneColumn<T, LaneTraits<Space>::block>;
  static constexpr int width = Tables::width;
  static constexpr int block = LaneTraits<Space>::block;
  static constexpr int radial_block = Tuning<Space>::radial_block;
  static constexpr int pairs_per_sweep = Tuning<Space>::pairs_per_sweep;

  DeviceBasis<Space> basis;
  ReverseTables<Space> reverse;
  NeighborsView<Space> pairs;
  CenterBlocks<Space> blocks;
  LaneTable<Space> derivatives;
  PackedRows packed; ///< [n_atoms][max_packed]
  Matrix<Space> forces;

  struct Workspace {
    Tables tables;
    double* sums;

    KOKKOS_FUNCTION Workspace(Scratch<Space>& scratch, ReverseRowsKernel const& kernel)
        : tables(scratch, kernel.basis),
          sums(scratch.template take<double>(kernel.reverse.max_sums)) {}
  };

  Policy policy(Space const& space) const {
    return workspace_policy(space, pairs.n_centers, *this);
  }

  KOKKOS_FUNCTION void operator()(Member const& team) const {
    long const atom = team.league_rank(); // rows may hold more than 2^31 entries
    Scratch<Space> scratch(team);
    Workspace const work(scratch, *this);
    Tables const& tables = work.tables;
    double* const sums = work.sums;
    int const mu = pairs.species(atom);
    tables.sort_row(basis, pairs, static_cast<int>(atom));
    for (int owner = 0; owner < basis.n_elements(); ++owner) {
      add_rank1(team, atom, mu, owner);
      ReverseRange const range = reverse.ranges(basis.bond(owner, mu));
      if (range.first_group == range.last_group)
        continue;
      team_for<Space>(team, range.sum_size, [&](int k) { sums[k] = 0; });
      tables.for_each_segment(
          team, basis, pairs, atom, owner, basis.bond(owner, mu), [&](int count) {
            for (int first = 0; first < count; first += pairs_per_sweep) {
              int const last = first + pairs_per_sweep < count ? first + pairs_per_sweep : count;
              for (int g = range.first_group; g < range.last_group; ++g) {
                NodeGroup const group = reverse.groups(g);
                team_for<Space>(team, group.size / width, [&](int part) {
                  sum_group(tables, group, first, last, part * width, sums);
                });
              }
            }
            team_wait<Space>(team);
          });
      team_for<Space>(team, range.last_function - range.first_function, [&](int k) {
        ReverseFunction const f = reverse.functions(range.first_function + k);
        double force[3] = {0, 0, 0};
        for (int s = f.first_slot; s < f.last_slot; ++s) {
          ReverseSlot const slot = reverse.slots(s);
          for (int x = 0; x < 3; ++x)
            force[x] += slot.factor * sums[slot.index + x * slot.stride];
        }
        for (int x = 0; x < 3; ++x)
          forces(3 * atom + x, f.column) += force[x];
      });
      team_wait<Space>(team);
    }
  }

  /// Rank 1: g' unit is the same from both sides, so the center's own summed derivatives serve.
  KOKKOS_FUNCTION void add_rank1(Member const& team, long atom, int mu, int owner) const {
    RowLayout const& layout = basis.layout;
    int const slot = blocks.lane_of_center(atom);
    long const row_block = slot / block;
    int const lane = slot % block;
    team_for<Space>(team, layout.n_radial, [&](int k) {
      int const column =
          reverse.rank1_column(owner * layout.first_a_row() + layout.rank1_row(mu, k));
      if (column < 0)
        return;
      for (int x = 0; x < 3; ++x)
        forces(3 * atom + x, column) +=
            derivatives(row_block, x * layout.n_a_rows() + layout.rank1_row(owner, k), lane);
    });
    team_wait<Space>(team);
  }

  /// Contribution of one pair to a node for any n: R'_nl along + R_nl across.
  struct Terms {
    T along[3], across[3];
  };

  /// Adds neighbors [first, last) of a segment to the sums of `width` nodes, for all n of the
  /// group.
  KOKKOS_FUNCTION void sum_group(Tables const& tables, NodeGroup const& group, int first, int last,
                                 int first_node, double* sums) const {
    if (group.l == 0)
      return sum_nodes<0>(tables, group, first, last, first_node, sums);
    if constexpr (Tuning<Space>::keeps_pair_terms) // unrolled
      switch (group.l) {
      case 1:
        return sum_nodes<1>(tables, group, first, last, first_node, sums);
      case 2:
        return sum_nodes<2>(tables, group, first, last, first_node, sums);
      case 3:
        return sum_nodes<3>(tables, group, first, last, first_node, sums);
      case 4:
        return sum_nodes<4>(tables, group, first, last, first_node, sums);
      case 5:
        return sum_nodes<5>(tables, group, first, last, first_node, sums);
      case 6:
        return sum_nodes<6>(tables, group, first, last, first_node, sums);
      }
    sum_nodes<-1>(tables, group, first, last, first_node, sums);
  }

  /// @tparam L l if known at compile time, else -1 (the loop then uses group.l)
  template <int L>
  KOKKOS_FUNCTION void sum_nodes(Tables const& tables, NodeGroup const& group, int first, int last,
                                 int first_node, double* sums) const {
    // Nodes are stored in tiles of `block`: [tile][m][node of the tile].
    int const offset =
        group.packed_offset + first_node / block * block * (2 * group.l + 1) + first_node % block;
    if constexpr (Tuning<Space>::keeps_pair_terms) { // computed once for all n, kept in L1 cache
      Terms terms[pairs_per_sweep];
      for (int p = first; p < last; ++p) {
        Terms of_pair; // a local copy that cannot alias what is read
        pair_terms<L>(tables, group.l, offset, p, of_pair);
        terms[p - first] = of_pair;
      }
      sum_blocks<L>(tables, group, first, last, first_node, sums,
                    [&](int p) -> Terms const& { return terms[p - first]; });
    } else {
      sum_blocks<L>(tables, group, first, last, first_node, sums, [&](int p) {
        Terms terms;
        pair_terms<L>(tables, group.l, offset, p, terms);
        return terms;
      });
    }
  }

  template <int L>
  KOKKOS_FORCEINLINE_FUNCTION void pair_terms(Tables const& tables, int l_, int offset, int p,
                                              Terms& terms) const {
    int const l = L < 0 ? l_ : L, size = 2 * l + 1;
    PackedColumn const node(&packed(static_cast<long>(tables.neighbor[p]), offset));
    // Prefetch the next nodes: the stride is too large for the hardware prefetcher.
    for (int m = 0; m < size; ++m)
      prefetch(&node.lane(size + m));
    T s(0.);
    if constexpr (L == 0) { // Y = 1
      s = node[0];
    } else {
      Rows const y = tables.y.from(l * l).at(p), gx = tables.gradient[0].from(l * l).at(p),
                 gy = tables.gradient[1].from(l * l).at(p),
                 gz = tables.gradient[2].from(l * l).at(p);
      T across[3] = {T(0.), T(0.), T(0.)};
      for (int m = 0; m < size; ++m) {
        T const value = node[m];
        s += value * T(y.lane(m));
        across[0] += value * T(gx.lane(m));
        across[1] += value * T(gy.lane(m));
        across[2] += value * T(gz.lane(m));
      }
      for (int c = 0; c < 3; ++c)
        terms.across[c] = across[c];
    }
    Rows const unit = tables.unit.at(p);
    for (int c = 0; c < 3; ++c)
      terms.along[c] = s * T(unit.lane(c));
  }

  template <int L, class TermsOf>
  KOKKOS_FUNCTION void sum_blocks(Tables const& tables, NodeGroup const& group, int first, int last,
                                  int first_node, double* sums, TermsOf const& terms_of) const {
    int n = 0;
    for (; n + radial_block <= group.n_count; n += radial_block)
      sum_block<L, radial_block>(tables, group, first, last, first_node, n, sums, terms_of);
    switch (group.n_count - n) {
    case 4:
      return sum_block<L, 4>(tables, group, first, last, first_node, n, sums, terms_of);
    case 3:
      return sum_block<L, 3>(tables, group, first, last, first_node, n, sums, terms_of);
    case 2:
      return sum_block<L, 2>(tables, group, first, last, first_node, n, sums, terms_of);
    case 1:
      return sum_block<L, 1>(tables, group, first, last, first_node, n, sums, terms_of);
    }
  }

  template <int L, int N, class TermsOf>
  KOKKOS_FUNCTION void sum_block(Tables const& tables, NodeGroup const& group, int first, int last,
                                 int first_node, int n, double* sums,
                                 TermsOf const& terms_of) const {
    Rows const r = tables.r.from(group.l * basis.radial.stride + n);
    Rows const dr = tables.dr.from(group.l * basis.radial.stride + n);
    T sum[N][3];
    for (int k = 0; k < N; ++k)
      for (T& s : sum[k])
        s = T(0.);
    for (int p = first; p < last; ++p) {
      Terms const& terms = terms_of(p);
      for (int k = 0; k < N; ++k) {
        T const value(r.at(p).lane(k)), slope(dr.at(p).lane(k));
        for (int c = 0; c < 3; ++c) { // separate statements give two fused multiply-adds
          sum[k][c] += slope * terms.along[c];
          if constexpr (L != 0)
            sum[k][c] += value * terms.across[c];
        }
      }
    }
    for (int k = 0; k < N; ++k)
      for (int x = 0; x < 3; ++x) {
        double* const target =
            sums + group.sum_offset + ((n + k) * 3 + x) * group.size + first_node;
        lane_store(target, lane_load<T>(target) + sum[k][x]);
      }
  }
};

} // namespace kolace::detail
