// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/fit/label_agreement.hpp>

#include <kolace/linalg/ridge_path.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace kolace::detail {
namespace {

/// R x, with the target's factor last in x.
std::vector<double> product(TriangularFactor const& factor, std::vector<double> const& x) {
  int const n = factor.n_unknowns() + 1;
  std::vector<double> result(n, 0.);
  for (int j = 0; j < n; ++j)
    for (int i = 0; i <= j && x[j] != 0; ++i)
      result[i] += factor(i, j) * x[j];
  return result;
}

/// Agreement of the rows times `prediction` with the rows times `label`.
LabelAgreement agreement(TriangularFactor const& rows, std::vector<double> const& prediction,
                         std::vector<double> const& label) {
  auto const predicted = product(rows, prediction), labelled = product(rows, label);
  double const products =
      std::inner_product(predicted.begin(), predicted.end(), labelled.begin(), 0.);
  double const predicted_square =
      std::inner_product(predicted.begin(), predicted.end(), predicted.begin(), 0.);
  double const labelled_square =
      std::inner_product(labelled.begin(), labelled.end(), labelled.begin(), 0.);
  if (!(predicted_square > 0 && labelled_square > 0))
    return {};
  return {products / labelled_square,
          products / std::sqrt(predicted_square * labelled_square),
          LabelFault::none,
          {}};
}

/// Sum of the squares of the targets.
double target_square(TriangularFactor const& factor) {
  return factor.residual_square(std::vector<double>(factor.n_unknowns(), 0.));
}

/// Rows of one kind over the first unknowns of a fit and, if there is a baseline, its column. The
/// target is the label minus the baseline's prediction.
class LabelledRows {
public:
  LabelledRows(TriangularFactor rows, bool has_baseline)
      : rows_(std::move(rows)), has_baseline_(has_baseline),
        n_first_(rows_.n_unknowns() - (has_baseline ? 1 : 0)) {}

  /// The same rows beyond what `count` unknowns from `first` on can fit.
  LabelledRows beyond(int first, int count) const {
    std::vector<int> columns;
    for (int j = first; j < first + count; ++j)
      columns.push_back(j);
    for (int j = 0; j < rows_.n_unknowns(); ++j)
      if (j < first || j >= first + count)
        columns.push_back(j);
    return {rows_.select(columns).trailing(count), has_baseline_};
  }

  /// Sum of the squares of the labels.
  double label_square() const {
    auto const labels = product(rows_, label());
    return std::inner_product(labels.begin(), labels.end(), labels.begin(), 0.);
  }

  /// True if all labels are zero, up to rounding.
  bool are_zero() const {
    constexpr double rounding = 1e-10;
    return label_square() <= rounding * rounding * (has_baseline_ ? target_square(rows_) : 0);
  }

  /// Agreement of a fit's predictions with the labels; both include the baseline.
  /// @param coefficients those of the first unknowns are used
  LabelAgreement agreement_of(std::vector<double> const& coefficients) const {
    std::vector<double> prediction(coefficients.begin(), coefficients.begin() + n_first_);
    if (has_baseline_)
      prediction.push_back(1);
    prediction.push_back(0);
    return agreement(rows_, prediction, label());
  }

  /// The rows over all unknowns of a fit, with the labels multiplied by `times`.
  TriangularFactor scaled_labels(int n_unknowns, double times) const {
    int const n = rows_.n_unknowns(), columns = n_unknowns + 1;
    TriangularFactor result(n_unknowns);
    std::vector<double>& r = result.data();
    for (int j = 0; j < n_first_; ++j)
      for (int i = 0; i <= j; ++i)
        r[static_cast<std::size_t>(j) * columns + i] = rows_(i, j);
    double* const target = r.data() + static_cast<std::size_t>(n_unknowns) * columns;
    for (int i = 0; i <= n; ++i) {
      double const y =
          times * rows_(i, n) + (has_baseline_ && i < n ? (times - 1) * rows_(i, n - 1) : 0.);
      if (i < n_unknowns)
        target[i] = y;
      else // no unknown changes what is left
        target[n_unknowns] = std::hypot(target[n_unknowns], y);
    }
    result.set_n_rows(rows_.n_rows());
    return result;
  }

private:
  std::vector<double> label() const {
    std::vector<double> x(rows_.n_unknowns(), 0.);
    if (has_baseline_)
      x.back() = 1;
    x.push_back(1);
    return x;
  }

