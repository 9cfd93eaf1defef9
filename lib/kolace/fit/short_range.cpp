// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/fit/short_range.hpp>

#include <kolace/assembly/baseline.hpp>
#include <kolace/linalg/bounded_ridge.hpp>

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

/// Fadings to choose from, late and narrow ones first.
std::vector<CoreFade> candidates(ElementSet const& elements,
                                 std::vector<double> const& largest_core) {
  std::vector<CoreFade> all;
  for (double const end : {3., 8.})
    for (auto const& [factor, relative] :
         {std::pair{2., 0.7}, {1.7, 0.75}, {1.5, 0.8}, {1.2, 0.85}, {1.1, 0.9}, {1.01, 1.}}) {
      CoreFade fade{core_density_of_fcc(elements, relative), end};
      for (std::size_t e = 0; e < fade.begin.size(); ++e)
        fade.begin[e] = std::max({fade.begin[e], factor * largest_core[e], 0.1});
      all.push_back(std::move(fade));
    }
  return all;
}

} // namespace

CoreFade choose_fade(ElementSet const& elements, CompressionScan const& scan,
                     std::vector<double> const& largest_core) {
  CoreFade best;
  double least = std::numeric_limits<double>::infinity();
  for (CoreFade& fade : candidates(elements, largest_core)) {
    double const fall = worst_fall(scan.checks(fade));
    if (fall < least) {
      least = fall;
      best = std::move(fade);
    }
    if (least == 0)
      break;
  }
  return best;
}

void make_energies_rise(Kokkos::DefaultExecutionSpace const& space, SolverFactors& factors,
                        AutomaticFit const& decided, std::shared_ptr<AceBasis const> const& basis,
                        AcePotential const& core, std::vector<double> const& largest_core,
                        DataLimits const& limits,
                        std::function<AcePotential(std::vector<double> const&)> const& potential) {
  constexpr double stiffness_of_noise = 900; // in units of the noise per squared row
  constexpr double harmless = 1.01;          // growth of the loss
  constexpr int most_rounds = 3;
  TriangularFactor const data = loss_factor(factors.all(), decided.choice.shares);
  BoundedRidge const ridge(data, *factors.weights, decided.choice.strength);
  auto const fall_of = [&](std::vector<double> const& unknowns) {
    CompressionScan const scan(space, potential(unknowns), limits);
    return worst_fall(scan.checks(choose_fade(basis->elements(), scan, largest_core)));
  };
  double least_fall = fall_of(ridge.unbounded());
  if (least_fall == 0)
    return;
  CompressionRows const rows(space, basis, core, limits, decided.options.spline_width);
  double const stiffness = stiffness_of_noise * decided.noise,
               plain = data.residual_square(ridge.unbounded());
  double least = plain; // loss of the best so far
  for (CoreFade const& fade : candidates(basis->elements(), largest_core)) {
    std::vector<double> found = ridge.unbounded();
    for (int round = 0; round < most_rounds; ++round) {
      LowerBounds const bounds = rows.rising(fade, found, data.n_unknowns());
      BoundedSolution solution = ridge.solve(bounds, stiffness);
      found = std::move(solution.coefficients);
      double const loss = data.residual_square(found);
      if (least_fall == 0 && harmless * loss >= least)
        break;
      double const fall = fall_of(found);
      // Late fading is preferred to a slightly smaller loss.
      if (fall < least_fall || (fall == least_fall && harmless * loss < least)) {
        least_fall = fall;
        least = loss;
        factors.prior = acting(bounds, solution.active, std::sqrt(stiffness), data.n_unknowns());
      }
      if (fall == 0)
        break;
    }
    if (least_fall == 0 && least < harmless * plain)
      break;
  }
}

} // namespace kolace
