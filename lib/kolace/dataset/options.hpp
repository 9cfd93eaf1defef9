// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/structure/structure.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace kolace {

/// Source of E0, the energies of free atoms (CONVENTIONS.md §8).
struct ReferenceEnergy {
  /// How E0 is determined.
  enum class Kind {
    automatic, ///< isolated atoms if the data have one of every element, else least_squares; the
               ///< automatic solver instead fits E0 of the elements without a free atom
    given,     ///< `values`, or `value` for every element
    isolated,  ///< one-atom frames without images within the cutoff
    least_squares, ///< pacemaker's `auto`: least squares of E on the composition, shifted so that
                   ///< the structure with the largest volume per atom has energy zero
    fitted         ///< unknowns of the fit, as corrections to least squares on the composition
  };
  Kind kind = Kind::automatic;          ///< source of E0
  double value = 0;                     ///< eV, for every element if `values` is empty
  std::map<std::string, double> values; ///< element symbol -> eV; must have every element
};

/// Relative weights of one config_type.
struct GroupWeights {
  double energy = 1; ///< factor on the weights of energies
  double forces = 1; ///< factor on the weights of forces
  double virial = 1; ///< factor on the weights of virials
};

/// Weighting of structures and atoms; the weights of each kind of label are normalized to sum to
/// one. Names in capitals are pacemaker's; e is the energy per atom above `zero`, eV.
struct Weighting {
  /// How weights depend on the labels.
  enum class Policy {
    uniform, ///< equal weights of all structures and atoms, times those of the data
    damped,  ///< large labels get smaller weights: wE ~ 1/(1 + (e/2 eV)^2),
             ///< wF ~ 1/(1 + (|F| / 15 eV/A)^2), with e per atom above the lowest energy; nearly
             ///< uniform for ordinary data
    energy_based ///< pacemaker's policy: larger weights at low energies (weigh_by_energy)
  };
  /// Zero of the energies e.
  enum class Zero {
    convex_hull, ///< convex hull over the compositions
    lowest       ///< lowest energy per atom of the data
  };
  /// Structures that are kept.
  enum class Kept {
    all,     ///< no restriction
    bulk,    ///< only those periodic in three directions
    clusters ///< only the others
  };
  Policy policy = Policy::uniform; ///< how weights depend on the labels
  /// Factors of the config_types that have their own, with any policy; the others have 1.
  std::map<std::string, GroupWeights> by_config_type;

  // Parameters of the energy-based policy:
  Zero zero = Zero::convex_hull; ///< zero of e (pacemaker's `energy`)
  double energy_softening = 1;   ///< DE, eV/atom: wE ~ 1/(e + |DE|)^2
  double force_softening = 1;    ///< DF, (eV/A)^2: wF ~ wE/(|F|^2 + |DF|)
  double energy_limit = 10;      ///< DEup, eV/atom: structures with e >= DEup are dropped
  /// DFup, eV/A: structures with a larger force on any atom are dropped.
  double force_limit = 1e300;
  double low_energy = 1;           ///< DElow, eV/atom: e < DElow is the lower tier
  std::optional<double> low_share; ///< wlow: sum of the lower tier's wE
  Kept kept = Kept::all;           ///< reftype
  long n_structures = -1;          ///< nfit: chosen at random, lower tier first; -1: all
  long n_low = -1;                 ///< n_lower: chosen at random from the lower tier; -1: all
  long n_up = -1;                  ///< n_upper: chosen at random from the upper tier; -1: all
  std::uint64_t seed = 42;         ///< of the random choices

  /// The same weights without dropping any structure, for test data.
  Weighting keeping_all() const;
};

/// Loss shares, weights and E0 of the labels of a data set (CONVENTIONS.md §8).
struct LabelOptions {
  /// Share of forces in the loss; none: from the variances of the data.
  std::optional<double> kappa = 0.3;
  double kappa_virial = 0;          ///< weight of the virial term
  bool asks_for_virials = false;    ///< true if the user set kappa_virial
  Weighting weighting;              ///< weights of structures and atoms
  ReferenceEnergy reference_energy; ///< source of E0
};

} // namespace kolace