  TriangularFactor rows_;
  bool has_baseline_ = false;
  int n_first_ = 0; ///< columns before the baseline
};

LabelledRows virial_rows(SolverFactors const& factors, DesignFactors const& all) {
  if (factors.virials)
    return {*factors.virials, true};
  std::vector<int> functions(all.n_functions);
  std::iota(functions.begin(), functions.end(), 0);
  return {all.virial.select(functions), false};
}

/// True if the virials as they are fit to energies and forces at least as well as virials times
/// `factor`.
bool fits_better_than_scaled(LabelledRows const& virials, DesignFactors const& all,
                             RegularizationChoice const& without, LossShares shares,
                             RidgeWeights const& weights, double factor) {
  TriangularFactor const others = loss_factor(all, {without.shares.kappa, 0});
  double const held_out = (1 - without.shares.kappa) * without.energy_rmse * without.energy_rmse +
                          3 * without.shares.kappa * without.force_rmse * without.force_rmse;
  double const share = shares.factor(RowKind::virial, all.virial_weight);
  auto const misfit = [&](double times) {
    TriangularFactor const rows = virials.scaled_labels(all.n_unknowns(), times);
    TriangularFactor joint = others;
    joint.merge(rows, std::sqrt(share) / std::abs(times));
    auto const c = solve_ridge(joint, weights, without.strength);
    double const labels = target_square(rows);
    double const missed = labels > 0 ? rows.residual_square(c) / labels : 0;
    return std::log1p(others.residual_square(c) / held_out) + std::log(missed + 1e-6) / 2;
  };
  return misfit(1) <= misfit(factor);
}

/// Joint fits to forces and energies, of fixed and weak regularization.
class EnergyForceFits {
public:
  EnergyForceFits(SolverFactors const& factors, DesignFactors const& all,
                  RidgeWeights const& weights)
      : weights_(weights), forces_(loss_factor(all, {1, 0})),
        energies_(factors.energies ? LabelledRows{*factors.energies, true}
                                   : LabelledRows{all.energy, false}),
        differences_(energies_.beyond(all.n_functions, all.n_reference)),
        force_labels_(target_square(forces_)), energy_labels_(differences_.label_square()) {
    constexpr double relative_strength = 1e-8;
    for (int j = 0; j < all.n_functions; ++j)
      for (int i = 0; i <= j && weights.own[j] > 0; ++i)
        strength_ += relative_strength * forces_(i, j) * forces_(i, j) / weights.own[j];
  }

  /// False if there is nothing to compare.
  bool can_tell() const { return strength_ > 0 && force_labels_ > 0 && energy_labels_ > 0; }

  /// True if the energies do not depend on the structures, up to rounding.
  bool energies_are_equal() const {
    constexpr double rounding = 1e-10;
    return differences_.are_zero() ||
           energy_labels_ <= rounding * rounding * energies_.label_square();
  }

  /// Agreement of the energies with a fit to forces alone; free-atom energies are fitted.
  LabelAgreement of_forces_alone() const {
    return differences_.agreement_of(solve_ridge(forces_, weights_, strength_));
  }

  /// Logarithm of the errors of a fit to forces and to energies times a factor, relative to the
  /// labels.
  double misfit(double times) const {
    TriangularFactor const rows = energies_.scaled_labels(forces_.n_unknowns(), times);
    TriangularFactor joint = forces_;
    joint.merge(rows, std::sqrt(force_labels_ / energy_labels_) / std::abs(times));
    auto const c = solve_ridge(joint, weights_, strength_);
    constexpr double good = 1e-3; // an agreement to 3 % says as much as a better one
    return std::log(rows.residual_square(c) / (times * times * energy_labels_) + good) +
           std::log(forces_.residual_square(c) / force_labels_ + good);
  }

private:
  RidgeWeights const& weights_;
  TriangularFactor forces_;
  LabelledRows energies_, differences_;
  double force_labels_ = 0, energy_labels_ = 0, strength_ = 0;
};

/// True if total energies hardly depend on the number of atoms, although that differs.
bool are_energies_per_atom(std::vector<StructureRecord> const& records) {
  constexpr long least_energies = 5;
  constexpr double small = 0.25; // of the mean energy per atom
  // Regression of the energies on the numbers of atoms: the slope is about the mean energy per atom
  // for total energies, and 0 for energies per atom.
  double n = 0, x = 0, y = 0, xx = 0, xy = 0, yy = 0;
  for (StructureRecord const& record : records)
    if (record.has_energy && !record.dropped) {
      ++n;
      x += record.n_atoms;
      y += record.energy;
      xx += static_cast<double>(record.n_atoms) * record.n_atoms;
      xy += record.n_atoms * record.energy;
      yy += record.energy * record.energy;
    }
  double const spread = xx - x * x / n, mean = y / x;
  if (n < least_energies || !(spread > 0))
    return false;
  double const slope = (xy - x * y / n) / spread,
               rest = std::max(yy - y * y / n - slope * slope * spread, 0.),
               deviation = std::sqrt(rest / (n - 2) / spread);
  return std::abs(slope) + 2 * deviation < small * std::abs(mean);
}

} // namespace

