// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/fit/calibration.hpp>
#include <kolace/linalg/posterior.hpp>

#include <vector>

namespace kolace::detail {

/// Rows of one structure, scaled like those from which the posterior was made.
struct StructureRows {
  std::vector<std::vector<double>> rows; ///< [m][n_unknowns + 1], the target last
  int energy = -1;                       ///< index of the energy's row, -1: none
  int first_force = -1, n_forces = 0;
};

/// Residuals and leverages of structures that are left out of a fit one at a time.
class LeaveOneOut {
public:
  /// @param posterior must outlive this object
  /// @param energies R of the energy rows from which the posterior was made
  /// @param prior_width width in directions that only the prior determines; none: as in others
  LeaveOneOut(Posterior const& posterior, TriangularFactor const& energies,
              std::optional<double> prior_width);

  /// Appends the structure's energy and forces to the lists below. m rows cost 6 m n^2 + 6 m^2 n +
  /// m^3 FLOPs. Does nothing if the structure alone determines some direction.
  void leave_out(StructureRows const& structure);

  std::vector<LeftOutRow> energies, forces;
  long n_structures = 0;

private:
  Posterior const& posterior_;
  double prior_width_;
  int n_;                               ///< number of unknowns
  std::vector<double> part_transposed_; ///< (R_E T^-1)^T, column-major [n_][n_kept]
  std::vector<double>
      prior_transposed_; ///< (P^1/2 T^-1)^T, column-major [n_kept][n_kept], or empty
};

} // namespace kolace::detail
