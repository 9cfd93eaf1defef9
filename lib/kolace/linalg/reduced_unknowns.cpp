// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/linalg/reduced_unknowns.hpp>

#include <kolace/linalg/detail/svd.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace kolace {

RidgeWeights RidgeWeights::select(std::vector<int> const& unknowns) const {
  std::vector<int> number(own.size(), -1);
  RidgeWeights part;
  for (int const j : unknowns) {
    number[j] = static_cast<int>(part.own.size());
    part.own.push_back(own[j]);
  }
  for (SharedPart const& group : shared) {
    SharedPart left{{}, group.weight};
    for (auto const& [unknown, factor] : group.members)
      if (number[unknown] >= 0)
        left.members.emplace_back(number[unknown], factor);
    if (!left.members.empty())
      part.shared.push_back(std::move(left));
  }
  return part;
}

ReducedUnknowns::ReducedUnknowns(TriangularFactor const& factor, RidgeWeights const& weights)
    : n_unknowns_(factor.n_unknowns()) {
  if (static_cast<int>(weights.own.size()) != factor.n_unknowns())
    throw std::invalid_argument("ReducedUnknowns: expected one weight per unknown");
  for (bool const penalized : {false, true})
    for (int j = 0; j < factor.n_unknowns(); ++j) {
      double const weight = weights.own[j];
      if (!(weight >= 0))
        throw std::invalid_argument("ReducedUnknowns: weights must be non-negative");
      if ((weight > 0) != penalized ||
          (penalized && (!std::isfinite(weight) || factor.is_zero_column(j))))
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
    weights_.push_back(weights.own[order_[j]]);
  for (SharedPart const& part : weights.shared)
    if (std::any_of(part.members.begin(), part.members.end(),
                    [&](auto const& member) { return !factor.is_zero_column(member.first); })) {
      shared_.push_back(part);
      weights_.push_back(part.weight);
    }
}

template <class Add> void ReducedUnknowns::for_each_entry(Add const& add) const {
  for (int k = 0; k < n_determined_; ++k)
    for (int j = 0; j < n_flat_; ++j)
      add(k, order_[j], directions_[static_cast<std::size_t>(k) * n_flat_ + j]);
  int reduced = n_determined_;
  for (std::size_t j = n_flat_; j < order_.size(); ++j)
    add(reduced++, order_[j], 1.);
  for (SharedPart const& part : shared_) {
    for (auto const& [unknown, factor] : part.members)
      add(reduced, unknown, factor);
    ++reduced;
  }
}

TriangularFactor ReducedUnknowns::reduce(TriangularFactor const& factor) const {
  if (n_flat_ == 0 && shared_.empty())
    return factor.select(order_);
  int const rows = factor.n_unknowns();
  std::vector<double> columns(static_cast<std::size_t>(n_reduced() + 1) * rows, 0.);
  auto const add = [&](int to, int from, double scale) {
    for (int i = 0; i < rows && i <= from; ++i)
      columns[static_cast<std::size_t>(to) * rows + i] += scale * factor(i, from);
  };
  for_each_entry(add);
  add(n_reduced(), rows, 1);
  TriangularFactor reduced(n_reduced());
  reduced.add_rows(columns.data(), rows, rows);
  // The residual follows by itself, so that rounding errors of dependent columns cannot reach it.
  std::vector<double> residual(n_reduced() + 1, 0.);
  residual.back() = factor(rows, rows);
  reduced.add_rows(residual.data(), 1, 1);
  reduced.set_n_rows(factor.n_rows());
  return reduced;
}

std::vector<double> ReducedUnknowns::reduce_rows(double const* rows, int m, int ld) const {
  std::vector<double> reduced(static_cast<std::size_t>(n_reduced()) * m, 0.);
  for_each_entry([&](int to, int from, double scale) {
    double* const column = reduced.data() + static_cast<std::size_t>(to) * m;
    double const* const source = rows + static_cast<std::size_t>(from) * ld;
    for (int i = 0; i < m; ++i)
      column[i] += scale * source[i];
  });
  return reduced;
}

std::vector<double> ReducedUnknowns::expand(std::vector<double> const& reduced) const {
  std::vector<double> all(n_unknowns_, 0.);
  for_each_entry([&](int from, int to, double scale) { all[to] += scale * reduced[from]; });
  return all;
}

int ReducedUnknowns::original(int reduced) const {
  int const own = reduced - n_determined_;
  return own < 0 || own >= static_cast<int>(order_.size()) - n_flat_ ? -1 : order_[n_flat_ + own];
}

} // namespace kolace
