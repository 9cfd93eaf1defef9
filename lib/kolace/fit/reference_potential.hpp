#pragma once

#include <kolace/evaluate/evaluator.hpp>
#include <kolace/fit/options.hpp>

#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace kolace {

/// What lies under a fit (CONVENTIONS.md §6): core repulsion, ZBL or any potential. Its energies
/// without E0, its forces and virials are taken off the targets, the linear rest is fitted, and the
/// potential that is written holds both (sum_of).

/// Does any bond repel by itself?
bool has_core(AceBasis const& basis);

/// The same functions without core repulsion and ZBL: what is fitted.
std::shared_ptr<AceBasis const> without_core(AceBasis const& basis);

/// Core repulsion alone: the bonds of a basis with coefficients and E0 of zero.
AcePotential core_of(std::shared_ptr<AceBasis const> const& basis);

/// r_in of each bond of type zbl, Angstrom [n_elements^2]; infinite for the others.
std::vector<double> zbl_distances(AceBasis const& basis);

/// The potential with ZBL repulsion below the data: type zbl with delta_in 0.1 A and, for each pair
/// of elements, r_in the shortest distance in the data. No atom of those data is changed by it, so
/// that fits need not know of it. Pairs that the data lack take the mean of the two like pairs, or
/// the shortest of all. A potential with inner cutoffs or core repulsion of its own, and one fitted
/// to data without any pair, is returned as it is.
/// @param shortest Angstrom [n_elements^2], infinite without data
AcePotential with_zbl_below(AcePotential potential, std::vector<double> const& shortest);

/// A fitted linear potential with what the options put under it and below the data.
AcePotential completed(AcePotential fitted, FitOptions const& options,
                       std::vector<double> const& shortest);

/// A reference potential's share of labels.
class ReferenceShare {
public:
  explicit ReferenceShare(AcePotential reference);

  /// Predictions without E0.
  /// @throws InputError where the reference's inner cutoff or core density scales the energy of an
  ///         atom: there the rest is not linear
  std::vector<Prediction> operator()(std::span<Structure const> structures);

private:
  using Space = Kokkos::DefaultExecutionSpace;
  Space space_;
  bool zbl_ = false;
  std::vector<double> largest_core_; ///< rho_core up to which the energy of an element is unscaled
  ElementSet elements_;
  Evaluator<Space> evaluator_;
  std::optional<Evaluator<Space>> core_; ///< rho_core of each atom (zbl: 1 - f times it)
};

} // namespace kolace
