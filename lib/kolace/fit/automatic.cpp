// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/fit/automatic.hpp>

#include <kolace/dataset/detail/element_coverage.hpp>
#include <kolace/fit/label_agreement.hpp>
#include <kolace/fit/similar_functions.hpp>
#include <kolace/linalg/ridge_path.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace kolace {
namespace {

/// Relative increases of the held-out mean squares that are accepted in exchange for smaller
/// coefficients. If no structure contains some combination of three elements, terms of the
/// expansion are undetermined there, and large coefficients make them worse: the tolerance is then
/// larger, and the prior is one of exponentially decreasing coefficients.
constexpr double tolerance_of_score = 0.01, tolerance_of_extrapolation = 0.25;
constexpr SmoothnessPrior prior_of_extrapolation{.decay = 1};

/// Contribution to the loss of one row whose error is the held-out RMSE. It converts squared rows
/// of the prior to units of the loss.
double noise_of(RegularizationChoice const& choice, DesignFactors const& all) {
  double const n_energies = static_cast<double>(all.energy.n_rows());
  if (n_energies > 0 && choice.energy_rmse > 0)
    return (1 - choice.shares.kappa) * choice.energy_rmse * choice.energy_rmse / n_energies;
  double const loss = 3 * choice.shares.kappa * choice.force_rmse * choice.force_rmse;
  return loss / std::max(static_cast<double>(all.n_rows()), 1.);
}

} // namespace

AutomaticFit decide(Context const& context, SolverFactors& factors, FitData& data,
                    AceBasis const& basis, FitOptions const& options) {
  AutomaticFit fit;
  fit.options = options;
  if (options.solver.kind != SolverOptions::Kind::automatic)
    return fit;
  bool const extrapolates =
      detail::triple_coverage(data.training().records(), basis.elements().size()).missing > 0;
  if (extrapolates)
    fit.options.solver.prior = prior_of_extrapolation;
  context.ranks.together([&] {
    if (context.ranks.is_root()) {
      int const n_reference = factors.groups.front().n_reference;
      DesignFactors const all = factors.all();
      LossShares start = data.shares();
      bool const all_finite =
          all.energy.is_finite() && all.forces.is_finite() && all.virial.is_finite();
      if (!all_finite)
        throw InputError("the weighted design rows are not finite: the radial functions, labels or "
                         "weights overflow");
      std::vector<bool> has_data(basis.size());
      for (int b = 0; b < basis.size(); ++b)
        has_data[b] = !(all.energy.is_zero_column(b) && all.forces.is_zero_column(b) &&
                        all.virial.is_zero_column(b));
      factors.weights = share_similar(
          basis, penalty_weights(basis, fit.options.solver.prior, n_reference), has_data);
      RidgeWeights const& weights = *factors.weights;
      fit.energies =
          detail::agreement_of_energies(factors, all, weights, data.training().records());
      double const tolerance = extrapolates ? tolerance_of_extrapolation : tolerance_of_score;
      // Energies and forces that contradict each other say nothing about virials.
      if (all.virial.n_rows() > 0 && all.n_rows() > all.virial.n_rows() && start.kappa_virial > 0 &&
          fit.energies.fault == LabelFault::none) {
        RegularizationChoice const first = choose_regularization(
            factors, {start.kappa, 0}, options.weights_from_data, weights, tolerance, {1});
        fit.virials = detail::agreement_of_virials(factors, all, first, start, weights);
        fit.left_out_virials = options.weights_from_data && fit.virials.fault != LabelFault::none;
        if (fit.left_out_virials)
          start.kappa_virial = 0;
      }
      fit.choice =
          choose_regularization(factors, start, options.weights_from_data, weights, tolerance);
      fit.noise = noise_of(fit.choice, all);
    }
  });
  std::vector<double> told{fit.choice.shares.kappa, fit.choice.shares.kappa_virial,
                           fit.choice.strength};
  context.ranks.broadcast(told);
  fit.choice.shares = {told[0], told[1]};
  fit.choice.strength = told[2];
  data.set_shares(fit.choice.shares);
  fit.options.solver.kind = SolverOptions::Kind::ridge;
  fit.options.solver.choice = SolverOptions::Choice::given;
  fit.options.solver.strength = fit.choice.strength;
  return fit;
}

} // namespace kolace
