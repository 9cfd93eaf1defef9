#pragma once

#include <kolace/assembly/design_factors.hpp>
#include <kolace/assembly/row_stream.hpp>
#include <kolace/solve/solver.hpp>

#include <array>
#include <memory>
#include <string>

namespace kolace {

/// What LSQR found, and how many rows of each kind (energy, forces, virial) there are.
struct RowSolution {
  SolverResult solver;
  std::array<long, 3> n_rows{};
};

/// LSQR on the design rows themselves, for bases whose R does not fit into memory: every iteration
/// assembles all rows again and forgets them. Columns are scaled to unit length first.
///
/// Memory: a batch of rows and a number for each row of this rank. Time: a pass over the data an
/// iteration, and two before them. L2 of the loss acts; L1 does not.
/// The curve records the loss with its penalty; rank and condition are not known.
/// @param progress called at each iteration with (iterations done, most iterations)
RowSolution solve_on_rows(Dataset const& dataset, TrainingData const& training,
                          std::shared_ptr<AceBasis const> const& basis,
                          RowStreamOptions const& options, LossShares shares, double l2,
                          SolverOptions const& solver, Communicator const& ranks,
                          AssemblyStatistics& statistics,
                          std::function<void(long done, long total)> const& progress = {});

} // namespace kolace
