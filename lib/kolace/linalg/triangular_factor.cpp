// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/linalg/triangular_factor.hpp>

#include <kolace/core/contracts.hpp>
#include <kolace/core/host_threads.hpp>
#include <kolace/core/tuning.hpp>
#include <kolace/linalg/detail/block_reflector.hpp>
#include <kolace/linalg/detail/lapack.hpp>
#include <kolace/linalg/detail/svd.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace kolace {

TriangularFactor::TriangularFactor(int n_unknowns)
    : n_(n_unknowns + 1), r_(static_cast<std::size_t>(n_) * n_, 0.) {}

namespace {

using detail::BlockReflector;

constexpr int panel = BlockReflector::width;
constexpr int share = HostQrTuning::share;
constexpr int most_rows = HostQrTuning::most_rows;

/// QR update with m rows; destroys them. One thread computes the next panel's reflections while the
/// others apply the current panel's to the columns after it.
/// @param triangular the rows are an upper triangle (zero left of the diagonal)
void qr_update(double* r, int n, double* rows, int m, int ld, bool triangular) {
  thread_local BlockReflector panels[2]; // keeps its memory between calls
  BlockReflector* const two = panels;
  auto const at = [&](double* matrix, int row, int column, int stride) {
    return matrix + static_cast<std::size_t>(column) * stride + row;
  };
  auto const factorize = [&](int first) {
    int const behind = std::min(first + panel, n);
    two[first / panel % 2].factorize(at(r, first, first, n), n, at(rows, 0, first, ld), ld,
                                     triangular ? std::min(behind, m) : m, behind - first);
  };
  auto const apply = [&](int first, int begin, int end) {
    two[first / panel % 2].apply(at(r, first, begin, n), n, at(rows, 0, begin, ld), ld,
                                 end - begin);
  };
  factorize(0);
  for (int first = 0; first + panel < n; first += panel) {
    int const next = first + panel, behind = std::min(next + panel, n), rest = n - behind;
    for_each_on_host("kolace::linalg::qr_update", 1 + (rest + share - 1) / share, [&](int k) {
      if (k == 0) {
        apply(first, next, behind);
        factorize(next);
      } else {
        int const begin = behind + (k - 1) * share;
        apply(first, begin, std::min(begin + share, n));
      }
    });
  }
}

} // namespace

void TriangularFactor::add_rows(double* rows, int m, int ld) {
  KOLACE_EXPECT(m >= 0 && ld >= m, m, ld);
  n_rows_ += m;
  int const parts = (m + most_rows - 1) / most_rows;
  for (int part = 0, begin = 0; part < parts; ++part) {
    int const end = static_cast<int>(static_cast<long>(m) * (part + 1) / parts);
    qr_update(r_.data(), n_, rows + begin, end - begin, ld, false);
    begin = end;
  }
}

void TriangularFactor::merge(TriangularFactor const& other, double scale) {
  if (other.n_ != n_)
    throw std::invalid_argument("TriangularFactor::merge: different numbers of unknowns");
  if (other.empty() || scale == 0)
    return;
  std::vector<double> rows(other.r_);
  for (double& x : rows)
    x *= scale;
  if (std::all_of(r_.begin(), r_.end(), [](double x) { return x == 0; }))
    r_ = std::move(rows);
  else
    qr_update(r_.data(), n_, rows.data(), n_, n_, true);
  n_rows_ += other.n_rows_;
}

void TriangularFactor::add_ridge(double lambda, int n) {
  if (lambda == 0)
    return;
  std::vector<double> weights(n_unknowns(), 0.);
  std::fill(weights.begin(), weights.begin() + n, lambda);
  add_penalty(weights);
}

void TriangularFactor::add_penalty(std::vector<double> const& weights) {
  if (static_cast<int>(weights.size()) != n_unknowns())
    throw std::invalid_argument("TriangularFactor::add_penalty: wrong number of weights");
  TriangularFactor diagonal(n_unknowns());
  for (int i = 0; i < n_unknowns(); ++i)
    diagonal.r_[static_cast<std::size_t>(i) * n_ + i] = std::sqrt(weights[i]);
  diagonal.n_rows_ = 1; // so that it is not skipped as empty
  long const rows = n_rows_;
  merge(diagonal);
  n_rows_ = rows;
}

