// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/linalg/bidiagonal_ridge.hpp>

#include <kolace/core/contracts.hpp>
#include <kolace/linalg/detail/free_unknowns.hpp>
#include <kolace/linalg/detail/lapack.hpp>
#include <kolace/linalg/detail/svd.hpp>

#include <algorithm>
#include <cmath>

namespace kolace {
namespace {

/// x <- Q^T x ('Q') or P x ('P') for the reflections of dgebrd.
void apply(char which, std::vector<double> const& reflections, std::vector<double> const& tau,
           std::vector<double>& x) {
  int const n = static_cast<int>(x.size()), one = 1, query = -1;
  char const left = 'L', transposed = which == 'Q' ? 'T' : 'N';
  int info = 0;
  double size = 0;
  auto const call = [&](double* work, int const* length) {
    dormbr_(&which, &left, &transposed, &n, &one, &n, reflections.data(), &n, tau.data(), x.data(),
            &n, work, length, &info);
    detail::check(info, "dormbr");
  };
  call(&size, &query);
  int const length = std::max(static_cast<int>(size), 1);
  std::vector<double> work(length);
  call(work.data(), &length);
}

} // namespace

BidiagonalRidge::BidiagonalRidge(TriangularFactor const& factor, RidgeWeights const& weights)
    : flat_(factor, weights), n_(flat_.n_reduced()), n_free_(flat_.n_determined()),
      ordered_(flat_.reduce(factor)) {
  TriangularFactor const rest = ordered_.trailing(n_free_);
  int const n = n_ - n_free_;
  if (n == 0)
    return;
  for (int j = n_free_; j < n_; ++j)
    root_weights_.push_back(std::sqrt(flat_.weights()[j]));
  reflections_ = detail::unknowns_of(rest);
  for (int j = 0; j < n; ++j)
    for (int i = 0; i < n; ++i)
      reflections_[static_cast<std::size_t>(j) * n + i] /= root_weights_[j];
  diagonal_.resize(n);
  above_.resize(std::max(n - 1, 1));
  std::vector<double> tau_q(n);
  tau_p_.resize(n);
  int info = 0, query = -1;
  double size = 0;
  dgebrd_(&n, &n, reflections_.data(), &n, diagonal_.data(), above_.data(), tau_q.data(),
          tau_p_.data(), &size, &query, &info);
  detail::check(info, "dgebrd");
  int const length = static_cast<int>(size);
  std::vector<double> work(length);
  dgebrd_(&n, &n, reflections_.data(), &n, diagonal_.data(), above_.data(), tau_q.data(),
          tau_p_.data(), work.data(), &length, &info);
  detail::check(info, "dgebrd");
  for (int i = 0; i < n; ++i)
    rotated_.push_back(rest(i, n));
  apply('Q', reflections_, tau_q, rotated_);

  std::vector<double> d = diagonal_, e = above_;
  char const upper = 'U';
  int const none = 0, one = 1;
  work.assign(4 * static_cast<std::size_t>(n), 0.);
  double unused = 0;
  dbdsqr_(&upper, &n, &none, &none, &none, d.data(), e.data(), &unused, &one, &unused, &one,
          &unused, &one, work.data(), &info);
  detail::check(info, "dbdsqr");
  largest_ = d[0];
}

std::vector<double> BidiagonalRidge::coefficients(double strength) const {
  KOLACE_EXPECT(strength > 0, strength);
  int const n = n_ - n_free_;
  double const root = std::sqrt(strength);
  // Solves [B; root 1] z = [Q^T y; 0]: rotating away the entry below column i creates one below
  // column i + 1.
  std::vector<double> d(n), e(n, 0.), z(n);
  double below = root, below_target = 0;
  for (int i = 0; i < n; ++i) {
    double const length = std::hypot(diagonal_[i], below), c = diagonal_[i] / length,
                 s = below / length;
    d[i] = length;
    z[i] = c * rotated_[i] + s * below_target;
    double const left = c * below_target - s * rotated_[i];
    if (i + 1 == n)
      break;
    e[i] = c * above_[i];
    double const fill = -s * above_[i];
    below = std::hypot(fill, root);
    below_target = fill * left / below;
  }
  for (int i = n - 1; i >= 0; --i)
    z[i] = (z[i] - (i + 1 < n ? e[i] * z[i + 1] : 0)) / d[i];
  if (n > 0)
    apply('P', reflections_, tau_p_, z);
  std::vector<double> inner(n_, 0.);
  for (int j = 0; j < n; ++j)
    inner[n_free_ + j] = z[j] / root_weights_[j];
  detail::solve_free_unknowns(ordered_, n_free_, inner);
  return flat_.expand(inner);
}

} // namespace kolace
