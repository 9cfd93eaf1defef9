// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/fit/compression.hpp>
#include <kolace/fit/detail/compressed.hpp>
#include <kolace/linalg/bounded_ridge.hpp>

#include <memory>
#include <vector>

namespace kolace {

/// The energies of the crystals, dimers and pairs of CompressionScan, and of paths of dynamics, as
/// linear functions of the coefficients.
class CompressionRows {
public:
  /// @param core core repulsion that is added to the fitted part
  CompressionRows(Kokkos::DefaultExecutionSpace const& space,
                  std::shared_ptr<AceBasis const> const& basis, AcePotential const& core,
                  DataLimits const& limits, double spline_width);

  /// Adds these paths to the crystals and dimers.
  void add(std::vector<ScanPath> const& paths);

  /// Numbers of crystals, dimers and paths, and of all their points.
  struct Size {
    std::size_t crystals = 0, points = 0;
  };
  Size size() const { return {crystals_.size(), points_.size()}; }
  /// Removes what was added after it had this size.
  void shrink(Size before);
  /// True if there are bounds on the paths that were added after it had this size: points other
  /// than the first where no atom has begun to fade.
  bool has_bounds(CoreFade const& fade, Size before) const;

  /// Bounds under which the energy of every crystal and dimer rises as it is compressed: from each
  /// volume to the next by at least 0.05 times the change of the core repulsion plus 0.003 eV/atom
  /// (per pushed atom for close pairs). On paths of dynamics, it must not fall below that of the
  /// first structure. Near the first volume, down to the minimum that `coefficients` have there, it
  /// may fall by 0.8 of what CompressionCheck allows. Bounds where the fitted part has faded out,
  /// on paths where it has begun to fade, are left out. Rows are divided by 0.03 eV plus 0.3 times
  /// the change of the repulsion.
  /// @param coefficients a fit without these bounds [n_functions]
  /// @param n_unknowns number of columns; those after the functions are zero
  LowerBounds rising(CoreFade const& fade, std::vector<double> const& coefficients,
                     int n_unknowns) const;

private:
  void append(std::vector<detail::Compressed> crystals);

  struct Point {
    int crystal = 0;
    double relative = 0;  ///< shortest distance over that of the first volume
    double repulsion = 0; ///< eV/atom
    /// Core density of an atom of each species, eV [n_elements]; negative: not in this crystal.
    std::vector<double> core;
  };
  /// True if the fitted part of some atom has begun to fade.
  static bool begins_to_fade(Point const& point, CoreFade const& fade);
  /// Share of the fitted part that is left at atoms of a species.
  static double left_of(Point const& point, CoreFade const& fade, int species);

  Kokkos::DefaultExecutionSpace space_;
  std::shared_ptr<AceBasis const> basis_;
  AcePotential core_;
  double spline_width_ = 0;
  std::vector<detail::Compressed> crystals_; ///< without their paths
  std::vector<Point> points_;
  std::vector<double> values_; ///< functions per sharing atom [n_points][n_functions]
};

} // namespace kolace
