#pragma once

#include <kolace/assembly/row_stream.hpp>
#include <kolace/linalg/posterior.hpp>

#include <memory>
#include <vector>

namespace kolace {

/// Predicted standard deviations of one structure; NaN where it has no such label.
struct StructureDeviations {
  double energy = 0;        ///< eV, total
  std::vector<Vec3> forces; ///< eV/A, per component [n_atoms]; empty without labels
};

/// Predicted deviations of labelled structures, and how many of the errors lie within them. Forces
/// that symmetry makes zero do not count.
struct DeviationTable {
  std::vector<StructureDeviations> structures; ///< in the data's order
  long n_energies = 0, n_forces = 0;           ///< labels; force components
  /// Medians of the deviations, eV/atom, eV/A; NaN without labels.
  double median_energy = 0, median_force = 0;
  double energy_coverage = 0, force_coverage = 0; ///< shares within one deviation; or NaN
};

/// One pass over all structures on this process: design rows on the posterior.
/// @param rows E0 columns, reference potential and size of batches
DeviationTable predict_deviations(Dataset const& dataset, TrainingData const& weights,
                                  std::shared_ptr<AceBasis const> const& basis,
                                  RowStreamOptions rows, Posterior const& posterior);

} // namespace kolace