TriangularFactor TriangularFactor::select(std::vector<int> const& columns) const {
  int const k = static_cast<int>(columns.size());
  TriangularFactor part(k);
  bool leading = true;
  for (int j = 0; j < k; ++j) {
    if (columns[j] < 0 || columns[j] >= n_unknowns())
      throw std::invalid_argument("TriangularFactor::select: no such column");
    leading = leading && columns[j] == j;
  }
  auto const column = [&](int j) {
    return r_.data() + static_cast<std::size_t>(j < k ? columns[j] : n_ - 1) * n_;
  };
  if (leading) {
    for (int j = 0; j <= k; ++j)
      std::copy_n(column(j), k, part.r_.data() + static_cast<std::size_t>(j) * (k + 1));
    double corner = 0;
    for (int i = k; i < n_; ++i)
      corner = std::hypot(corner, column(k)[i]);
    part.r_.back() = corner;
  } else {
    std::vector<double> rows;
    rows.reserve(static_cast<std::size_t>(k + 1) * n_);
    for (int j = 0; j <= k; ++j)
      rows.insert(rows.end(), column(j), column(j) + n_);
    part.add_rows(rows.data(), n_, n_);
  }
  part.n_rows_ = n_rows_;
  return part;
}

TriangularFactor TriangularFactor::trailing(int first) const {
  TriangularFactor rest(n_unknowns() - first);
  for (int j = first; j < n_; ++j)
    std::copy_n(r_.data() + static_cast<std::size_t>(j) * n_ + first, n_ - first,
                rest.r_.data() + static_cast<std::size_t>(j - first) * rest.n_);
  rest.n_rows_ = n_rows_;
  return rest;
}

bool TriangularFactor::is_zero_column(int unknown) const {
  auto const first = r_.begin() + static_cast<std::ptrdiff_t>(unknown) * n_;
  return std::all_of(first, first + unknown + 1, [](double x) { return x == 0; });
}

bool TriangularFactor::is_finite() const {
  return std::all_of(r_.begin(), r_.end(), [](double x) { return std::isfinite(x); });
}

double TriangularFactor::residual_square(std::vector<double> const& coefficients) const {
  double sum = 0;
  for (double const r : residual(*this, coefficients))
    sum += r * r;
  return sum;
}

std::vector<double> residual(TriangularFactor const& factor,
                             std::vector<double> const& coefficients) {
  int const n = factor.n_unknowns();
  if (static_cast<int>(coefficients.size()) != n)
    throw std::invalid_argument("residual: wrong number of coefficients");
  std::vector<double> result(n + 1);
  for (int i = 0; i <= n; ++i)
    result[i] = -factor(i, n);
  for (int j = 0; j < n; ++j) // by columns, which are contiguous
    for (int i = 0; i <= j; ++i)
      result[i] += factor(i, j) * coefficients[j];
  return result;
}

namespace {

using Extended = long double;

/// The nonzero columns of R, stored contiguously, and the target.
struct Columns {
  int n_rows = 0;
  std::vector<int> unknowns;     ///< unknown of each column, [n_columns]
  std::vector<double> a, target; ///< column-major [n_rows][n_columns], [n_rows]
  std::vector<double> lengths;   ///< norm of each column, [n_columns]

  explicit Columns(TriangularFactor const& factor)
      : n_rows(factor.n_unknowns() + 1), target(n_rows) {
    int const n = factor.n_unknowns();
    for (int i = 0; i <= n; ++i)
      target[i] = factor(i, n);
    for (int j = 0; j < n; ++j) {
      double length = 0;
      for (int i = 0; i <= j; ++i)
        length = std::hypot(length, factor(i, j));
      if (length == 0)
        continue;
      unknowns.push_back(j);
      lengths.push_back(length);
      for (int i = 0; i <= n; ++i)
        a.push_back(i <= j ? factor(i, j) : 0);
    }
  }

  int n_columns() const { return static_cast<int>(unknowns.size()); }

