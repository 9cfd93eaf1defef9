// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/fit/errors.hpp>
#include <kolace/fit/fit_data.hpp>

#include <optional>
#include <vector>

namespace kolace {

/// A model with a subset of a basis's functions.
struct SubsetModel {
  SolverResult solver;            ///< details on rank 0, without the posterior
  double coefficient_norm = 0;    ///< norm of the coefficients of the functions, without E0
  std::vector<double> unknowns;   ///< of the whole basis, zeros for omitted functions, then E0
  ErrorTable train;               ///< set by measure_subsets()
  std::optional<ErrorTable> test; ///< set by measure_subsets(); none without test data
};

/// Solves for each set of functions on its columns of the factors, without assembling rows: work
/// proportional to N_f^3 per model. Rank 0 gets the solvers' details, every rank the unknowns.
/// Every set includes the fitted E0.
/// @param sets columns of the functions of each model, ascending
std::vector<SubsetModel> solve_subsets(Context const& context, SolverFactors const& factors,
                                       FitData const& data, AceBasis const& basis,
                                       FitOptions const& options,
                                       std::vector<std::vector<int>> const& sets);

/// The complete potential of a model, with reference potential and ZBL repulsion.
/// @param set functions of the model; the coefficients of the others are zero
/// @param shortest shortest distances of the training data, Angstrom [n_elements^2]
AcePotential subset_potential(SubsetModel const& model, AceBasis const& basis,
                              std::vector<int> const& set,
                              std::vector<double> const& reference_energy,
                              FitOptions const& options, std::vector<double> const& shortest);

/// Measures the errors of the models in one shared pass over each data set; `test` may be empty. If
/// atoms of the test data are closer than in any training data, or if core repulsion may scale
/// energies, each model is evaluated on the test data separately.
/// @throws InputError if a loss is not finite
void measure_subsets(Context const& context, FitTask const& task, std::vector<SubsetModel>& models,
                     std::vector<std::vector<int>> const& sets,
                     std::vector<double> const& shortest);

/// The same from factors, without assembling rows.
/// @param groups groups over all functions of the basis
void measure_subsets(std::vector<SubsetModel>& models, std::vector<std::vector<int>> const& sets,
                     FittedGroups const& groups, FitData const& data, FitOptions const& options);

} // namespace kolace
