// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/dataset/options.hpp>
#include <kolace/model/ace_potential.hpp>
#include <kolace/solve/options.hpp>

#include <memory>
#include <optional>
#include <vector>

namespace kolace {

/// pacemaker's ladder: a model path in which each model adds some functions to the previous one.
struct LadderOptions {
  /// Order in which functions are added.
  enum class Order {
    body, ///< one rank after the other
    power ///< by nu + sum n + sum l
  };
  Order order = Order::body; ///< order in which functions are added
  long step = 1;             ///< minimum number of functions to add
  double fraction = 0;       ///< minimum number to add as a fraction of those already present
};

/// Definition of the loss (CONVENTIONS.md §8) and of the potential around the fitted part.
struct FitOptions : LabelOptions {
  /// The automatic solver may change kappa and kappa_virial (choose_regularization).
  bool weights_from_data = false;
  double l1 = 0;                       ///< weight of sum |c|
  double l2 = 0;                       ///< weight of sum c^2
  SolverOptions solver;                ///< method and regularization
  std::optional<LadderOptions> ladder; ///< smaller models besides the full one
  /// Reference (baseline) potential: its predictions without E0 are subtracted from the targets and
  /// the potential is added to the result.
  std::shared_ptr<AcePotential const> reference_potential;
  /// Add ZBL repulsion below the shortest distances of the data (with_zbl_below).
  bool repulsion_below_data = false;
  /// The reference potential is pair_repulsion: the automatic solver makes energies rise under
  /// compression, and the fitted part fades out at core densities far beyond those of the data.
  bool pair_repulsion = false;
  /// Try molecular dynamics of training structures; the automatic solver with pair repulsion makes
  /// it stable (make_dynamics_stable).
  bool trial_dynamics = false;
  /// Node distance of the spline tables with which the potential will be evaluated, Angstrom; rows,
  /// errors and result use these tables. 0: g_k is evaluated exactly.
  double spline_width = 0;
  /// Distances below which the reference potential had ZBL repulsion, Angstrom [n_elements^2]: the
  /// ZBL repulsion of the result begins below these and below the distances of the data. Empty:
  /// none.
  std::vector<double> reference_distances;
  /// Bytes of rows and workspace per batch; 0: chosen for the processor.
  std::size_t batch_bytes = 0;
};

} // namespace kolace
