// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/fit/short_range.hpp>

#include <kolace/assembly/baseline.hpp>
#include <kolace/linalg/bounded_ridge.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <utility>

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

/// The factor of the bounds that act: equations for the unknowns.
TriangularFactor acting(LowerBounds const& bounds, std::vector<int> const& active, double scale,
                        int n_unknowns) {
  int const p = static_cast<int>(active.size());
  std::size_t const m = bounds.bounds.size();
  std::vector<double> rows;
  for (int j = 0; j < n_unknowns; ++j)
    for (int const k : active)
      rows.push_back(scale * bounds.rows[j * m + k]);
  for (int const k : active)
    rows.push_back(scale * bounds.bounds[k]);
  TriangularFactor factor(n_unknowns);
  if (p > 0)
    factor.add_rows(rows.data(), p, p);
  return factor;
}

/// Where fadings may begin: at least at `factor` times the largest core density in the data and at
/// that of an fcc crystal whose nearest neighbors are `relative` times the sum of the covalent
/// radii apart. From 1.5 on, fading begins about 0.1 A closer than the data; an earlier one is a
/// wall where a slightly hotter crystal goes.
struct Onset {
  double factor, relative;
};
constexpr Onset late_onsets[] = {{2, 0.7}, {1.7, 0.75}, {1.5, 0.8}};
constexpr Onset early_onsets[] = {{1.2, 0.85}, {1.1, 0.9}, {1.01, 1}};

/// Fadings that begin at one of `onsets`, in this order, narrow ones first.
std::vector<CoreFade> fades(std::span<Onset const> onsets, ElementSet const& elements,
                            std::vector<double> const& largest_core) {
  std::vector<CoreFade> all;
  for (auto const& [factor, relative] : onsets)
    for (double const end : {3., 8.}) {
      CoreFade fade{core_density_of_fcc(elements, relative), end};
      for (std::size_t e = 0; e < fade.begin.size(); ++e)
        fade.begin[e] = std::max({fade.begin[e], factor * largest_core[e], 0.1});
      all.push_back(std::move(fade));
    }
  return all;
}

/// The first fading with which all energies rise, or the one with the smallest drop.
struct FadeChoice {
  CoreFade fade;
  double fall = std::numeric_limits<double>::infinity(); ///< eV/atom
};

FadeChoice best_fade(std::vector<CoreFade> const& candidates, CompressionScan const& scan) {
  FadeChoice best;
  for (CoreFade const& fade : candidates) {
    double const fall = worst_fall(scan.checks(fade));
    if (fall < best.fall)
      best = {fade, fall};
    if (fall == 0)
      break;
  }
  return best;
}

} // namespace

CoreFade choose_fade(ElementSet const& elements, CompressionScan const& scan,
                     std::vector<double> const& largest_core) {
  FadeChoice late = best_fade(fades(late_onsets, elements, largest_core), scan);
  if (late.fall == 0)
    return std::move(late.fade);
  FadeChoice early = best_fade(fades(early_onsets, elements, largest_core), scan);
  return early.fall < late.fall ? std::move(early.fade) : std::move(late.fade);
}

void make_energies_rise(Kokkos::DefaultExecutionSpace const& space, SolverFactors& factors,
                        AutomaticFit const& decided, std::shared_ptr<AceBasis const> const& basis,
                        AcePotential const& core, std::vector<double> const& largest_core,
                        DataLimits const& limits,
                        std::function<AcePotential(std::vector<double> const&)> const& potential) {
  constexpr double stiffness_of_noise = 900; // in units of the noise per squared row
  constexpr double harmless = 1.01;          // growth of the loss
  constexpr double price_of_late = 1.1;      // growth of the loss that a late fading is worth
  constexpr int most_rounds = 3;
  ElementSet const& elements = basis->elements();
  auto const late = fades(late_onsets, elements, largest_core),
             early = fades(early_onsets, elements, largest_core);
  TriangularFactor const data = loss_factor(factors.all(), decided.choice.shares);
  BoundedRidge const ridge(data, *factors.weights, decided.choice.strength);
  double const stiffness = stiffness_of_noise * decided.noise,
               plain = data.residual_square(ridge.unbounded());
  struct Candidate {
    double fall, loss;
    std::optional<TriangularFactor> prior; ///< none without bounds
  };
  auto const scan_of = [&](std::vector<double> const& unknowns) {
    return CompressionScan(space, potential(unknowns), limits);
  };
  CompressionScan const unbounded = scan_of(ridge.unbounded());
  if (best_fade(late, unbounded).fall == 0)
    return;
  CompressionRows const rows(space, basis, core, limits, decided.options.spline_width);
  Candidate const none{std::numeric_limits<double>::infinity(), 0, {}};
  Candidate best = none;
  auto const consider = [&](double fall, double loss, auto const& prior) {
    if (fall < best.fall || (fall == best.fall && harmless * loss < best.loss))
      best = {fall, loss, prior()};
  };
  auto const is_good = [&](double growth) { return best.fall == 0 && best.loss < growth * plain; };
  auto const try_bounds = [&](std::vector<CoreFade> const& candidates) {
    for (CoreFade const& fade : candidates) {
      std::vector<double> found = ridge.unbounded();
      double fall = std::numeric_limits<double>::infinity();
      // The bounds depend on the energies themselves.
      for (int round = 0; round < most_rounds && fall > 0; ++round) {
        LowerBounds const bounds = rows.rising(fade, found, data.n_unknowns());
        BoundedSolution solution = ridge.solve(bounds, stiffness);
        found = std::move(solution.coefficients);
        double const loss = data.residual_square(found);
        if (best.fall == 0 && harmless * loss >= best.loss)
          break;
        fall = best_fade(candidates, scan_of(found)).fall;
        consider(fall, loss, [&] {
          return acting(bounds, solution.active, std::sqrt(stiffness), data.n_unknowns());
        });
      }
      if (is_good(harmless))
        return;
    }
  };
  try_bounds(late);
  if (!is_good(price_of_late)) {
    Candidate const with_late = std::exchange(best, none);
    consider(best_fade(early, unbounded).fall, plain, [] { return std::nullopt; });
    if (!is_good(harmless))
      try_bounds(early);
    if (with_late.fall < best.fall ||
        (with_late.fall == best.fall && with_late.loss < price_of_late * best.loss))
      best = with_late;
  }
  factors.prior = std::move(best.prior);
}

} // namespace kolace
