// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/assembly/baseline.hpp>
#include <kolace/fit/automatic.hpp>
#include <kolace/fit/compression_rows.hpp>
#include <kolace/fit/trial_dynamics.hpp>

#include <functional>
#include <limits>
#include <optional>

namespace kolace {

/// Core densities at which the fitted part of a potential begins to fade out (with_core_fade), eV
/// [n_elements]: twice the largest in the data, or that of a compressed fcc crystal if it is
/// larger, and at least 0.1 eV; down to 1.5 times the largest in the data if a crystal or dimer
/// would collapse otherwise, and if that does not help, lower, but never within the data.
/// @param scan scan of the potential
/// @param largest_core largest core densities in the data, eV [n_elements]
CoreFade choose_fade(ElementSet const& elements, CompressionScan const& scan,
                     std::vector<double> const& largest_core);

/// The automatic fit, regularized further until the energy of every crystal and dimer rises as it
/// is compressed; unchanged if all rise already with a late fading (from 1.5 times the largest core
/// density in the data). Otherwise fits with the bounds of CompressionRows are tried for one
/// CoreFade after the other, late ones first; early ones only if late ones raise the loss by more
/// than 10 % or do not help. The fit with the smallest energy drop is chosen; among equal drops, a
/// fit replaces one that was tried before only if its loss is smaller by more than 1 %, or 10 % if
/// it fades early and the other late.
class RisingFit {
public:
  /// Returns the complete potential for some unknowns, without fading.
  using MakePotential = std::function<AcePotential(std::vector<double> const&)>;

  /// @param factors factors with weights, on rank 0
  /// @param core core repulsion of the fit
  RisingFit(Kokkos::DefaultExecutionSpace const& space, SolverFactors const& factors,
            AutomaticFit const& decided, std::shared_ptr<AceBasis const> const& basis,
            AcePotential const& core, std::vector<double> const& largest_core,
            DataLimits const& limits, MakePotential potential);

  /// Fits again with bounds for these paths, too. Returns false and keeps the fit if there are none
  /// where the fitted part has not begun to fade, if the loss would exceed `most_loss`, or if the
  /// energy of a crystal or dimer would fall by more than before.
  bool add(std::vector<ScanPath> const& paths, double most_loss);

  /// The complete potential.
  AcePotential potential() const;
  CoreFade const& fade() const { return best_.fade; } ///< fading of this potential
  /// Loss without penalties.
  double loss() const { return best_.loss; }
  /// The bounds that act, as equations for a prior; none without bounds.
  std::optional<TriangularFactor> const& prior() const { return best_.prior; }

private:
  struct Candidate {
    double fall = std::numeric_limits<double>::infinity(), loss = 0;
    CoreFade fade;
    std::vector<double> unknowns;
    std::optional<TriangularFactor> prior;
  };
  void search();
  /// The fit without bounds.
  Candidate unbounded(std::vector<CoreFade> const& fades) const;
  /// The fit with bounds for this fading.
  /// @param fades fadings from which the best one is taken afterwards
  /// @param expected unknowns on which the bounds depend
  Candidate bounded(std::vector<CoreFade> const& fades, CoreFade const& fade,
                    std::vector<double> const& expected) const;
  /// The fading that choose_fade() finds for these unknowns, and its drop.
  void choose_fade_of(Candidate& candidate) const;
  CompressionScan scan_of(std::vector<double> const& unknowns) const;

  Kokkos::DefaultExecutionSpace space_;
  std::shared_ptr<AceBasis const> basis_;
  AcePotential core_;
  DataLimits limits_;
  MakePotential potential_;
  double spline_width_ = 0;
  std::vector<double> largest_core_;
  TriangularFactor data_;
  BoundedRidge ridge_;
  double stiffness_ = 0;
  std::vector<CoreFade> late_, early_;
  CompressionScan scan_; ///< of the fit without bounds
  std::optional<CompressionRows> rows_;
  Candidate best_;
};

/// Tries molecular dynamics of these structures with the fit and adds the trajectories on which it
/// collapses, until two passes over all structures are without a collapse. If those of a pass
/// together raise the loss by more than 3 %, only the first that raises it by less is added, since
/// the energy may truly fall on the others; after three passes in which none can be added, the
/// limit is 15 %. Gives up after 40 passes, after six in which none can be added, or where the loss
/// would be 1.5 times that before.
/// @param shortest shortest distance of each pair in the data, Angstrom [n_elements^2]
/// @return the last run of each structure; those that collapsed in it without remedy are kept
std::vector<TrialRun> make_dynamics_stable(Kokkos::DefaultExecutionSpace const& space,
                                           RisingFit& fit, std::vector<Structure> const& structures,
                                           std::vector<double> const& shortest);

} // namespace kolace
