// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/fit/fit_data.hpp>

#include <optional>
#include <vector>

namespace kolace {

/// Forces whose deviations are below this fraction of the largest are zero by symmetry; coverages
/// ignore them.
inline constexpr double fixed_deviation = 1e-6;

/// Residual and leverages of a row whose structure was left out of the fit. Its predicted variance
/// is rest (leverage - energy_leverage - prior_leverage) + along energy_leverage + prior_variance
/// (Posterior::calibrate).
struct LeftOutRow {
  double square = 0;          ///< square of the residual
  double leverage = 0;        ///< x A^-1 x^T, A: the normal matrix without the structure
  double energy_leverage = 0; ///< x A^-1 A_E A^-1 x^T, A_E: the contribution of energies to A
  double prior_leverage = 0;  ///< the same for the contribution of the prior
  double prior_variance = 0;  ///< prior_leverage times the prior's width
};

/// Widths of a posterior, and their agreement with the residuals of structures left out of the fit.
struct Calibration {
  double along = 0; ///< width in directions that energies determine (Posterior::calibrate)
  double rest = 0;  ///< width in directions that other rows determine
  /// Width in directions that only the prior determines (Posterior::prior_width); none: `rest`.
  std::optional<double> prior;
  long n_structures = 0; ///< number of structures left out in turn
  long n_energies = 0;   ///< number of their energies
  long n_forces = 0;     ///< number of their force components, without those fixed by symmetry
  /// Share of the left-out energies within one predicted deviation; NaN without energies.
  double energy_coverage = 0;
  double force_coverage = 0; ///< the same for force components
};

/// The two widths with which 68.3 % of the residuals of each kind lie within one predicted
/// deviation. A kind with fewer than 10 rows uses the widths of the other.
/// @throws std::invalid_argument without any rows
Calibration find_widths(std::vector<LeftOutRow> const& energies,
                        std::vector<LeftOutRow> const& forces);

/// Calibrates a posterior so that its deviations include the misfit of the model and not only the
/// noise.
///
/// Each structure of an evenly spaced sample is left out of the fit on its own, exactly: with H = X
/// A^-1 X^T of its rows X, the residuals become (1 - H)^-1 (X c - y). The posterior gets one width
/// in the directions that energies determine and one in those that other rows do, chosen so that
/// the deviations cover both energies and force components (find_widths). Directions that no row
/// determines get the larger of the widths at which the prior predicts energies and forces as large
/// as the fitted ones (Posterior::prior_width). The rows of about 15,000 atoms
/// at most are assembled again; m rows of a structure cost 6 m N_f^2 + 6 m^2 N_f + m^3 FLOPs.
/// @param posterior posterior from the training data's factors, on rank 0; ignored on other ranks
/// @return nullopt without usable rows, or if the condition is too bad; the posterior then remains
///   that of the noise
std::optional<Calibration> calibrate(Context const& context, FitTask const& task,
                                     Posterior* posterior, SolverFactors const& factors);

} // namespace kolace
