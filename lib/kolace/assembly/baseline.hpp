// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/evaluate/evaluator.hpp>
#include <kolace/model/ace_potential.hpp>
#include <kolace/model/basis_builder.hpp>

#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace kolace {

/// Reference (baseline) potentials of a fit (CONVENTIONS.md §6): core repulsion, ZBL or any
/// potential. Its energies without E0, forces and virials are subtracted from the targets, the
/// model is fitted to the difference, and the potential that is written is the sum of both
/// (sum_of).

/// True if any bond has core repulsion or ZBL.
bool has_core(AceBasis const& basis);

/// Core repulsion alone: the bonds of `basis` with coefficients and E0 of zero.
AcePotential core_of(std::shared_ptr<AceBasis const> const& basis);

/// r_in of each bond of type zbl, Angstrom [n_elements^2]; infinite for other types.
std::vector<double> zbl_distances(AceBasis const& basis);

/// The potential with ZBL repulsion below the distances in the data: type zbl with delta_in 0.1 A
/// and, for each pair of elements, r_in equal to the shortest distance in the data (at most rcut -
/// dcut). It changes no atom of those data, so fits can ignore it. Pairs that the data lack use the
/// mean of the two like pairs or, if the data lack those, the shortest of all distances. A
/// potential that has inner cutoffs or core repulsion or lacks dcut, and one fitted to data without
/// any pair, is returned unchanged.
/// @param shortest shortest distance of each pair, Angstrom [n_elements^2]; infinite without data
AcePotential with_zbl_below(AcePotential potential, std::vector<double> const& shortest);

/// Core density at which the fitted part of a potential is faded out: E_i = E_ACE p(rho; end, end -
/// begin) + rho with the core density rho of the atom and the step p of CONVENTIONS.md §1.
struct CoreFade {
  std::vector<double> begin; ///< eV [n_elements]; empty: no fading
  double end = 3;            ///< in units of `begin`
};

/// The same potential, faded out at core densities beyond those of the data: the repulsion alone
/// acts on strongly compressed atoms.
AcePotential with_core_fade(AcePotential potential, CoreFade const& fade);

/// Contribution of a reference potential to the labels.
class ReferenceShare {
public:
  /// @param spline_width node distance of the spline tables with which the sum will be evaluated,
  ///   Angstrom; 0: no tables
  ReferenceShare(Kokkos::DefaultExecutionSpace const& space, AcePotential reference,
                 double spline_width = 0);

  /// Predictions of energies, forces and virials without E0.
  /// @throws InputError if the reference's inner cutoff or core density scales the energy of an
  ///   atom: the difference is not linear there
  std::vector<Prediction> operator()(std::span<Structure const> structures);

  /// Largest core density at an atom of each element in the structures of the last call, eV
  /// [n_elements]; empty without core repulsion or with ZBL.
  std::vector<double> const& largest_core() const { return largest_seen_; }

private:
  using Space = Kokkos::DefaultExecutionSpace;
  Space space_;
  bool zbl_ = false;
  /// The potential is core repulsion only, so its energies are the core densities.
  bool core_only_ = false;
  std::vector<double> largest_seen_;
  std::vector<double> largest_core_; ///< rho_core up to which E_ACE of an element is not scaled, eV
  ElementSet elements_;
  Evaluator<Space> evaluator_;
  std::optional<Evaluator<Space>> core_; ///< rho_core of each atom, eV; for ZBL (1 - f) times it
};

} // namespace kolace
