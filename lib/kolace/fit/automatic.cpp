// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/fit/automatic.hpp>

#include <kolace/dataset/detail/element_coverage.hpp>
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

/// R x, with the target's factor last in x.
std::vector<double> product(TriangularFactor const& factor, std::vector<double> const& x) {
  int const n = factor.n_unknowns() + 1;
  std::vector<double> result(n, 0.);
  for (int j = 0; j < n; ++j)
    for (int i = 0; i <= j && x[j] != 0; ++i)
      result[i] += factor(i, j) * x[j];
  return result;
}

/// Agreement of a fit's predictions with the labels; both include the baseline's virials.
/// @param virials rows over the functions and, if `has_baseline`, the baseline
VirialAgreement virial_agreement(TriangularFactor const& virials, bool has_baseline,
                                 std::vector<double> const& coefficients) {
  int const n = virials.n_unknowns(), n_functions = n - (has_baseline ? 1 : 0);
  std::vector<double> prediction(coefficients.begin(), coefficients.begin() + n_functions);
  std::vector<double> label(n, 0.);
  if (has_baseline) {
    prediction.push_back(1);
    label.back() = 1;
  }
  prediction.push_back(0);
  label.push_back(1);
  auto const predicted = product(virials, prediction), labelled = product(virials, label);
  double products = 0, predicted_square = 0, labelled_square = 0;
  for (int i = 0; i <= n; ++i) {
    products += predicted[i] * labelled[i];
    predicted_square += predicted[i] * predicted[i];
    labelled_square += labelled[i] * labelled[i];
  }
  VirialAgreement agreement;
  if (predicted_square > 0 && labelled_square > 0) {
    agreement.slope = products / labelled_square;
    agreement.correlation = products / std::sqrt(predicted_square * labelled_square);
  }
  return agreement;
}

/// Rows of virials over all unknowns of a fit whose labels are multiplied by `factor`.
/// @param virials as for virial_agreement()
TriangularFactor scaled_labels(TriangularFactor const& virials, bool has_baseline, int n_functions,
                               int n_unknowns, double factor) {
  int const n = virials.n_unknowns(), m = n + 1;
  std::vector<double> rows(static_cast<std::size_t>(m) * (n_unknowns + 1), 0.);
  for (int j = 0; j < n_functions; ++j)
    for (int i = 0; i <= j; ++i)
      rows[static_cast<std::size_t>(j) * m + i] = virials(i, j);
  // The target is the label minus the baseline's virial.
  double* const target = rows.data() + static_cast<std::size_t>(n_unknowns) * m;
  for (int i = 0; i < m; ++i)
    target[i] =
        factor * virials(i, n) + (has_baseline && i < n ? (factor - 1) * virials(i, n - 1) : 0.);
  TriangularFactor result(n_unknowns);
  result.add_rows(rows.data(), m, m);
  return result;
}

/// True if the virials as they are fit to energies and forces at least as well as virials times
/// `factor`: a fit to energies and forces alone may predict any pressure where the data do not
/// determine it, e.g. at a single volume.
bool fits_better_than_scaled(SolverFactors const& factors, DesignFactors const& all,
                             RegularizationChoice const& without, LossShares shares,
                             RidgeWeights const& weights, double factor) {
  bool const has_baseline = factors.virials.has_value();
  int const n_functions = all.n_functions, n_unknowns = all.n_unknowns();
  TriangularFactor virials;
  if (has_baseline) {
    virials = *factors.virials;
  } else {
    std::vector<int> functions(n_functions);
    std::iota(functions.begin(), functions.end(), 0);
    virials = all.virial.select(functions);
  }
  TriangularFactor const others = loss_factor(all, {without.shares.kappa, 0});
  double const held_out = (1 - without.shares.kappa) * without.energy_rmse * without.energy_rmse +
                          3 * without.shares.kappa * without.force_rmse * without.force_rmse;
  double const share = shares.factor(RowKind::virial, all.virial_weight);
  auto const misfit = [&](double times) {
    TriangularFactor const rows =
        scaled_labels(virials, has_baseline, n_functions, n_unknowns, times);
    TriangularFactor joint = others;
    joint.merge(rows, std::sqrt(share) / std::abs(times));
    auto const c = solve_ridge(joint, weights, without.strength);
    double const labels = rows.residual_square(std::vector<double>(n_unknowns, 0.));
    double const missed = labels > 0 ? rows.residual_square(c) / labels : 0;
    return std::log1p(others.residual_square(c) / held_out) + std::log(missed + 1e-6) / 2;
  };
  return misfit(1) <= misfit(factor);
}

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
      double const tolerance = extrapolates ? tolerance_of_extrapolation : tolerance_of_score;
      if (all.virial.n_rows() > 0 && all.n_rows() > all.virial.n_rows() && start.kappa_virial > 0) {
        // Predicts the virials from energies and forces alone.
        LossShares const without{start.kappa, 0};
        RegularizationChoice const first = choose_regularization(
            factors, without, options.weights_from_data, weights, tolerance, {1});
        auto const c = solve_ridge(loss_factor(all, first.shares), weights, first.strength);
        if (factors.virials) {
          fit.virials = virial_agreement(*factors.virials, true, c);
        } else {
          std::vector<int> functions(basis.size());
          std::iota(functions.begin(), functions.end(), 0);
          fit.virials = virial_agreement(all.virial.select(functions), false, c);
        }
        if ((fit.virials->contradicts() || fit.virials->wrong_unit()) &&
            fits_better_than_scaled(factors, all, first, start, weights,
                                    fit.virials->contradicts() ? -1 : fit.virials->slope))
          fit.virials.reset();
        if (options.weights_from_data && fit.virials &&
            (fit.virials->contradicts() || fit.virials->wrong_unit())) {
          fit.left_out_virials = true;
          start.kappa_virial = 0;
        }
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
