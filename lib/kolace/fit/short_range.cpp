// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/fit/short_range.hpp>

#include <kolace/assembly/baseline.hpp>
#include <kolace/linalg/ridge_path.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace kolace {
namespace {

/// Largest drop of the energy among the crystals and dimers whose energy does not rise all the way,
/// eV/atom; 0 if all rise.
double worst_fall(std::vector<CompressionCheck> const& checks) {
  double worst = 0;
  for (CompressionCheck const& check : checks)
    if (!check.rises())
      worst = std::max(worst, check.fall);
  return worst;
}

} // namespace

CoreFade choose_fade(ElementSet const& elements, CompressionScan const& scan,
                     std::vector<double> const& largest_core) {
  CoreFade best;
  double least = std::numeric_limits<double>::infinity();
  for (double const end : {3., 8.})
    for (auto const& [factor, relative] :
         {std::pair{2., 0.7}, {1.7, 0.75}, {1.5, 0.8}, {1.2, 0.85}, {1.1, 0.9}, {1.01, 1.}}) {
      CoreFade fade{core_density_of_fcc(elements, relative), end};
      for (std::size_t e = 0; e < fade.begin.size(); ++e)
        fade.begin[e] = std::max({fade.begin[e], factor * largest_core[e], 0.1});
      double const fall = worst_fall(scan.checks(fade));
      if (fall < least) {
        least = fall;
        best = std::move(fade);
      }
      if (least == 0)
        return best;
    }
  return best;
}

void strengthen_prior(Kokkos::DefaultExecutionSpace const& space, SolverFactors& factors,
                      AutomaticFit const& decided, AceBasis const& basis,
                      std::vector<double> const& largest_core, DataLimits const& limits,
                      std::function<AcePotential(std::vector<double> const&)> const& potential) {
  if (!factors.prior)
    return;
  // Exponents of 3 for squared rows; weakest - 1: no prior.
  constexpr int weakest = -4, strongest = 8;
  constexpr double tolerated = 1.05;
  auto const weights =
      penalty_weights(basis, decided.options.solver.prior, factors.groups.front().n_reference);
  TriangularFactor const data = loss_factor(factors.all(), decided.choice.shares);
  TriangularFactor const prior = *factors.prior;
  struct Trial {
    TriangularFactor prior;
    std::vector<double> unknowns;
    double loss = 0;
  };
  int const none = weakest - 1;
  auto const trial_at = [&](int step) {
    Trial trial{TriangularFactor(prior.n_unknowns()), {}, 0};
    TriangularFactor total = data;
    if (step > none)
      trial.prior.merge(prior, std::pow(3, 0.5 * step)); // scales the rows, hence half the exponent
    total.merge(trial.prior);
    trial.unknowns = solve_ridge(total, weights, decided.choice.strength);
    trial.loss = data.residual_square(trial.unknowns);
    return trial;
  };
  auto const rises = [&](Trial const& trial) {
    CompressionScan const scan(space, potential(trial.unknowns), limits);
    return worst_fall(scan.checks(choose_fade(basis.elements(), scan, largest_core))) == 0;
  };
  Trial best = trial_at(none);
  if (rises(best)) {
    *factors.prior = std::move(best.prior);
    return;
  }
  int low = none, high = 0; // exponents: energies do not rise at `low`, may rise at `high`
  best = trial_at(high);
  bool holds = rises(best);
  if (!holds) { // make the prior as strong as the data allow
    double const limit = tolerated * best.loss;
    low = high;
    while (high < strongest) {
      Trial stronger = trial_at(high + 1);
      if (stronger.loss > limit)
        break;
      best = std::move(stronger);
      ++high;
    }
    holds = high > low && rises(best);
  }
  while (holds && high - low > 1) {
    int const middle = low + (high - low) / 2;
    Trial trial = trial_at(middle);
    if (rises(trial)) {
      high = middle;
      best = std::move(trial);
    } else {
      low = middle;
    }
  }
  *factors.prior = std::move(best.prior);
}

} // namespace kolace
