// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/linalg/flat_directions.hpp>

#include <kolace/linalg/detail/svd.hpp>

#include <stdexcept>

namespace kolace {

FlatDirections::FlatDirections(TriangularFactor const& factor, std::vector<double> const& weights)
    : n_unknowns_(factor.n_unknowns()) {
  if (static_cast<int>(weights.size()) != factor.n_unknowns())
    throw std::invalid_argument("FlatDirections: expected one weight per unknown");
  for (bool const penalized : {false, true})
    for (int j = 0; j < factor.n_unknowns(); ++j) {
      if (!(weights[j] >= 0))
        throw std::invalid_argument("FlatDirections: weights must be non-negative");
      if ((weights[j] > 0) != penalized || (penalized && factor.is_zero_column(j)))
        continue;
      order_.push_back(j);
      n_flat_ += !penalized;
    }
  auto const flat = detail::singular_values(
      detail::unknowns_of(factor.select({order_.begin(), order_.begin() + n_flat_})), n_flat_);
  constexpr double relative = 1e-12;
  while (n_determined_ < n_flat_ && flat.s[n_determined_] > relative * flat.s[0])
    ++n_determined_;
  for (int k = 0; k < n_determined_; ++k)
    for (int j = 0; j < n_flat_; ++j)
      directions_.push_back(flat.vt[static_cast<std::size_t>(j) * n_flat_ + k]);
  weights_.assign(n_determined_, 0.);
  for (std::size_t j = n_flat_; j < order_.size(); ++j)
    weights_.push_back(weights[order_[j]]);
}

TriangularFactor FlatDirections::reduce(TriangularFactor const& factor) const {
  if (n_flat_ == 0)
    return factor.select(order_);
  int const rows = factor.n_unknowns() + 1, n = static_cast<int>(order_.size());
  std::vector<double> columns(static_cast<std::size_t>(n_reduced() + 1) * rows, 0.);
  auto const add = [&](int to, int from, double scale) {
    for (int i = 0; i <= from; ++i)
      columns[static_cast<std::size_t>(to) * rows + i] += scale * factor(i, from);
  };
  for (int k = 0; k < n_determined_; ++k)
    for (int j = 0; j < n_flat_; ++j)
      add(k, order_[j], directions_[static_cast<std::size_t>(k) * n_flat_ + j]);
  for (int j = n_flat_; j < n; ++j)
    add(n_determined_ + j - n_flat_, order_[j], 1);
  add(n_reduced(), factor.n_unknowns(), 1);
  TriangularFactor reduced(n_reduced());
  reduced.add_rows(columns.data(), rows, rows);
  reduced.set_n_rows(factor.n_rows());
  return reduced;
}

std::vector<double> FlatDirections::reduce_rows(double const* rows, int m, int ld) const {
  std::vector<double> reduced(static_cast<std::size_t>(n_reduced()) * m, 0.);
  auto const add = [&](int to, int from, double scale) {
    double* const column = reduced.data() + static_cast<std::size_t>(to) * m;
    double const* const source = rows + static_cast<std::size_t>(from) * ld;
    for (int i = 0; i < m; ++i)
      column[i] += scale * source[i];
  };
  for (int k = 0; k < n_determined_; ++k)
    for (int j = 0; j < n_flat_; ++j)
      add(k, order_[j], directions_[static_cast<std::size_t>(k) * n_flat_ + j]);
  for (int j = n_flat_; j < static_cast<int>(order_.size()); ++j)
    add(n_determined_ + j - n_flat_, order_[j], 1);
  return reduced;
}

std::vector<double> FlatDirections::expand(std::vector<double> const& reduced) const {
  std::vector<double> all(n_unknowns_, 0.);
  for (int k = 0; k < n_determined_; ++k)
    for (int j = 0; j < n_flat_; ++j)
      all[order_[j]] += directions_[static_cast<std::size_t>(k) * n_flat_ + j] * reduced[k];
  for (std::size_t j = n_flat_; j < order_.size(); ++j)
    all[order_[j]] = reduced[n_determined_ + j - n_flat_];
  return all;
}

int FlatDirections::original(int reduced) const {
  return reduced < n_determined_ ? -1 : order_[n_flat_ + reduced - n_determined_];
}

} // namespace kolace
