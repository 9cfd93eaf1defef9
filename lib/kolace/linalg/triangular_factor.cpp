#include <kolace/linalg/triangular_factor.hpp>

#include <kolace/linalg/detail/lapack.hpp>
#include <kolace/linalg/detail/svd.hpp>

#include <Kokkos_Core.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace kolace {
using detail::check;

TriangularFactor::TriangularFactor(int n_unknowns)
    : n_(n_unknowns + 1), r_(static_cast<std::size_t>(n_) * n_, 0.) {}

namespace {

constexpr int panel = 48; ///< columns of a block reflector applied by matrix products
constexpr int inner = 8;  ///< columns factorised one by one
using Space = Kokkos::DefaultHostExecutionSpace;

void multiply(char ta, char tb, int m, int n, int k, double alpha, double const* a, int lda,
              double const* b, int ldb, double beta, double* c, int ldc) {
  dgemm_(&ta, &tb, &m, &n, &k, &alpha, a, &lda, b, &ldb, &beta, c, &ldc);
}

/// T of one block reflector I - V T V^T, V = (1; v), from those of its blocks of `inner` columns:
/// T_12 = -T_1 (v_1^T v_2) T_2.
/// @param blocks [inner][width], each block's T upper triangular
/// @param t [width][width], result; `products` and `half` are workspace of that size
void join_blocks(double const* v, int m, int ld, int width, double const* blocks, int block,
                 double* t, double* products, double* half) {
  multiply('T', 'N', width, width, m, 1, v, ld, v, ld, 0, products, width);
  std::fill_n(t, width * width, 0.);
  for (int first = 0; first < width; first += block) {
    int const count = std::min(block, width - first);
    double* const column = t + first * width;
    for (int j = 0; j < count; ++j)
      std::copy_n(blocks + (first + j) * block, j + 1, column + j * width + first);
    if (first == 0)
      continue;
    multiply('N', 'N', first, count, first, -1, t, width, products + first * width, width, 0, half,
             width);
    multiply('N', 'N', first, count, count, 1, half, width, column + first, width, 0, column,
             width);
  }
}

} // namespace

// dtpqrt of all columns spends a third of the time in single columns, on one thread. Here a panel
// is factorised while other threads still update the columns behind it.
void TriangularFactor::add_rows(double* rows, int m, int ld) {
  if (m == 0)
    return;
  n_rows_ += m;
  std::size_t const square = panel * panel, wide = std::max<std::size_t>(panel * n_, square);
  work_.resize(5 * square + 2 * wide);
  double* const w = work_.data() + 5 * square; // [panel] x columns, for each thread's share
  double* const turned = w + wide;
  auto const reflector = [&](int first) { // T of the panel from `first` on
    return work_.data() + first / panel % 2 * square;
  };
  auto const factorise = [&](int first) {
    int const width = std::min(panel, n_ - first), block = std::min(inner, width), none = 0;
    int info = 0;
    double* const v = rows + static_cast<std::size_t>(first) * ld;
    double* const blocks = work_.data() + 2 * square;
    double* const half = blocks + square;
    dtpqrt_(&m, &width, &none, &block, r_.data() + static_cast<std::size_t>(first) * n_ + first,
            &n_, v, &ld, blocks, &block, half, &info);
    if (info == 0)
      join_blocks(v, m, ld, width, blocks, block, reflector(first), half + square, half);
    return info;
  };
  // Columns [begin, end) of rows and R minus (1; v) T^T (their product with (1; v)).
  auto const update = [&](int first, int begin, int end) {
    int const width = panel, count = end - begin;
    double const* const v = rows + static_cast<std::size_t>(first) * ld;
    double* const columns = rows + static_cast<std::size_t>(begin) * ld;
    double* const top = r_.data() + static_cast<std::size_t>(begin) * n_ + first;
    double *const product = w + begin * panel, *const weights = turned + begin * panel;
    for (int j = 0; j < count; ++j)
      std::copy_n(top + static_cast<std::size_t>(j) * n_, width, product + j * width);
    multiply('T', 'N', width, count, m, 1, v, ld, columns, ld, 1, product, width);
    multiply('T', 'N', width, count, width, 1, reflector(first), width, product, width, 0, weights,
             width);
    multiply('N', 'N', m, count, width, -1, v, ld, weights, width, 1, columns, ld);
    for (int j = 0; j < count; ++j)
      for (int i = 0; i < width; ++i)
        top[static_cast<std::size_t>(j) * n_ + i] -= weights[j * width + i];
  };

  int info = factorise(0);
  for (int first = 0; first + panel < n_ && info == 0; first += panel) {
    int const next = first + panel, behind = std::min(next + panel, n_), rest = n_ - behind;
    int const share = std::clamp((rest / (2 * Space().concurrency()) + 7) / 8 * 8, 16, 128);
    Kokkos::parallel_for("kolace::linalg::update_columns",
                         Kokkos::RangePolicy<Space, Kokkos::Schedule<Kokkos::Dynamic>>(
                             0, 1 + (rest + share - 1) / share, Kokkos::ChunkSize(1)),
                         [&](int k) {
                           if (k == 0) {
                             update(first, next, behind);
                             info = factorise(next);
                           } else {
                             int const begin = behind + (k - 1) * share;
                             update(first, begin, std::min(begin + share, n_));
                           }
                         });
  }
  check(info, "dtpqrt");
}

void TriangularFactor::merge(TriangularFactor const& other, double scale) {
  if (other.n_ != n_)
    throw std::invalid_argument("TriangularFactor::merge: different numbers of unknowns");
  if (other.empty() || scale == 0)
    return;
  std::vector<double> rows(other.r_);
  for (double& x : rows)
    x *= scale;
  // dtpqrt knows that B is triangular: l = n.
  int info = 0;
  int const block = std::min(64, n_);
  work_.resize(2 * static_cast<std::size_t>(block) * n_);
  dtpqrt_(&n_, &n_, &n_, &block, r_.data(), &n_, rows.data(), &n_, work_.data(), &block,
          work_.data() + static_cast<std::size_t>(block) * n_, &info);
  check(info, "dtpqrt");
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
  for (int j = 0; j < n; ++j) // columns: contiguous
    for (int i = 0; i <= j; ++i)
      result[i] += factor(i, j) * coefficients[j];
  return result;
}

Solution solve_least_squares(TriangularFactor const& factor, double relative_cutoff) {
  int const n = factor.n_unknowns();
  Solution solution;
  solution.coefficients.assign(n, 0.);
  if (n == 0)
    return solution;
  auto const [u, s, vt] = detail::singular_values(detail::unknowns_of(factor), n);

  double const epsilon = std::numeric_limits<double>::epsilon();
  double const cutoff = (relative_cutoff < 0 ? epsilon * n : relative_cutoff) * s[0];
  for (int k = 0; k < n && s[k] > cutoff; ++k) {
    double along = 0;
    for (int i = 0; i < n; ++i)
      along += u[static_cast<std::size_t>(k) * n + i] * factor(i, n);
    for (int j = 0; j < n; ++j)
      solution.coefficients[j] += vt[static_cast<std::size_t>(j) * n + k] * (along / s[k]);
    solution.rank = k + 1;
  }
  solution.condition = solution.rank > 0 ? s[0] / s[solution.rank - 1] : 0;
  solution.singular_values = s;
  return solution;
}

} // namespace kolace
