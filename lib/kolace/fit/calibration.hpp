#pragma once

#include <kolace/fit/fit_data.hpp>

#include <optional>
#include <vector>

namespace kolace {

/// Deviations below this share of the largest belong to forces that symmetry makes zero; they count
/// in no coverage.
inline constexpr double fixed_deviation = 1e-6;

/// Residual and leverages of a row whose structure was left out of the fit. Its predicted variance
/// is rest (leverage - energy_leverage) + along energy_leverage (Posterior::calibrate).
struct LeftOutRow {
  double square = 0;          ///< of the residual
  double leverage = 0;        ///< x A^-1 x^T, A: the normal matrix without the structure
  double energy_leverage = 0; ///< x A^-1 A_E A^-1 x^T, A_E: the part of A from energies
};

/// Widths of a posterior, and how they agree with the residuals of structures left out of the fit.
struct Calibration {
  double along = 0, rest = 0;                          ///< as in Posterior::calibrate
  long n_structures = 0, n_energies = 0, n_forces = 0; ///< left out; force components
  /// Shares of the left-out residuals within one predicted deviation; NaN without such labels.
  double energy_coverage = 0, force_coverage = 0;
};

/// The two widths with which 68.3 % of the residuals of each kind lie within one predicted
/// deviation. Too few rows of one kind (below 10) follow the other's.
/// @throws std::invalid_argument without any rows
Calibration find_widths(std::vector<LeftOutRow> const& energies,
                        std::vector<LeftOutRow> const& forces);

/// Calibrates a posterior so that its deviations contain the misfit of the model, not its noise
/// alone.
///
/// Each structure of an evenly spaced sample is left out of the fit by itself, exactly:
/// with H = X A^-1 X^T of its rows X, residuals become (1 - H)^-1 (X c - y). The posterior gets one
/// width in the directions that energies determine and one in the others, which are chosen so that
/// energies and force components are both covered (find_widths). Rows of up to 15,000 atoms are
/// made once more; m rows of a structure cost 4 m N_f^2 + 6 m^2 N_f + m^3 FLOPs.
/// @param posterior of the training data's factors, on rank 0; elsewhere it is ignored
/// @return nothing without rows to judge by, or where the condition is too bad: the posterior is
///         that of the noise then
std::optional<Calibration> calibrate(Posterior* posterior, SolverFactors const& factors,
                                     FitData const& data, Dataset const& train,
                                     std::shared_ptr<AceBasis const> const& basis,
                                     FitOptions const& options, Communicator const& ranks);

} // namespace kolace
