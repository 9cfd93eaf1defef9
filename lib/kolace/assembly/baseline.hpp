#pragma once

#include <kolace/evaluate/evaluator.hpp>
#include <kolace/model/ace_potential.hpp>

#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace kolace {

/// Reference (baseline) potentials of a fit (CONVENTIONS.md §6): core repulsion, ZBL or any
/// potential. Its energies without E0, its forces and virials are subtracted from the targets, the
/// difference is fitted, and the potential that is written is the sum of both (sum_of).

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

/// Where the fitted part of a potential is faded out: E_i = E_ACE p(rho; end, end - begin) + rho
/// with the core density rho of the atom and the step p of CONVENTIONS.md §1.
struct CoreFade {
  std::vector<double> begin; ///< eV [n_elements]; empty: no fading
  double end = 3;            ///< in units of `begin`
};

/// The same potential, faded out at core densities beyond those of the data: an atom that others
/// press into is left to the repulsion.
AcePotential with_core_fade(AcePotential potential, CoreFade const& fade);

/// A reference potential's share of labels.
class ReferenceShare {
public:
  /// @param spline_width of the tables that the sum will be evaluated with; 0: none
  explicit ReferenceShare(AcePotential reference, double spline_width = 0);

  /// Predictions without E0.
  /// @throws InputError where the reference's inner cutoff or core density scales the energy of an
  ///         atom: there the rest is not linear
  std::vector<Prediction> operator()(std::span<Structure const> structures);

  /// Largest core density at an atom of each element in the structures of the last call, eV
  /// [n_elements]; empty without core repulsion or with ZBL.
  std::vector<double> const& largest_core() const { return largest_seen_; }

private:
  using Space = Kokkos::DefaultExecutionSpace;
  Space space_;
  bool zbl_ = false;
  bool core_only_ = false; ///< nothing but core repulsion: its energies are the core densities
  std::vector<double> largest_seen_;
  std::vector<double> largest_core_; ///< rho_core up to which the energy of an element is unscaled
  ElementSet elements_;
  Evaluator<Space> evaluator_;
  std::optional<Evaluator<Space>> core_; ///< rho_core of each atom (zbl: 1 - f times it)
};

} // namespace kolace