LabelAgreement agreement_of_virials(SolverFactors const& factors, DesignFactors const& all,
                                    RegularizationChoice const& without, LossShares shares,
                                    RidgeWeights const& weights) {
  LabelledRows const virials = virial_rows(factors, all);
  LabelAgreement found = virials.agreement_of(
      solve_ridge(loss_factor(all, without.shares), weights, without.strength));
  bool const other_sign = found.correlation < -0.5;
  bool const other_unit = found.correlation > 0.7 && (found.slope < 0.5 || found.slope > 2);
  if (virials.are_zero() && target_square(all.forces) > 0)
    found.fault = LabelFault::zero;
  else if ((other_sign || other_unit) &&
           !fits_better_than_scaled(virials, all, without, shares, weights,
                                    other_sign ? -1 : found.slope))
    found.fault = other_sign ? LabelFault::sign : LabelFault::unit;
  for (auto const& [unit, factor] :
       {std::pair{"they look like kbar", 1602.1766},
        {"they look like GPa", 160.21766},
        {"energies and forces look like kcal/mol and kcal/mol/A", 1 / 23.0605},
        {"energies and forces look like hartree and hartree/bohr", 27.2114}})
    if ((found.fault == LabelFault::unit || found.fault == LabelFault::sign) &&
        std::abs(std::log(std::abs(found.slope) * factor)) < 0.3)
      found.unit = unit;
  return found;
}

LabelAgreement agreement_of_energies(SolverFactors const& factors, DesignFactors const& all,
                                     RidgeWeights const& weights,
                                     std::vector<StructureRecord> const& records) {
  constexpr long least_energies = 5;
  constexpr double clear = 1.5; // decrease of the logarithm of both misfits together
  if (are_energies_per_atom(records))
    return {0, 0, LabelFault::per_atom, {}};
  double atoms = 0, energies = 0, forces = 0;
  for (StructureRecord const& record : records)
    if (!record.dropped) {
      atoms += record.has_energy ? record.n_atoms : 0;
      energies += record.has_energy;
      forces += record.has_forces ? record.force_square_sum : 0;
    }
  if (!(forces > 0) || all.n_reference == 0 || energies < all.n_reference + least_energies)
    return {};
  EnergyForceFits const fits(factors, all, weights);
  if (fits.energies_are_equal())
    return {0, 0, LabelFault::zero, {}};
  if (!fits.can_tell())
    return {};
  LabelAgreement found = fits.of_forces_alone();
  double const as_they_are = fits.misfit(1);
  double least = as_they_are - clear;
  auto const try_factor = [&](double times, LabelFault fault, char const* unit) {
    double const misfit = fits.misfit(times);
    if (misfit >= least)
      return;
    least = misfit;
    found.fault = fault;
    found.unit = unit;
  };
  try_factor(-1, LabelFault::sign, "");
  // A fit to forces may not know how energies depend on the volume, so its slope says only that it
  // is worth while to look.
  if (found.fault == LabelFault::none && (found.slope < 0.5 || found.slope > 2)) {
    try_factor(atoms / energies, LabelFault::unit, "energies look like energies per atom");
    try_factor(1 / 23.0605, LabelFault::unit, "energies look like kcal/mol");
    try_factor(1 / 96.4853, LabelFault::unit, "energies look like kJ/mol");
    try_factor(27.2114, LabelFault::unit, "energies look like hartree");
    try_factor(13.6057, LabelFault::unit, "energies look like rydberg");
    try_factor(1 / 51.4221, LabelFault::unit, "forces look like hartree/bohr");
    try_factor(1 / 25.7110, LabelFault::unit, "forces look like rydberg/bohr");
    try_factor(23.0605, LabelFault::unit, "forces look like kcal/mol/A");
  }
  return found;
}

} // namespace kolace::detail
