// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/linalg/loss_bands.hpp>

#include <kolace/linalg/detail/svd.hpp>

#include <cmath>
#include <limits>

namespace kolace {

LossBands::LossBands(TriangularFactor const& factor)
    : n_(factor.n_unknowns()), best_(solve_least_squares(factor)),
      least_(factor.residual_square(best_.coefficients)), scale_(n_, 1.) {
  std::vector<double> r = detail::unknowns_of(factor);
  for (int k = 0; k < n_; ++k) {
    double* const column = r.data() + static_cast<std::size_t>(k) * n_;
    double square = 0;
    for (int i = 0; i <= k; ++i)
      square += column[i] * column[i];
    if (square > 0)
      scale_[k] = std::sqrt(square);
    for (int i = 0; i <= k; ++i)
      column[i] /= scale_[k];
  }
  detail::Svd svd = detail::singular_values(std::move(r), n_);
  singular_values_ = std::move(svd.s);
  directions_ = std::move(svd.vt);
}

std::vector<double> LossBands::half_widths(double const* properties, int m, int ld,
                                           double budget) const {
  constexpr double most_unseen = 1e-6;
  double const cutoff =
      n_ > 0 ? std::numeric_limits<double>::epsilon() * n_ * singular_values_.front() : 0;
  std::vector<double> widths(m), b(n_);
  for (int p = 0; p < m; ++p) {
    double square = 0;
    for (int k = 0; k < n_; ++k) {
      b[k] = properties[p + static_cast<std::size_t>(k) * ld] / scale_[k];
      square += b[k] * b[k];
    }
    double width = 0, unseen = 0;
    for (int i = 0; i < n_; ++i) {
      double along = 0;
      for (int k = 0; k < n_; ++k)
        along += directions_[i + static_cast<std::size_t>(k) * n_] * b[k];
      if (singular_values_[i] > cutoff)
        width += along * along / (singular_values_[i] * singular_values_[i]);
      else
        unseen += along * along;
    }
    widths[p] = unseen > most_unseen * most_unseen * square
                    ? std::numeric_limits<double>::infinity()
                    : std::sqrt(budget * width);
  }
  return widths;
}

} // namespace kolace
