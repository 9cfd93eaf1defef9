#pragma once

#include <kolace/fit/errors.hpp>
#include <kolace/fit/fit_data.hpp>

#include <optional>
#include <vector>

namespace kolace {

/// A model with some functions of a basis.
struct SubsetModel {
  SolverResult solver;
  double coefficient_norm = 0;
  std::vector<double> unknowns; ///< of the whole basis, zeros where left out; E0s behind
  ErrorTable train;
  std::optional<ErrorTable> test;
};

/// Solves for each set of functions on its columns of the factors: N_f^3-like work a model, no
/// rows. Rank 0 has the solvers' details, every rank the unknowns. E0s that are fitted belong to
/// every set.
/// @param sets columns of the functions, ascending
std::vector<SubsetModel> solve_subsets(SolverFactors const& factors, FitData const& data,
                                       AceBasis const& basis, FitOptions const& options,
                                       std::vector<std::vector<int>> const& sets,
                                       Communicator const& ranks, Progress const& progress = {});

/// The potential of a model, complete: with what lies under it and below the data.
/// @param set the functions it keeps; the others' coefficients are zero
/// @param shortest distances of the training data, Angstrom [n_elements^2]
AcePotential subset_potential(SubsetModel const& model, AceBasis const& basis,
                              std::vector<int> const& set,
                              std::vector<double> const& reference_energy,
                              FitOptions const& options, std::vector<double> const& shortest);

/// Their errors, from one shared pass over each data set; `test` may be empty. Where atoms of the
/// test data are closer than any of the training data, or a core may scale energies, each model is
/// evaluated on them by itself.
/// @throws InputError if a loss is not finite
void measure_subsets(std::vector<SubsetModel>& models, std::vector<std::vector<int>> const& sets,
                     std::vector<double> const& shortest, Dataset const& train, Dataset const& test,
                     FitData const& data, std::shared_ptr<AceBasis const> const& basis,
                     FitOptions const& options, Communicator const& ranks,
                     Progress const& progress = {});

/// The same from factors: no rows are made.
/// @param groups of all functions of the basis
void measure_subsets(std::vector<SubsetModel>& models, std::vector<std::vector<int>> const& sets,
                     FittedGroups const& groups, FitData const& data, FitOptions const& options);

} // namespace kolace
