#pragma once

#include <kolace/dataset/options.hpp>
#include <kolace/model/ace_potential.hpp>
#include <kolace/solve/options.hpp>

#include <memory>
#include <optional>
#include <vector>

namespace kolace {

/// pacemaker's ladder: models that grow by some functions at a time.
struct LadderOptions {
  enum class Order { body, power }; ///< rank by rank; or by nu + sum n + sum l
  Order order = Order::body;
  long step = 1;       ///< functions added at least
  double fraction = 0; ///< and at least this share of those there
};

/// What is minimised (CONVENTIONS.md §8).
struct FitOptions : LabelOptions {
  /// The automatic solver may change the two shares above (choose_regularization).
  bool weights_from_data = false;
  double l1 = 0; ///< weight of sum |c|
  double l2 = 0; ///< weight of sum c^2
  SolverOptions solver;
  std::optional<LadderOptions> ladder; ///< smaller models beside the whole
  /// Reference (baseline) potential: what it gives without E0 is subtracted from the targets and
  /// added to the result.
  std::shared_ptr<AcePotential const> reference_potential;
  /// ZBL repulsion below the shortest distances of the data (with_zbl_below).
  bool repulsion_below_data = false;
  /// The reference potential is pair_repulsion: the automatic solver may tame compressed crystals
  /// by a prior, and the fitted part fades out at core densities far beyond those of the data.
  bool pair_repulsion = false;
  /// Node distance of the spline tables that the potential will be evaluated with, Angstrom: rows,
  /// errors and result are those of the tables. 0: the functions themselves.
  double spline_width = 0;
  /// Shortest distances of the reference potential's own data, which count too, Angstrom
  /// [n_elements^2]; empty: not known.
  std::vector<double> reference_distances;
  std::size_t batch_bytes = 0; ///< rows and workspace held at a time; 0: as suits the processor
};

} // namespace kolace
