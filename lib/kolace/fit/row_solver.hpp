// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/fit/fit_data.hpp>

#include <array>

namespace kolace {

/// Solution of LSQR and the number of rows of each kind (energy, forces, virial).
struct RowSolution {
  SolverResult solver;
  std::array<long, 3> n_rows{};
};

/// LSQR on the design rows themselves, for bases whose R does not fit into memory: every iteration
/// assembles all rows again without keeping them. Columns are scaled to unit length first.
///
/// Memory: a batch of rows and one number per row of this rank. Time: one pass over the data per
/// iteration, plus two before the first. The L2 penalty of the loss is applied, L1 is not.
/// The curve contains the loss with its penalty; rank and condition are unknown.
/// Progress: stage "iterations".
RowSolution solve_on_rows(Context const& context, FitTask const& task,
                          AssemblyStatistics& statistics);

} // namespace kolace
