// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/fit/short_range.hpp>

#include <kolace/linalg/bounded_ridge.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
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

constexpr int most_rounds =
    3; ///< of bounds for one fading, which depend on the energies themselves
constexpr double stiffness_of_noise = 900; ///< of bounds, in units of the noise per squared row

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

RisingFit::RisingFit(Kokkos::DefaultExecutionSpace const& space, SolverFactors const& factors,
                     AutomaticFit const& decided, std::shared_ptr<AceBasis const> const& basis,
                     AcePotential const& core, std::vector<double> const& largest_core,
                     DataLimits const& limits, MakePotential potential)
    : space_(space), basis_(basis), core_(core), limits_(limits), potential_(std::move(potential)),
      spline_width_(decided.options.spline_width), largest_core_(largest_core),
      data_(loss_factor(factors.all(), decided.choice.shares)),
      ridge_(data_, *factors.weights, decided.choice.strength),
      stiffness_(stiffness_of_noise * decided.noise),
      late_(fades(late_onsets, basis->elements(), largest_core)),
      early_(fades(early_onsets, basis->elements(), largest_core)),
      scan_(space, potential_(ridge_.unbounded()), limits) {
  search();
}

RisingFit::Candidate RisingFit::unbounded(std::vector<CoreFade> const& fades) const {
  FadeChoice const choice = best_fade(fades, scan_);
  return {
      choice.fall, data_.residual_square(ridge_.unbounded()), choice.fade, ridge_.unbounded(), {}};
}

CompressionScan RisingFit::scan_of(std::vector<double> const& unknowns) const {
  CompressionScan scan = scan_;
  scan.set(potential_(unknowns));
  return scan;
}

RisingFit::Candidate RisingFit::bounded(std::vector<CoreFade> const& fades, CoreFade const& fade,
                                        std::vector<double> const& expected) const {
  LowerBounds const bounds = rows_->rising(fade, expected, data_.n_unknowns());
  BoundedSolution solution = ridge_.solve(bounds, stiffness_);
  double const loss = data_.residual_square(solution.coefficients);
  FadeChoice const choice = best_fade(fades, scan_of(solution.coefficients));
  return {choice.fall, loss, choice.fade, std::move(solution.coefficients),
          acting(bounds, solution.active, std::sqrt(stiffness_), data_.n_unknowns())};
}

void RisingFit::search() {
  constexpr double harmless = 1.01;     // growth of the loss
  constexpr double price_of_late = 1.1; // growth of the loss that a late fading is worth
  double const plain = data_.residual_square(ridge_.unbounded());
  best_ = unbounded(late_);
  if (best_.fall == 0)
    return;
  rows_.emplace(space_, basis_, core_, limits_, spline_width_);
  Candidate best;
  auto const consider = [&](Candidate candidate) {
    if (candidate.fall < best.fall ||
        (candidate.fall == best.fall && harmless * candidate.loss < best.loss))
      best = std::move(candidate);
  };
  auto const is_good = [&](double growth) { return best.fall == 0 && best.loss < growth * plain; };
  auto const try_bounds = [&](std::vector<CoreFade> const& candidates) {
    for (CoreFade const& fade : candidates) {
      std::vector<double> found = ridge_.unbounded();
      double fall = std::numeric_limits<double>::infinity();
      for (int round = 0; round < most_rounds && fall > 0; ++round) {
        Candidate next = bounded(candidates, fade, found);
        if (best.fall == 0 && harmless * next.loss >= best.loss)
          break;
        found = next.unknowns;
        fall = next.fall;
        consider(std::move(next));
      }
      if (is_good(harmless))
        return;
    }
  };
  try_bounds(late_);
  if (!is_good(price_of_late)) {
    Candidate with_late = std::exchange(best, {});
    consider(unbounded(early_));
    if (!is_good(harmless))
      try_bounds(early_);
    if (with_late.fall < best.fall ||
        (with_late.fall == best.fall && with_late.loss < price_of_late * best.loss))
      best = std::move(with_late);
  }
  // A late fading may do for a fit with the bounds of an early one.
  choose_fade_of(best);
  best_ = std::move(best);
}

