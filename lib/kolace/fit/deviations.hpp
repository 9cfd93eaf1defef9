// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/assembly/row_stream.hpp>
#include <kolace/linalg/posterior.hpp>

#include <memory>
#include <vector>

namespace kolace {

/// Predicted standard deviations of one structure; NaN for an absent label.
struct StructureDeviations {
  double energy = 0;        ///< eV, total
  std::vector<Vec3> forces; ///< eV/A, per component [n_atoms]; empty without labels
};

/// Predicted deviations of labelled structures, and the share of errors within them. Forces that
/// are zero by symmetry do not count.
struct DeviationTable {
  std::vector<StructureDeviations> structures; ///< in the order of the data
  long n_energies = 0;                         ///< number of labelled energies
  long n_forces = 0;                           ///< number of labelled force components
  double median_energy = 0; ///< median deviation of the energies, eV/atom; NaN without energies
  double median_force = 0;  ///< median deviation of the force components, eV/A; NaN without forces
  double energy_coverage = 0; ///< share of energies with errors within one deviation, or NaN
  double force_coverage = 0; ///< share of force components with errors within one deviation, or NaN
};

/// Evaluates the posterior on design rows in one pass over all structures on this process.
/// @param rows options for E0 columns, reference potential and batch size
DeviationTable predict_deviations(Kokkos::DefaultExecutionSpace const& space,
                                  Dataset const& dataset, TrainingData const& weights,
                                  std::shared_ptr<AceBasis const> const& basis,
                                  RowStreamOptions rows, Posterior const& posterior);

} // namespace kolace
