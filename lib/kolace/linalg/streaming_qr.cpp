// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/linalg/streaming_qr.hpp>

#include <kolace/core/contracts.hpp>
#include <kolace/linalg/detail/reflection.hpp>

#include <KokkosBlas3_gemm.hpp>

#include <algorithm>
#include <stdexcept>

namespace kolace {
namespace detail {

constexpr int panel_width = KernelQrTuning::panel;

/// Products of one column with all columns of its panel.
struct ColumnProducts {
  double with[panel_width] = {};

  KOKKOS_FUNCTION ColumnProducts& operator+=(ColumnProducts const& other) {
    for (int k = 0; k < panel_width; ++k)
      with[k] += other.with[k];
    return *this;
  }
};

} // namespace detail
} // namespace kolace

template <> struct Kokkos::reduction_identity<kolace::detail::ColumnProducts> {
  KOKKOS_FUNCTION static kolace::detail::ColumnProducts sum() { return {}; }
};

namespace kolace {
namespace {

using detail::ColumnProducts;
using detail::panel_width;

constexpr int chunk = KernelQrTuning::chunk; ///< rows per team

/// Data of the kernels of one panel. Column c is reflected by I - tau v v^T with v = (1 in row c of
/// R; scale · rows of the column).
template <class Space> struct Panel {
  int first, width; ///< columns [first, first + width)
  Matrix<Space> r, rows;
  int m;
  Matrix<Space> partial;         ///< [n_chunks][panel_width] products of a column with the panel
  Array<double, Space> products; ///< their sums, [panel_width]
  Array<double, Space> update;   ///< tau (v^T column k) of the last reflection, [panel_width]
  Array<double, Space> scale;    ///< scale of the last reflection, [1]
  Matrix<Space> t;               ///< [panel_width][panel_width]: Q = I - V T V^T, upper triangular
};

/// Applies the last reflection to a chunk of rows and multiplies the next column with all columns
/// of the panel, in one pass. 4 FLOPs and 16 bytes per entry.
template <class Space> struct ReflectChunk {
  using Member = typename Kokkos::TeamPolicy<Space>::member_type;
  Panel<Space> panel;
  int column; ///< next column in the panel; panel.width: none, no products

  KOKKOS_FUNCTION void operator()(Member const& team) const {
    int const begin = team.league_rank() * chunk;
    int const end = begin + chunk < panel.m ? begin + chunk : panel.m;
    ColumnProducts sums;
    Kokkos::parallel_reduce(
        Kokkos::TeamThreadRange(team, begin, end),
        [&](long i, ColumnProducts& sum) { reflect_row(i, sum); },
        Kokkos::Sum<ColumnProducts>(sums));
    Kokkos::single(Kokkos::PerTeam(team), [&] {
      for (int k = 0; k < panel_width; ++k)
        panel.partial(team.league_rank(), k) = sums.with[k];
    });
  }

  KOKKOS_FORCEINLINE_FUNCTION void reflect_row(long i, ColumnProducts& sum) const {
    int const done = column - 1, width = panel.width;
    auto const entry = [&](int k) -> double& { return panel.rows(i, panel.first + k); };
    double const v = done < 0 ? 0 : panel.scale(0) * entry(done);
    // Entry of the next column after its reflection.
    double const next = column == width ? 0
                        : done < 0      ? entry(column)
                                        : entry(column) - v * panel.update(column);
    for (int k = 0; k < panel_width; ++k) { // constant length, so that the sums stay in registers
      double x = k < width ? entry(k) : 0;
      if (done >= 0 && k >= done && k < width) {
        x = k == done ? v : x - v * panel.update(k);
        entry(k) = x;
      }
      sum.with[k] += next * x;
    }
  }
};

/// Computes the reflection of one column from its products with the panel, its row of R and its
/// column of T. One team; (n_chunks + column) width FLOPs.
template <class Space> struct ChooseReflection {
  using Member = typename Kokkos::TeamPolicy<Space>::member_type;
  Panel<Space> panel;
  int column, n_chunks;

  KOKKOS_FUNCTION void operator()(Member const& team) const {
    int const width = panel.width, c = column, row = panel.first + column;
    Kokkos::parallel_for(Kokkos::TeamThreadRange(team, width), [&](int k) {
      double sum = 0;
      for (int part = 0; part < n_chunks; ++part)
        sum += panel.partial(part, k);
      panel.products(k) = sum;
    });
    team.team_barrier();
    // v is a multiple of the column, so its products with all columns follow from those of the
    // column.
    auto const reflection = detail::Reflection::of(panel.r(row, row), panel.products(c));
    double const tau = reflection.tau, scale = reflection.scale;
    team.team_barrier(); // all threads have read R
    Kokkos::parallel_for(Kokkos::TeamThreadRange(team, width), [&](int k) {
      if (k > c) {
        double& entry = panel.r(row, panel.first + k);
        double const moved = tau * (entry + scale * panel.products(k));
        panel.update(k) = moved;
        entry -= moved;
      } else if (k == c) {
        panel.scale(0) = scale;
        panel.t(c, c) = tau;
        panel.r(row, row) = reflection.beta;
      } else { // T(k, c) = -tau sum_q T(k, q) v_q^T v_c
        double sum = 0;
        for (int q = k; q < c; ++q)
          sum += panel.t(k, q) * scale * panel.products(q);
        panel.t(k, c) = -tau * sum;
        panel.t(c, k) = 0;
      }
    });
  }
};

/// Updates the columns after a panel: subtracts V T^T V^T [R; rows] from [R; rows]. 4 m width FLOPs
/// per column.
template <class Space>
void update_rest(Space const& space, Panel<Space> const& panel, Matrix<Space> const& along,
                 Matrix<Space> const& turned) {
  int const n = panel.r.extent_int(1), behind = panel.first + panel.width, width = panel.width;
  if (behind == n)
    return;
  int const first = panel.first;
  auto const r = panel.r;
  auto const range = [](int begin, int end) { return Kokkos::pair<int, int>(begin, end); };
  auto const all_rows = range(0, panel.m), rest = range(behind, n);
  auto const v = Kokkos::subview(panel.rows, all_rows, range(first, behind));
  auto const others = Kokkos::subview(panel.rows, all_rows, rest);
  auto const w = Kokkos::subview(along, range(0, width), rest);
  auto const tw = Kokkos::subview(turned, range(0, width), rest);
  auto const t = Kokkos::subview(panel.t, range(0, width), range(0, width));
  EntryPolicy<Space> const entries(space, {0, behind}, {width, n});
  Kokkos::parallel_for(
      "kolace::linalg::copy_r", entries,
      KOKKOS_LAMBDA(long i, long j) { along(i, j) = r(first + i, j); });
  KokkosBlas::gemm(space, "T", "N", 1., v, others, 1., w);
  KokkosBlas::gemm(space, "T", "N", 1., t, w, 0., tw);
  KokkosBlas::gemm(space, "N", "N", -1., v, tw, 1., others);
  Kokkos::parallel_for(
      "kolace::linalg::update_r", entries,
      KOKKOS_LAMBDA(long i, long j) { r(first + i, j) -= turned(i, j); });
}

} // namespace

template <class Space>
void detail::qr_update_in_kernels(Space const& space, Matrix<Space> const& r,
                                  Matrix<Space> const& rows, int m) {
  using Policy = Teams<Space, Tuning<Space>::qr_team>;
  int const n = r.extent_int(1), n_chunks = (m + chunk - 1) / chunk;
  if (rows.extent_int(0) < m || rows.extent_int(1) != n)
    throw std::invalid_argument("qr_update_in_kernels: the rows do not match the columns of R");
  if (m == 0)
    return;
  auto const alloc = [&](std::string const& label) {
    return Kokkos::view_alloc(space, Kokkos::WithoutInitializing, label);
  };
  Matrix<Space> const along(alloc("kolace::linalg::along"), panel_width, n),
      turned(alloc("kolace::linalg::turned"), panel_width, n);
  Panel<Space> panel{0,
                     0,
                     r,
                     rows,
                     m,
                     Matrix<Space>(alloc("kolace::linalg::partial"), n_chunks, panel_width),
                     Array<double, Space>(alloc("kolace::linalg::products"), panel_width),
                     Array<double, Space>(alloc("kolace::linalg::update"), panel_width),
                     Array<double, Space>(alloc("kolace::linalg::scale"), 1),
                     Matrix<Space>(alloc("kolace::linalg::t"), panel_width, panel_width)};
  for (panel.first = 0; panel.first < n; panel.first += panel_width) {
    panel.width = std::min(panel_width, n - panel.first);
    for (int column = 0; column <= panel.width; ++column) {
      ReflectChunk<Space> const reflect{.panel = panel, .column = column};
      Kokkos::parallel_for(
          "kolace::linalg::reflect",
          team_policy<Policy>(space, n_chunks, Tuning<Space>::qr_team, {}, reflect), reflect);
      if (column == panel.width)
        break;
      ChooseReflection<Space> const choose{.panel = panel, .column = column, .n_chunks = n_chunks};
      Kokkos::parallel_for(
          "kolace::linalg::choose_reflection",
          team_policy<Policy>(space, 1, std::min(Tuning<Space>::qr_team, panel_width), {}, choose),
          choose);
    }
    update_rest(space, panel, along, turned);
  }
}

template <class Space>
void StreamingQr<Space>::add_rows(Space const& space, Matrix<Space> const& rows, int m) {
  KOLACE_EXPECT(m >= 0 && m <= rows.extent_int(0) && rows.extent_int(1) > factor_.n_unknowns(), m,
                rows.extent(0), rows.extent(1), factor_.n_unknowns());
  if (m >= enough) {
    update(space, rows, m);
    return;
  }
  int const n = factor_.n_unknowns() + 1;
  if (kept_.extent(0) == 0)
    kept_ = Matrix<Space>(
        Kokkos::view_alloc(space, Kokkos::WithoutInitializing, "kolace::linalg::kept_rows"), enough,
        n);
  if (n_kept_ + m > enough) {
    update(space, kept_, n_kept_);
    n_kept_ = 0;
  }
  Kokkos::pair<int, int> const from(0, m), to(n_kept_, n_kept_ + m);
  Kokkos::deep_copy(space, Kokkos::subview(kept_, to, Kokkos::ALL),
                    Kokkos::subview(rows, from, Kokkos::ALL));
  n_kept_ += m;
}

template <class Space>
void StreamingQr<Space>::update(Space const& space, Matrix<Space> const& rows, int m) {
  if constexpr (tuned_as_host<Space>) {
    space.fence("kolace::linalg: the host reads the rows");
    factor_.add_rows(rows.data(), m, static_cast<int>(rows.stride(1)));
  } else {
    int const n = factor_.n_unknowns() + 1;
    if (r_.extent(0) == 0)
      r_ = Matrix<Space>(Kokkos::view_alloc(space, "kolace::linalg::r"), n, n);
    int const most = std::max(
        enough, static_cast<int>(sized_by_memory<Space>(Tuning<Space>::qr_update_bytes) / 8 / n));
    for (int first = 0; first < m; first += most) {
      int const end = std::min(first + most, m);
      Matrix<Space> const part =
          Kokkos::subview(rows, Kokkos::pair<int, int>(first, end), Kokkos::ALL);
      if (!cholesky_.update(space, r_, part, end - first))
        detail::qr_update_in_kernels(space, r_, part, end - first);
    }
    factor_.set_n_rows(factor_.n_rows() + m);
  }
}

template <class Space> TriangularFactor StreamingQr<Space>::factor(Space const& space) {
  if (n_kept_ > 0)
    update(space, kept_, n_kept_);
  n_kept_ = 0;
  TriangularFactor result = factor_;
  if (r_.extent(0) > 0) {
    Kokkos::View<double**, Kokkos::LayoutLeft, Kokkos::HostSpace, Kokkos::MemoryUnmanaged> const
        host(result.data().data(), r_.extent(0), r_.extent(1));
    Kokkos::deep_copy(space, host, r_);
    space.fence("kolace::linalg: the factor is returned to the host");
  }
  return result;
}

#define KOLACE_INSTANTIATE(Space)                                                                  \
  template class StreamingQr<Space>;                                                               \
  template void detail::qr_update_in_kernels(Space const&, Matrix<Space> const&,                   \
                                             Matrix<Space> const&, int);
KOLACE_FOR_EACH_EXECUTION_SPACE(KOLACE_INSTANTIATE)
#undef KOLACE_INSTANTIATE

} // namespace kolace
