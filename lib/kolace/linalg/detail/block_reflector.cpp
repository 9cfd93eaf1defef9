// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/linalg/detail/block_reflector.hpp>

#include <kolace/core/tuning.hpp>
#include <kolace/linalg/detail/reflection.hpp>

#include <algorithm>
#include <utility>

namespace kolace::detail {
namespace {

constexpr int tall = HostTile::tall, wide = HostTile::wide;
constexpr int lanes = Pack::width;
static_assert(BlockReflector::width % (tall * lanes) == 0);

template <int packs> struct Tile { Pack sum[packs][wide]; };

/// sum[p][c] = sum_s a[s step + p pack_step ..] b[c][s], s < n: `packs` packs of rows times `wide`
/// columns. 2 packs wide lanes FLOPs and packs + wide loads per step.
template <int packs>
KOKKOS_FORCEINLINE_FUNCTION Tile<packs> multiply(int n, double const* a, std::ptrdiff_t step,
                                                 std::ptrdiff_t pack_step,
                                                 double const* const (&b)[wide]) {
  Tile<packs> tile;
  for (int p = 0; p < packs; ++p)
    for (int c = 0; c < wide; ++c)
      tile.sum[p][c] = Pack(0.);
  for (int s = 0; s < n; ++s) {
    Pack x[packs];
    for (int p = 0; p < packs; ++p)
      x[p] = lane_load<Pack>(a + s * step + p * pack_step);
    for (int c = 0; c < wide; ++c) {
      Pack const y(b[c][s]);
      for (int p = 0; p < packs; ++p)
        tile.sum[p][c] += x[p] * y;
    }
  }
  return tile;
}

/// V^T times `wide` columns of m rows, for `packs` blocks of V from block p on.
template <int packs>
KOKKOS_FORCEINLINE_FUNCTION Tile<packs> multiply_across(std::vector<Pack> const& across, int m,
                                                        int p, double const* const (&b)[wide]) {
  std::ptrdiff_t const rows = m;
  return multiply<packs>(m, reinterpret_cast<double const*>(across.data() + p * rows), lanes,
                         rows * lanes, b);
}

/// Calls f(first, packs) for tiles of packs [begin, end); `packs` is a compile-time constant.
template <class F> KOKKOS_FORCEINLINE_FUNCTION void for_tiles(int begin, int end, F const& f) {
  for (; begin + tall <= end; begin += tall)
    f(begin, std::integral_constant<int, tall>());
  for (; begin < end; ++begin)
    f(begin, std::integral_constant<int, 1>());
}

/// Applies the last reflection (column c - 1) to the columns after it, then multiplies column c
/// with all columns of the block, in one pass: 4 (8 - c) + 16 FLOPs and 128 bytes (L1) per row.
template <int c>
void pass(double* columns, int stride, int n_packs, double scale, Pack const& update,
          double (&products)[lanes]) {
  Pack sum[lanes];
  for (Pack& s : sum)
    s = Pack(0.);
  for (int i = 0; i < n_packs; ++i) {
    Pack x[lanes];
    double* const at = columns + i * lanes;
    for (int k = c < lanes ? 0 : c - 1; k < lanes; ++k)
      x[k] = lane_load<Pack>(at + static_cast<std::ptrdiff_t>(k) * stride);
    if constexpr (c > 0) {
      x[c - 1] = Pack(scale) * x[c - 1];
      lane_store(at + static_cast<std::ptrdiff_t>(c - 1) * stride, x[c - 1]);
      for (int k = c; k < lanes; ++k) {
        x[k] = x[k] - x[c - 1] * Pack(update[k]);
        lane_store(at + static_cast<std::ptrdiff_t>(k) * stride, x[k]);
      }
    }
    if constexpr (c < lanes)
      for (int k = 0; k < lanes; ++k)
        sum[k] += x[c] * x[k];
  }
  for (int k = 0; k < lanes; ++k)
    products[k] = lane_sum(sum[k]);
}

} // namespace

/// Reflects the columns of one block, one after the other, and computes T of the block.
void BlockReflector::reflect_block(int block) {
  int const first = block * lanes;
  double products[lanes], scale = 0;
  Pack update(0.);
  auto const reflect = [&](auto constant) {
    constexpr int c = constant();
    pass<c>(column(first), stride_, stride_ / lanes, scale, update, products);
    if constexpr (c < lanes) {
      // v is a multiple of the column, so its products with all columns follow from those of the
      // column.
      Reflection const reflection = Reflection::of(r_[first + c][first + c], products[c]);
      double const tau = reflection.tau;
      scale = reflection.scale;
      r_[first + c][first + c] = reflection.beta;
      for (int k = c + 1; k < lanes; ++k) {
        double& entry = r_[first + k][first + c];
        double const moved = tau * (entry + scale * products[k]);
        update.set(k, moved);
        entry -= moved;
      }
      for (int k = 0; k < c; ++k) { // T(k, c) = -tau sum_q T(k, q) v_q^T v_c
        double sum = 0;
        for (int q = k; q < c; ++q)
          sum += t_[first + k][block][q] * products[q];
        t_[first + k][block].set(c, -tau * scale * sum);
      }
      t_[first + c][block] = Pack(0.);
      t_[first + c][block].set(c, tau);
    }
  };
  [&]<int... c>(std::integer_sequence<int, c...>) {
    (reflect(std::integral_constant<int, c>()), ...);
  }
  (std::make_integer_sequence<int, lanes + 1>());

  Pack* const rows = across_.data() + static_cast<std::ptrdiff_t>(block) * m_;
  double const* const v = column(first);
  for (int i = 0; i < m_; ++i)
    for (int k = 0; k < lanes; ++k)
      rows[i].set(k, v[static_cast<std::ptrdiff_t>(k) * stride_ + i]);
}

/// Computes T between earlier blocks and this one: T_12 = -T_1 (V_1^T V_2) T_2.
void BlockReflector::join(int block) {
  int const first = block * lanes;
  Pack turned[width]; // (V_1^T V_2) T_2, row by row
  std::fill_n(turned, first, Pack(0.));
  for (int begin = 0; begin < lanes; begin += wide) {
    int const count = std::min(wide, lanes - begin);
    double const* v[wide];
    for (int c = 0; c < wide; ++c)
      v[c] = column(first + begin + std::min(c, count - 1));
    for_tiles(0, block, [&](int p, auto packs) {
      auto const tile = multiply_across<packs()>(across_, m_, p, v);
      for (int q = 0; q < packs(); ++q)
        for (int i = 0; i < lanes; ++i)
          for (int c = 0; c < count; ++c)
            turned[(p + q) * lanes + i] += Pack(tile.sum[q][c][i]) * t_[first + begin + c][block];
    });
  }
  for (int k = 0; k < first; ++k) {
    Pack sum(0.);
    for (int q = k; q < first; ++q)
      sum += Pack(t_[k][q / lanes][q % lanes]) * turned[q];
    t_[k][block] = -sum;
  }
}

void BlockReflector::factorize(double* r, int ld_r, double const* rows, int ld, int m, int count) {
  m_ = m;
  stride_ = (m + tall * lanes - 1) / (tall * lanes) * (tall * lanes);
  v_.resize(static_cast<std::size_t>(width) * stride_ / lanes);
  across_.resize(static_cast<std::size_t>(n_blocks) * m);
  for (int k = 0; k < width; ++k) {
    double* const v = column(k);
    int const present = k < count ? m : 0;
    std::copy_n(rows + static_cast<std::size_t>(k < count ? k : 0) * ld, present, v);
    std::fill(v + present, v + stride_, 0.);
    std::fill_n(r_[k], width, 0.);
    if (k < count)
      std::copy_n(r + static_cast<std::size_t>(k) * ld_r, k + 1, r_[k]);
  }
  // A block is applied to the rest of its half at once, the first half to the second as a whole.
  int const used = (count + lanes - 1) / lanes;
  auto const apply_to_panel = [&](int begin, int end, int last) {
    int const first = end * lanes;
    apply_blocks(begin, end,
                 {r_[0] + first * width, width, column(first), stride_, last * lanes - first});
  };
  for (int block = 0; block < used; ++block) {
    reflect_block(block);
    join(block);
    bool const in_first = block < n_blocks / 2;
    apply_to_panel(block, block + 1, in_first ? std::min(used, n_blocks / 2) : used);
    if (block + 1 == n_blocks / 2)
      apply_to_panel(0, block + 1, used);
  }
  for (int k = 0; k < count; ++k)
    std::copy_n(r_[k], k + 1, r + static_cast<std::size_t>(k) * ld_r);
}

/// Applies blocks [begin, end) of the reflections to `wide` columns at a time, which stay in the
/// caches from V^T C to the update C - V T^T (top + V^T C).
void BlockReflector::apply_blocks(int begin, int end, Columns const& columns) const {
  double const* const v = reinterpret_cast<double const*>(v_.data());
  double const* const t = reinterpret_cast<double const*>(t_);
  for (int group = 0; group < columns.count; group += wide) {
    int const count = std::min(wide, columns.count - group);
    alignas(64) double along[wide][width], moved[wide][width];
    double const *rows[wide], *sums[wide], *weights[wide];
    double* tops[wide];
    for (int c = 0; c < wide; ++c) { // beyond the last column: the last one again
      std::size_t const k = group + std::min(c, count - 1);
      rows[c] = columns.rows + k * columns.ld;
      tops[c] = columns.top + k * columns.ld_r;
      sums[c] = along[c] + begin * lanes;
      weights[c] = moved[c] + begin * lanes;
    }
    for_tiles(begin, end, [&](int p, auto packs) {
      auto const tile = multiply_across<packs()>(across_, m_, p, rows);
      for (int c = 0; c < wide; ++c)
        for (int q = 0; q < packs(); ++q)
          lane_store(along[c] + (p + q) * lanes,
                     tile.sum[q][c] + lane_load_unaligned<Pack>(tops[c] + (p + q) * lanes));
    });
    for_tiles(begin, end, [&](int p, auto packs) {
      auto const tile = multiply<packs()>(
          (p + packs() - begin) * lanes, t + begin * lanes * width + p * lanes, width, lanes, sums);
      for (int c = 0; c < wide; ++c)
        for (int q = 0; q < packs(); ++q)
          lane_store(moved[c] + (p + q) * lanes, tile.sum[q][c]);
    });
    for (int c = 0; c < count; ++c)
      for (int i = begin * lanes; i < end * lanes; ++i)
        tops[c][i] -= moved[c][i];
    for_tiles(0, stride_ / lanes, [&](int p, auto packs) {
      auto const tile =
          multiply<packs()>((end - begin) * lanes,
                            v + static_cast<std::ptrdiff_t>(begin) * lanes * stride_ + p * lanes,
                            stride_, lanes, weights);
      for (int c = 0; c < count; ++c)
        for (int q = 0; q < packs(); ++q) {
          int const i = (p + q) * lanes;
          double* const to = columns.rows + (static_cast<std::size_t>(group) + c) * columns.ld + i;
          if (i + lanes <= m_)
            lane_store_unaligned(to, lane_load_unaligned<Pack>(to) - tile.sum[q][c]);
          else
            for (int x = 0; x < m_ - i; ++x)
              to[x] -= tile.sum[q][c][x];
        }
    });
  }
}

void BlockReflector::apply(double* top, int ld_r, double* columns, int ld, int count) const {
  apply_blocks(0, n_blocks, {top, ld_r, columns, ld, count});
}

} // namespace kolace::detail