  /// |a c - target|^2 in extended precision: for large c, doubles would not distinguish two
  /// solutions.
  Extended residual_square(std::vector<double> const& c) const {
    std::vector<Extended> r(target.begin(), target.end());
    for (int j = 0; j < n_columns(); ++j)
      for (int i = 0; i <= unknowns[j]; ++i)
        r[i] -= static_cast<Extended>(c[j]) * a[static_cast<std::size_t>(j) * n_rows + i];
    Extended sum = 0;
    for (Extended const x : r)
      sum += x * x;
    return sum;
  }
};

/// Minimum-norm least squares by LAPACK: singular values below cutoff · largest count as zero.
Solution minimum_norm(Columns const& columns, double cutoff) {
  int const m = columns.n_rows, n = columns.n_columns(), one = 1, query = -1;
  Solution solution;
  std::vector<double> a = columns.a;
  std::vector<double>& c = solution.coefficients;
  c = columns.target;
  std::vector<double>& s = solution.singular_values;
  s.resize(n);
  int info = 0, integers_size = 0;
  double size = 0;
  dgelsd_(&m, &n, &one, a.data(), &m, c.data(), &m, s.data(), &cutoff, &solution.rank, &size,
          &query, &integers_size, &info);
  detail::check(info, "dgelsd");
  int const length = static_cast<int>(size);
  std::vector<double> work(length);
  std::vector<int> integers(std::max(integers_size, 1));
  dgelsd_(&m, &n, &one, a.data(), &m, c.data(), &m, s.data(), &cutoff, &solution.rank, work.data(),
          &length, integers.data(), &info);
  if (info > 0) { // divide and conquer may fail for extreme condition numbers
    a = columns.a;
    c = columns.target;
    dgelss_(&m, &n, &one, a.data(), &m, c.data(), &m, s.data(), &cutoff, &solution.rank, &size,
            &query, &info);
    work.resize(static_cast<std::size_t>(size));
    int const more = static_cast<int>(size);
    dgelss_(&m, &n, &one, a.data(), &m, c.data(), &m, s.data(), &cutoff, &solution.rank,
            work.data(), &more, &info);
  }
  detail::check(info, "least squares by singular values (dgelsd, dgelss)");
  c.resize(n);
  return solution;
}

/// Improves a solution with singular values below the cutoff by directions that the cutoff removed.
///
/// The cutoff can raise the loss of a larger model above that of a smaller one: removing a
/// direction of singular value s that the data need with a coefficient c adds s c to the residual.
/// A ridge has no cutoff: with columns of unit length and a strength lambda, its loss is at most
/// lambda |c|^2 above that of any c, including those of smaller models. Decreasing strengths are
/// tried; a solution is accepted if its residual, computed in extended precision, is smaller by
/// more than rounding of R (eps of each column) could explain.
void keep_what_lowers_the_loss(Columns const& columns, Solution& solution) {
  constexpr Extended significant = 1e-9L; // relative decrease of the loss
  int const n = columns.n_columns();
  std::size_t const m = columns.n_rows;
  TriangularFactor scaled(n);
  std::vector<double> rows(columns.a);
  // Columns that consist of rounding errors (functions that vanish on the data) are left out:
  // coefficient 0.
  double const longest = *std::max_element(columns.lengths.begin(), columns.lengths.end());
  for (int j = 0; j < n; ++j)
    for (std::size_t i = 0; i < m; ++i)
      rows[j * m + i] *= columns.lengths[j] > 1e-12 * longest ? 1 / columns.lengths[j] : 0;
  rows.insert(rows.end(), columns.target.begin(), columns.target.end());
  scaled.add_rows(rows.data(), columns.n_rows, columns.n_rows);
  Extended total = 0;
  for (double const y : columns.target)
    total += static_cast<Extended>(y) * y;
  double const digits = 64 * std::numeric_limits<double>::epsilon() * n;
  Extended const noise = static_cast<Extended>(digits * digits) * total; // loss of an exact fit
  Extended least = columns.residual_square(solution.coefficients);
  for (double strength = 1e-20; strength > 1e-29; strength *= 1e-2) {
    TriangularFactor regularized = scaled;
    regularized.add_ridge(strength * n, n);
    std::vector<double> c = solve_triangle(regularized);
    double norm = 0;
    for (int j = 0; j < n; ++j) {
      norm = std::hypot(norm, c[j]);
      c[j] /= columns.lengths[j];
    }
    Extended const loss = columns.residual_square(c);
    Extended const rounding = 0.25 * std::numeric_limits<double>::epsilon() *
                              std::sqrt(static_cast<double>(n)) * norm * std::sqrt(least);
    if (loss < least * (1 - significant) - rounding - noise) {
      least = loss;
      solution.coefficients = std::move(c);
    }
  }
}

} // namespace

Solution solve_least_squares(TriangularFactor const& factor, double relative_cutoff) {
  Columns const columns(factor);
  int const n = columns.n_columns();
  double const smallest = std::numeric_limits<double>::min(); // LAPACK would replace 0 by eps
  double const cutoff = relative_cutoff < 0 ? std::numeric_limits<double>::epsilon() * n
                                            : std::max(relative_cutoff, smallest);
  Solution solution;
  if (n > 0) {
    solution = minimum_norm(columns, cutoff);
    solution.condition = solution.rank > 0 ? solution.singular_values[0] /
                                                 solution.singular_values[solution.rank - 1]
                                           : 0;
    if (solution.rank < n && relative_cutoff < 0)
      keep_what_lowers_the_loss(columns, solution);
  }
  std::vector<double> all(factor.n_unknowns(), 0.);
  for (int j = 0; j < n; ++j)
    all[columns.unknowns[j]] = solution.coefficients[j];
  solution.coefficients = std::move(all);
  solution.singular_values.resize(factor.n_unknowns(), 0.);
  return solution;
}

std::vector<double> solve_triangle(TriangularFactor const& factor) {
  int const n = factor.n_unknowns();
  std::vector<double> c(n);
  for (int i = 0; i < n; ++i)
    c[i] = factor(i, n);
  for (int j = n - 1; j >= 0; --j) { // by columns, which are contiguous
    c[j] = c[j] == 0 ? 0 : c[j] / factor(j, j);
    for (int i = 0; i < j; ++i)
      c[i] -= factor(i, j) * c[j];
  }
  return c;
}

} // namespace kolace
