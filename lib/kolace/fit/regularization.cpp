// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/fit/regularization.hpp>

#include <kolace/core/host_threads.hpp>
#include <kolace/linalg/bidiagonal_ridge.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

namespace kolace {
namespace {

constexpr double weakest = 1e-18, strongest = 1e-2; ///< relative to the largest singular value^2
constexpr int n_strengths = 33;

/// Mean squares of held-out residuals per component; energies and virials per atom.
using Squares = std::array<double, 3>;

/// Number of components that share a weight of one.
constexpr double components(RowKind kind) {
  return kind == RowKind::energy ? 1 : kind == RowKind::forces ? 3 : 6;
}

/// Multiplies the shares of energies and virials relative to that of forces by `factor`.
LossShares scaled(LossShares start, double factor) {
  double const sum = (1 - start.kappa) * factor + start.kappa;
  return {start.kappa / sum, start.kappa_virial * factor / sum};
}

/// Scores and mean squares on a grid of strengths at given shares.
struct Scan {
  std::vector<StrengthScore> scores;
  std::vector<Squares> squares;
};

/// Adds the logarithm of a mean square to a sum over folds.
struct LogMean {
  double sum = 0;
  int count = 0;
  void add(double mean) {
    sum += std::log(std::max(mean, std::numeric_limits<double>::min()));
    ++count;
  }
  double value() const { return count > 0 ? sum / count : 0; }
};

/// Squares of the held-out residuals of each kind, for each strength.
std::vector<Squares> held_out_squares(BidiagonalRidge const& path, DesignFactors const& group,
                                      std::vector<double> const& strengths) {
  std::vector<Squares> squares(strengths.size(), Squares{});
  for (std::size_t k = 0; k < strengths.size(); ++k) {
    auto const c = path.coefficients(strengths[k]);
    for (RowKind const kind : row_kinds)
      if (group.weight_of(kind) > 0)
        squares[k][static_cast<int>(kind)] = group.of(kind).residual_square(c);
  }
  return squares;
}

Scan scan(std::vector<DesignFactors> const& others, std::vector<DesignFactors> const& groups,
          LossShares shares, bool free_shares, RidgeWeights const& weights) {
  // Each fold on one thread: BLAS gains little from several in a bidiagonalization.
  int const n_folds = static_cast<int>(groups.size());
  std::vector<std::optional<BidiagonalRidge>> paths(n_folds);
  for_each_on_host("kolace::fit: bidiagonalize folds", n_folds,
                   [&](int f) { paths[f].emplace(loss_factor(others[f], shares), weights); });
  double const largest = paths[0]->largest_singular_value(), top = largest > 0 ? largest : 1;
  std::vector<double> strengths;
  for (int k = 0; k < n_strengths; ++k)
    strengths.push_back(weakest * top * top *
                        std::pow(strongest / weakest, k / (n_strengths - 1.)));
  std::vector<std::vector<Squares>> of_folds(n_folds);
  for_each_on_host("kolace::fit: held-out errors", n_folds,
                   [&](int f) { of_folds[f] = held_out_squares(*paths[f], groups[f], strengths); });
  std::vector<Squares> sums(n_strengths, Squares{});
  std::vector<std::array<LogMean, 3>> means(n_strengths);
  std::vector<LogMean> losses(n_strengths);
  Squares total_weight{};
  for (int f = 0; f < n_folds; ++f) {
    for (int k = 0; k < n_strengths; ++k) {
      double loss = 0;
      for (RowKind const kind : row_kinds) {
        double const weight = groups[f].weight_of(kind);
        if (!(weight > 0))
          continue;
        int const at = static_cast<int>(kind);
        double const square = of_folds[f][k][at];
        sums[k][at] += square;
        means[k][at].add(square / weight);
        loss += shares.factor(kind, weight) * square;
      }
      losses[k].add(loss);
    }
    for (RowKind const kind : row_kinds)
      total_weight[static_cast<int>(kind)] += groups[f].weight_of(kind);
  }
  Scan result;
  for (int k = 0; k < n_strengths; ++k) {
    double score = 0, parts = 0;
    Squares squares{};
    for (RowKind const kind : row_kinds) {
      int const at = static_cast<int>(kind);
      if (!(total_weight[at] > 0))
        continue;
      squares[at] = sums[k][at] / total_weight[at] / components(kind);
      if (shares.of(kind) <= 0)
        continue;
      double const part =
          kind == RowKind::virial ? 0.5 : 1; // virials and energies carry similar information
      score += part * means[k][at].value();
      parts += part;
    }
    score = free_shares && parts > 0 ? score / parts : losses[k].value();
    result.scores.push_back({strengths[k], score});
    result.squares.push_back(squares);
  }
  return result;
}

} // namespace

LossShares balanced_shares() {
  constexpr double energy = 10, force = 1, virial = 0.25;
  // |dF|^2 has three components, |dW|^2 six.
  double const sum = energy + force / 3;
  return {force / 3 / sum, virial / 6 / sum};
}

RegularizationChoice choose_regularization(SolverFactors const& factors, LossShares start,
                                           bool free_shares, RidgeWeights const& weights,
                                           double tolerance,
                                           std::vector<double> const& factors_tried) {
  RegularizationChoice choice;
  choice.shares = start;
  std::size_t const n_groups = factors.groups.size();
  DesignFactors const& first = factors.groups.front();
  if (n_groups < 2) { // a single group: nothing can be held out
    TriangularFactor const whole = loss_factor(first, start);
    double square = 0;
    for (int j = 0; j < whole.n_unknowns(); ++j)
      for (int i = 0; i <= j && weights.own[j] > 0; ++i)
        square += whole(i, j) * whole(i, j) / weights.own[j];
    choice.strength = 1e-8 * (square > 0 ? square : 1);
    choice.chosen_by = "too few structures to hold any out";
    return choice;
  }
  std::vector<DesignFactors> others;
  for (std::size_t f = 0; f < n_groups; ++f) {
    DesignFactors& rest = others.emplace_back(first.n_functions, first.n_reference);
    for (std::size_t g = 0; g < n_groups; ++g)
      if (g != f)
        rest.merge(factors.groups[g]);
  }
  // Shares can be chosen only if there are both energies and forces.
  auto const present = [&](double DesignFactors::*weight) {
    return std::any_of(factors.groups.begin(), factors.groups.end(),
                       [&](DesignFactors const& g) { return g.*weight > 0; });
  };
  free_shares = free_shares && present(&DesignFactors::energy_weight) &&
                present(&DesignFactors::force_weight);
  choice.chosen_by = "cross-validation, " + std::to_string(n_groups) + " folds";
  double best = std::numeric_limits<double>::infinity();
  for (double const factor : free_shares ? factors_tried : std::vector<double>{1}) {
    LossShares const shares = scaled(start, factor);
    Scan found = scan(others, factors.groups, shares, free_shares, weights);
    auto const least = std::min_element(
        found.scores.begin(), found.scores.end(),
        [](StrengthScore const& a, StrengthScore const& b) { return a.score < b.score; });
    if (!(least->score < best - 1e-3))
      continue;
    best = least->score;
    choice.shares = shares;
    for (std::size_t k = 0; k < found.scores.size(); ++k)
      if (found.scores[k].score <= best + std::log1p(tolerance)) {
        choice.strength = found.scores[k].strength;
        choice.energy_rmse = std::sqrt(found.squares[k][0]);
        choice.force_rmse = std::sqrt(found.squares[k][1]);
        choice.virial_rmse = std::sqrt(found.squares[k][2]);
      }
    choice.scores = std::move(found.scores);
  }
  return choice;
}

} // namespace kolace
