#include <kolace/fit/short_range.hpp>

#include <kolace/fit/reference_potential.hpp>
#include <kolace/linalg/ridge_path.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace kolace {
namespace {

/// Largest fall of the energy of a crystal or dimer that does not rise all the way, eV/atom; 0
/// where all do.
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

void strengthen_prior(SolverFactors& factors, AutomaticFit const& decided, AceBasis const& basis,
                      std::vector<double> const& largest_core, DataLimits const& limits,
                      std::function<AcePotential(std::vector<double> const&)> const& potential) {
  if (!factors.prior)
    return;
  constexpr int weakest = -4, strongest = 8; // powers of sqrt(3); and no prior first
  constexpr double tolerated = 1.05;
  auto const weights =
      penalty_weights(basis, decided.options.solver.prior, factors.groups.front().n_reference);
  TriangularFactor const data = loss_factor(factors.all(), decided.choice.shares);
  TriangularFactor const prior = *factors.prior;
  double given_loss = 0; // with the prior as it was given
  for (int step = weakest - 1; step <= strongest; ++step) {
    double const scale = step < weakest ? 0 : std::pow(3, 0.5 * step); // of rows
    TriangularFactor scaled(prior.n_unknowns()), total = data;
    if (scale > 0)
      scaled.merge(prior, scale);
    total.merge(scaled);
    std::vector<double> const unknowns = solve_ridge(total, weights, decided.choice.strength);
    double const loss = data.residual_square(unknowns);
    if (step == 0)
      given_loss = loss;
    if (step > 0 && loss > tolerated * given_loss)
      return;
    *factors.prior = std::move(scaled);
    CompressionScan const scan(potential(unknowns), limits);
    double const fall = worst_fall(scan.checks(choose_fade(basis.elements(), scan, largest_core)));
    if (fall == 0)
      return;
  }
}

} // namespace kolace
