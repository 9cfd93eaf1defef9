// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/assembly/factor_set.hpp>
#include <kolace/fit/options.hpp>
#include <kolace/linalg/loss_bands.hpp>

#include <Kokkos_Core.hpp>

#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace kolace {

/// A sum of structures' energies: indices of structures and their factors.
using EnergySum = std::vector<std::pair<std::size_t, double>>;

/// All potentials whose loss on some data exceeds the least possible one by at most a given share,
/// and the range of structure energies over these potentials.
class FactorBands {
public:
  /// @param basis all functions of the set, or a subset in the same order
  /// @param options options of a fit. Shares of the kinds (also if an automatic solver chooses
  ///   them) and E0 are those of the fit; its regularization is not applied.
  /// @throws InputError if the options ask for something that the set does not have
  FactorBands(Kokkos::DefaultExecutionSpace const& space, FactorSet const& set,
              std::shared_ptr<AceBasis const> basis, FitOptions options);

  /// The potential with the minimum loss, with baseline and E0.
  AcePotential const& best() const { return best_; }
  double least_loss() const { return bands_->least(); }
  LossShares shares() const { return shares_; }
  /// True if the data determine all functions. Otherwise the minimum loss may be affected by
  /// rounding.
  bool is_determined() const {
    return bands_->best().rank == static_cast<int>(bands_->best().coefficients.size());
  }

  /// Half the range of each structure's energy relative to free atoms over all potentials with a
  /// loss of at most (1 + share) least_loss(), eV; infinite if it is undetermined by the data.
  std::vector<double> half_widths(std::span<Structure const> structures, double share) const;
  /// The same for sums of the structures' energies [sums.size()].
  std::vector<double> half_widths(std::span<Structure const> structures,
                                  std::span<EnergySum const> sums, double share) const;

private:
  Kokkos::DefaultExecutionSpace space_;
  std::shared_ptr<AceBasis const> basis_;
  double spline_width_;
  AcePotential best_;
  LossShares shares_;
  std::unique_ptr<LossBands> bands_;
};

} // namespace kolace