void RisingFit::choose_fade_of(Candidate& candidate) const {
  CompressionScan const scan = scan_of(candidate.unknowns);
  candidate.fade = choose_fade(basis_->elements(), scan, largest_core_);
  candidate.fall = worst_fall(scan.checks(candidate.fade));
}

bool RisingFit::add(std::vector<ScanPath> const& paths, double most_loss) {
  if (!rows_)
    rows_.emplace(space_, basis_, core_, limits_, spline_width_);
  CompressionRows::Size const before = rows_->size();
  rows_->add(paths);
  Candidate next = best_;
  bool acts = rows_->has_bounds(best_.fade, before);
  for (int round = 0; acts && (round == 0 || (round < most_rounds && next.fall > best_.fall));
       ++round) {
    next = bounded({best_.fade}, best_.fade, next.unknowns);
    if (next.fall > best_.fall)
      choose_fade_of(next);
    acts = next.loss <= most_loss;
  }
  if (!acts || next.fall > best_.fall) {
    rows_->shrink(before);
    return false;
  }
  best_ = std::move(next);
  return true;
}

AcePotential RisingFit::potential() const {
  return with_core_fade(potential_(best_.unknowns), best_.fade);
}

std::vector<TrialRun> make_dynamics_stable(Kokkos::DefaultExecutionSpace const& space,
                                           RisingFit& fit, std::vector<Structure> const& structures,
                                           std::vector<double> const& shortest) {
  constexpr int most_passes = 40, enough_passes = 2, most_failures = 6;
  // Of the loss: in all, at once, and at once after half of the failures.
  constexpr double most_growth = 1.5, most_step = 1.03, last_step = 1.15;
  std::vector<TrialRun> runs(structures.size()); // the last of each structure
  if (structures.empty())
    return runs;
  std::vector<std::size_t> all(structures.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  double const plain = fit.loss();
  int passes = 0, failures = 0;         // one after the other; passes are of all structures
  std::vector<std::size_t> tried = all; // or those that collapsed
  auto const try_these = [&](std::uint64_t seed) {
    std::vector<Structure> chosen;
    for (std::size_t const k : tried)
      chosen.push_back(structures[k]);
    return try_dynamics(space, fit.potential(), chosen, shortest, seed);
  };
  auto const add = [&](std::vector<ScanPath> const& paths) {
    double const step = 2 * failures < most_failures ? most_step : last_step;
    return fit.add(paths, std::min(most_growth * plain, step * fit.loss()));
  };
  for (int pass = 1; pass <= most_passes; ++pass) {
    TrialDynamics const trials = try_these(pass);
    std::vector<std::size_t> collapsed;
    for (std::size_t k = 0; k < tried.size(); ++k) {
      runs[tried[k]] = trials.runs[k];
      if (trials.runs[k].collapsed)
        collapsed.push_back(tried[k]);
    }
    if (collapsed.empty()) {
      passes += tried.size() == all.size();
      if (passes == enough_passes)
        return runs;
      tried = all;
      continue;
    }
    passes = 0;
    bool added = !trials.paths.empty() && add(trials.paths);
    for (std::size_t p = 0; p < trials.paths.size() && !added; ++p)
      added = add({trials.paths[p]});
    failures = added ? 0 : failures + 1; // other random numbers give other trajectories
    if (failures == most_failures)
      break;
    tried = std::move(collapsed);
  }
  // Structures that passed did so with earlier bounds.
  tried = all;
  TrialDynamics const last = try_these(most_passes + 1);
  for (std::size_t k = 0; k < runs.size(); ++k)
    if (!runs[k].collapsed)
      runs[k] = last.runs[k];
  return runs;
}

} // namespace kolace
