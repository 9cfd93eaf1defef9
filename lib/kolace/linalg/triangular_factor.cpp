#include <kolace/linalg/triangular_factor.hpp>

#include <kolace/linalg/detail/lapack.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

namespace kolace {
namespace {

void check(int info, char const* routine) {
  if (info != 0)
    throw std::runtime_error(std::string(routine) + " failed with info " + std::to_string(info));
}

} // namespace

TriangularFactor::TriangularFactor(int n_unknowns)
    : n_(n_unknowns + 1), r_(static_cast<std::size_t>(n_) * n_, 0.) {}

void TriangularFactor::add_rows(double* rows, int m, int ld) {
  if (m == 0)
    return;
  n_rows_ += m;
  int info = 0;
  int const block = std::min(64, n_), none = 0;
  work_.resize(2 * static_cast<std::size_t>(block) * n_);
  dtpqrt_(&m, &n_, &none, &block, r_.data(), &n_, rows, &ld, work_.data(), &block,
          work_.data() + static_cast<std::size_t>(block) * n_, &info);
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
  TriangularFactor diagonal(n_unknowns());
  for (int i = 0; i < n; ++i)
    diagonal.r_[static_cast<std::size_t>(i) * n_ + i] = 1;
  diagonal.n_rows_ = 1; // so that it is not skipped as empty
  long const rows = n_rows_;
  merge(diagonal, std::sqrt(lambda));
  n_rows_ = rows;
}

bool TriangularFactor::is_finite() const {
  return std::all_of(r_.begin(), r_.end(), [](double x) { return std::isfinite(x); });
}

double TriangularFactor::residual_square(std::vector<double> const& coefficients) const {
  if (static_cast<int>(coefficients.size()) != n_unknowns())
    throw std::invalid_argument("TriangularFactor::residual_square: wrong number of coefficients");
  double sum = 0;
  for (int i = 0; i < n_; ++i) {
    double residual = -(*this)(i, n_ - 1);
    for (int j = i; j < n_ - 1; ++j)
      residual += (*this)(i, j) * coefficients[j];
    sum += residual * residual;
  }
  return sum;
}

Solution solve_least_squares(TriangularFactor const& factor, double relative_cutoff) {
  int const n = factor.n_unknowns();
  Solution solution;
  solution.coefficients.assign(n, 0.);
  if (n == 0)
    return solution;
  std::vector<double> a(static_cast<std::size_t>(n) * n), u(a.size()), vt(a.size()), s(n);
  for (int j = 0; j < n; ++j)
    for (int i = 0; i < n; ++i)
      a[static_cast<std::size_t>(j) * n + i] = i <= j ? factor(i, j) : 0;
  std::vector<int> integers(8 * n);
  double size = 0;
  int info = 0, query = -1;
  char const all = 'A';
  dgesdd_(&all, &n, &n, a.data(), &n, s.data(), u.data(), &n, vt.data(), &n, &size, &query,
          integers.data(), &info);
  check(info, "dgesdd");
  int const length = static_cast<int>(size);
  std::vector<double> work(length);
  dgesdd_(&all, &n, &n, a.data(), &n, s.data(), u.data(), &n, vt.data(), &n, work.data(), &length,
          integers.data(), &info);
  check(info, "dgesdd");

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
  solution.singular_values = std::move(s);
  return solution;
}

} // namespace kolace
