// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/linalg/detail/cholesky_qr.hpp>

#include <kolace/core/spaces.hpp>
#include <kolace/core/tuning.hpp>

#include <KokkosBlas3_gemm.hpp>

#include <algorithm>
#include <limits>
#include <string>

namespace kolace::detail {
namespace {

constexpr int width = KernelQrTuning::panel;
constexpr int block_width = KernelQrTuning::block;

auto range(int begin, int end) {
  return Kokkos::pair<int, int>(begin, end);
}

/// Column j of P and of Z before the solution: R and the rows. One team per column.
template <class Space> struct PreconditionColumn {
  using Policy = Teams<Space, Tuning<Space>::qr_team>;
  Matrix<Space> r, rows, p, z;
  int m;

  KOKKOS_FUNCTION void operator()(typename Policy::member_type const& team) const {
    int const n = r.extent_int(1), j = team.league_rank();
    double square = 0;
    Kokkos::parallel_reduce(
        Kokkos::TeamThreadRange(team, n + m),
        [&](int i, double& sum) {
          double const x = i < n ? (i <= j ? r(i, j) : 0.) : rows(i - n, j);
          z(i, j) = x;
          if (i < n)
            p(i, j) = x;
          sum += x * x;
        },
        square);
    Kokkos::single(Kokkos::PerTeam(team), [&] {
      double const floor =
          square == 0 ? 1. : n * std::numeric_limits<double>::epsilon() * Kokkos::sqrt(square);
      if (Kokkos::abs(r(j, j)) < floor)
        p(j, j) = r(j, j) < 0 ? -floor : floor;
    });
  }
};

/// Solves x P = row for the columns of one panel, whose earlier columns are solved and subtracted:
/// width^2 / 2 multiplications and additions per row.
template <class Space> struct SolvePanel {
  Matrix<Space> z, p;
  int first, count;

  KOKKOS_FUNCTION void operator()(int i) const {
    double x[width];
#pragma unroll // so that x stays in registers
    for (int k = 0; k < width; ++k) {
      if (k < count) {
        double sum = z(i, first + k);
#pragma unroll
        for (int q = 0; q < k; ++q)
          sum -= x[q] * p(first + q, first + k);
        x[k] = sum / p(first + k, first + k);
        z(i, first + k) = x[k];
      }
    }
  }
};

template <class Space> struct CopyDiagonal {
  Matrix<Space> gram;
  Array<double, Space> diagonal;
  KOKKOS_FUNCTION void operator()(int j) const { diagonal(j) = gram(j, j); }
};

/// Cholesky factor of one diagonal block of the Gram matrix. One team; zero columns stay zero.
template <class Space> struct FactorizeBlock {
  using Policy = Teams<Space, width>;
  Matrix<Space> gram;
  Array<double, Space> diagonal, worst;
  int first, count;

  KOKKOS_FUNCTION void operator()(typename Policy::member_type const& team) const {
    for (int k = 0; k < count; ++k) {
      int const at = first + k;
      double const pivot = gram(at, at), whole = diagonal(at);
      double const root = whole > 0 && pivot > 0 ? Kokkos::sqrt(pivot) : 0;
      team.team_barrier(); // all threads have read the pivot
      Kokkos::parallel_for(Kokkos::TeamThreadRange(team, k, count), [&](int j) {
        double& entry = gram(at, first + j);
        if (j > k)
          entry = root > 0 ? entry / root : 0.;
        else {
          entry = root;
          bool const finite = pivot > 0 && whole < std::numeric_limits<double>::infinity();
          double const share = whole == 0 ? 1. : finite ? pivot / whole : 0.; // NaN: 0
          worst(0) = share < worst(0) ? share : worst(0);
        }
      });
      team.team_barrier();
      Kokkos::parallel_for(Kokkos::TeamThreadRange(team, k + 1, count), [&](int j) {
        for (int i = k + 1; i <= j; ++i)
          gram(first + i, first + j) -= gram(at, first + i) * gram(at, first + j);
      });
      team.team_barrier();
    }
  }
};

/// Row panel of the factor right of its diagonal block: solves C^T x = column.
template <class Space> struct FactorizeColumn {
  Matrix<Space> gram;
  int first, count;

  KOKKOS_FUNCTION void operator()(int j) const {
    double x[width];
#pragma unroll
    for (int k = 0; k < width; ++k) {
      if (k < count) {
        double sum = gram(first + k, j);
#pragma unroll
        for (int q = 0; q < k; ++q)
          sum -= gram(first + q, first + k) * x[q];
        double const root = gram(first + k, first + k);
        x[k] = root > 0 ? sum / root : 0.;
        gram(first + k, j) = x[k];
      }
    }
  }
};

} // namespace

template <class Space> void CholeskyQr<Space>::allocate(Space const& space, int n, int m) {
  auto const alloc = [&](std::string const& label) {
    return Kokkos::view_alloc(space, Kokkos::WithoutInitializing, label);
  };
  if (p_.extent_int(0) != n) {
    p_ = Matrix<Space>(alloc("kolace::linalg::preconditioner"), n, n);
    gram_ = Matrix<Space>(alloc("kolace::linalg::gram"), n, n);
    product_ = Matrix<Space>(alloc("kolace::linalg::product"), n, n);
    diagonal_ = Array<double, Space>(alloc("kolace::linalg::diagonal"), n);
    worst_ = Array<double, Space>(alloc("kolace::linalg::worst_pivot"), 1);
  }
  if (z_memory_.extent_int(0) < n + m || z_memory_.extent_int(1) != n)
    z_memory_ = Matrix<Space>(alloc("kolace::linalg::preconditioned_rows"), n + m, n);
  z_ = Kokkos::subview(z_memory_, range(0, n + m), Kokkos::ALL);
}

template <class Space>
void CholeskyQr<Space>::precondition(Space const& space, Matrix<Space> const& r,
                                     Matrix<Space> const& rows, int m) {
  using Kernel = PreconditionColumn<Space>;
  Kernel const kernel{.r = r, .rows = rows, .p = p_, .z = z_, .m = m};
  Kokkos::parallel_for("kolace::linalg::precondition",
                       team_policy<typename Kernel::Policy>(space, r.extent_int(1),
                                                            Tuning<Space>::qr_team, {}, kernel),
                       kernel);
}

/// Z becomes [R; rows] P^-1: blocks of columns, and panels within a block, each after the product
/// of all earlier columns with P has been subtracted. Wide blocks read the earlier columns seldom.
template <class Space> void CholeskyQr<Space>::solve_rows(Space const& space) {
  int const n = p_.extent_int(0);
  // Subtracts the products of columns [from, first) from columns [first, end).
  auto const subtract = [&](int from, int first, int end) {
    if (from < first)
      KokkosBlas::gemm(space, "N", "N", -1., Kokkos::subview(z_, Kokkos::ALL, range(from, first)),
                       Kokkos::subview(p_, range(from, first), range(first, end)), 1.,
                       Kokkos::subview(z_, Kokkos::ALL, range(first, end)));
  };
  for (int begin = 0; begin < n; begin += block_width) {
    int const block_end = std::min(begin + block_width, n);
    subtract(0, begin, block_end);
    for (int first = begin; first < block_end; first += width) {
      int const end = std::min(first + width, block_end);
      subtract(begin, first, end);
      SolvePanel<Space> const solve{.z = z_, .p = p_, .first = first, .count = end - first};
      Kokkos::parallel_for("kolace::linalg::solve_panel",
                           BoundedRange<Space>(space, 0, z_.extent_int(0)), solve);
    }
  }
}

/// Upper triangle of Z^T Z, in blocks of columns.
template <class Space> void CholeskyQr<Space>::multiply_columns(Space const& space) {
  int const n = p_.extent_int(0);
  for (int first = 0; first < n; first += block_width) {
    int const end = std::min(first + block_width, n);
    KokkosBlas::gemm(space, "T", "N", 1., Kokkos::subview(z_, Kokkos::ALL, range(0, end)),
                     Kokkos::subview(z_, Kokkos::ALL, range(first, end)), 0.,
                     Kokkos::subview(gram_, range(0, end), range(first, end)));
  }
}

/// The Gram matrix becomes its Cholesky factor.
/// @return smallest pivot relative to its diagonal entry; 0 if any is not finite
template <class Space> double CholeskyQr<Space>::factorize(Space const& space) {
  int const n = gram_.extent_int(0);
  Kokkos::parallel_for("kolace::linalg::diagonal", Kokkos::RangePolicy<Space>(space, 0, n),
                       CopyDiagonal<Space>{.gram = gram_, .diagonal = diagonal_});
  Kokkos::deep_copy(space, worst_, 1.);
  for (int first = 0; first < n; first += width) {
    int const end = std::min(first + width, n), count = end - first;
    using Block = FactorizeBlock<Space>;
    Block const block{
        .gram = gram_, .diagonal = diagonal_, .worst = worst_, .first = first, .count = count};
    Kokkos::parallel_for("kolace::linalg::factorize_block",
                         team_policy<typename Block::Policy>(
                             space, 1, std::min(Tuning<Space>::qr_team, width), {}, block),
                         block);
    if (end == n)
      break;
    Kokkos::parallel_for("kolace::linalg::factorize_columns", BoundedRange<Space>(space, end, n),
                         FactorizeColumn<Space>{.gram = gram_, .first = first, .count = count});
    auto const panel = Kokkos::subview(gram_, range(first, end), range(end, n));
    KokkosBlas::gemm(space, "T", "N", -1., panel, panel, 1.,
                     Kokkos::subview(gram_, range(end, n), range(end, n)));
  }
  double worst = 0;
  Kokkos::View<double, Kokkos::HostSpace, Kokkos::MemoryUnmanaged> const on_host(&worst);
  Kokkos::deep_copy(space, on_host, Kokkos::subview(worst_, 0));
  space.fence("kolace::linalg: the pivots are checked on the host");
  return worst;
}

template <class Space>
bool CholeskyQr<Space>::update(Space const& space, Matrix<Space> const& r,
                               Matrix<Space> const& rows, int m) {
  int const n = r.extent_int(1);
  allocate(space, n, m);
  precondition(space, r, rows, m);
  solve_rows(space);
  multiply_columns(space);
  if (factorize(space) < least_pivot)
    return false;
  auto const c = gram_;
  EntryPolicy<Space> const entries(space, {0, 0}, {n, n});
  Kokkos::parallel_for(
      "kolace::linalg::clear_lower", entries, KOKKOS_LAMBDA(long i, long j) {
        if (i > j)
          c(i, j) = 0;
      });
  KokkosBlas::gemm(space, "N", "N", 1., gram_, p_, 0., product_);
  auto const product = product_;
  Kokkos::parallel_for(
      "kolace::linalg::store_factor", entries, KOKKOS_LAMBDA(long i, long j) {
        if (i <= j)
          r(i, j) = product(i, j);
      });
  return true;
}

#define KOLACE_INSTANTIATE(Space) template class CholeskyQr<Space>;
KOLACE_FOR_EACH_EXECUTION_SPACE(KOLACE_INSTANTIATE)
#undef KOLACE_INSTANTIATE

} // namespace kolace::detail
