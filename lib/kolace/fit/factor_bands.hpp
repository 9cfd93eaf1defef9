#pragma once

#include <kolace/assembly/factor_set.hpp>
#include <kolace/fit/options.hpp>
#include <kolace/linalg/loss_bands.hpp>

#include <memory>
#include <span>

namespace kolace {

/// All potentials whose loss on some data is within a share of the best possible one: how far they
/// leave energies of structures open.
class FactorBands {
public:
  /// @param basis all functions of the set, or some of them in its order
  /// @param options of a fit: shares of the kinds, also those that an automatic solver chooses, and
  ///        E0 are the fit's; its regularization is left out
  /// @throws InputError where the options ask for what the set does not have
  FactorBands(FactorSet const& set, std::shared_ptr<AceBasis const> basis, FitOptions options);

  /// The potential of the least loss, with baseline and E0.
  AcePotential const& best() const { return best_; }
  double least_loss() const { return bands_->least(); }
  LossShares shares() const { return shares_; }
  /// Do the data determine all functions? Otherwise the least loss may be that of rounding.
  bool is_determined() const {
    return bands_->best().rank == static_cast<int>(bands_->best().coefficients.size());
  }

  /// Half the range of each structure's energy, less that of its free atoms, over all potentials
  /// with a loss of at most (1 + share) least_loss(), eV; infinite where the data say nothing.
  std::vector<double> half_widths(std::span<Structure const> structures, double share) const;

private:
  std::shared_ptr<AceBasis const> basis_;
  double spline_width_;
  AcePotential best_;
  LossShares shares_;
  std::unique_ptr<LossBands> bands_;
};

} // namespace kolace
