#pragma once

#include <kolace/comm/communicator.hpp>
#include <kolace/fit/training_data.hpp>
#include <kolace/linalg/triangular_factor.hpp>
#include <kolace/model/ace_basis.hpp>

#include <functional>
#include <memory>

namespace kolace {

/// All that fits need of the training data: one factor a kind of row. Unknowns: the functions, then
/// one E0 for each element if E0 is fitted.
struct DesignFactors {
  TriangularFactor energy, forces, virial;
  int n_functions = 0;
  int n_reference = 0;
};

/// Work of an assembly, for reports.
struct AssemblyStatistics {
  double seconds_rows = 0;
  double seconds_qr = 0;
  double seconds_reading = 0;
  long n_structures = 0;
  long n_atoms = 0;
};

/// Called now and then with the number of atoms done on this rank.
using Progress = std::function<void(long atoms_done)>;

/// One pass over the data: design rows in batches on the default execution space, weighted and
/// folded into triangular factors, never held. Ranks share the structures; rank 0 has the merged
/// result.
DesignFactors assemble_factors(Dataset const& dataset, TrainingData const& training,
                               std::shared_ptr<AceBasis const> basis, FitOptions const& options,
                               Communicator const& ranks, AssemblyStatistics& statistics,
                               Progress const& progress = {});

/// The factor of the whole loss: sqrt(1-kappa) E, sqrt(kappa) F, sqrt(kappa_virial) V and the ridge
/// on the functions.
TriangularFactor loss_factor(DesignFactors const& factors, double kappa, double kappa_virial,
                             double l2);

} // namespace kolace
